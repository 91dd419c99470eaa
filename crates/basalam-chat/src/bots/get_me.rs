//! Asking about a bot.

use basalam_chat_api::newtypes::BotToken;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_ME_POST;

use super::{Bot, BotInfo, answer};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl<C: Clone> Bot<C> {
    /// Tells what the service knows of the bot. Changes nothing.
    ///
    /// # Errors
    ///
    /// What [`Error`] lists for every call; [`is_unsuccessful`](Error::is_unsuccessful) where the service answers
    /// `ok: false`. Unknown: how it answers a token that is not valid.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client, bot_token: String) -> Result<(), basalam_chat::Error> {
    /// let info = client.bot(bot_token)?.get_me().await?;
    /// println!("{} {}", info.id.unwrap_or_default(), info.username.as_deref().unwrap_or("-"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_me(&self) -> GetMe<C> {
        GetMe {
            client: self.client.clone(),
            request: Request {
                token: self.token.clone(),
            },
        }
    }
}

/// Tells what the service knows of a bot; made by [`Bot::get_me`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetMe<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    token: BotToken,
}

impl_send!(GetMe -> BotInfo);

impl request::Request for Request {
    type Response = BotInfo;

    fn operation() -> &'static Operation {
        &GET_ME_POST
    }

    async fn run(self, client: Client) -> Result<BotInfo, Error> {
        let result = client.raw().get_me_post(&self.token).await;
        BotInfo::read(answer::outcome(&client, &GET_ME_POST, &self.token, result)?)
    }
}
