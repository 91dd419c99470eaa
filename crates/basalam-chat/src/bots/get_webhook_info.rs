//! Asking where a bot's updates go.

use basalam_chat_api::newtypes::BotToken;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_WEBHOOK_INFO_POST;

use super::{Bot, WebhookInfo, answer};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl<C: Clone> Bot<C> {
    /// Tells where the bot's updates go. Changes nothing.
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
    /// let webhook = client.bot(bot_token)?.get_webhook_info().await?;
    /// println!("updates go to {}", webhook.url.as_deref().unwrap_or("nobody"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_webhook_info(&self) -> GetWebhookInfo<C> {
        GetWebhookInfo {
            client: self.client.clone(),
            request: Request {
                token: self.token.clone(),
            },
        }
    }
}

/// Tells where a bot's updates go; made by [`Bot::get_webhook_info`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetWebhookInfo<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    token: BotToken,
}

impl_send!(GetWebhookInfo -> WebhookInfo);

impl request::Request for Request {
    type Response = WebhookInfo;

    fn operation() -> &'static Operation {
        &GET_WEBHOOK_INFO_POST
    }

    async fn run(self, client: Client) -> Result<WebhookInfo, Error> {
        let result = client.raw().get_webhook_info_post(&self.token).await;
        let answer = answer::outcome(&client, &GET_WEBHOOK_INFO_POST, &self.token, result)?;
        WebhookInfo::read(answer)
    }
}
