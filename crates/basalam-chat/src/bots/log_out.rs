//! Logging a bot out.

use basalam_chat_api::newtypes::BotToken;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::LOG_OUT_POST;

use super::{Bot, BotResponse, answer};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl<C: Clone> Bot<C> {
    /// Logs the bot out, which makes its token invalid. Sent as a POST, and never again by the client
    /// on its own: after a success, a second call looks like a failure.
    ///
    /// The answer is given as it came; its `ok` is true. Unknown: how the bot gets a new token.
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
    /// client.bot(bot_token)?.log_out().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn log_out(&self) -> LogOut<C> {
        LogOut {
            client: self.client.clone(),
            request: Request {
                token: self.token.clone(),
            },
        }
    }
}

/// Logs a bot out; made by [`Bot::log_out`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct LogOut<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    token: BotToken,
}

impl_send!(LogOut -> BotResponse);

impl request::Request for Request {
    type Response = BotResponse;

    fn operation() -> &'static Operation {
        &LOG_OUT_POST
    }

    async fn run(self, client: Client) -> Result<BotResponse, Error> {
        let result = client.raw().log_out_post(&self.token).await;
        answer::outcome(&client, &LOG_OUT_POST, &self.token, result)
    }
}
