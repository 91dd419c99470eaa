//! Removing a bot's webhook.

use basalam_chat_api::newtypes::BotToken;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::DELETE_WEBHOOK_DELETE;

use super::{Bot, BotResponse, answer};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl<C: Clone> Bot<C> {
    /// Removes the bot's webhook, so that no more updates go to its address. Sent as a DELETE;
    /// repeating it does no harm.
    ///
    /// The answer is given as it came; its `ok` is true.
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
    /// client.bot(bot_token)?.delete_webhook().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_webhook(&self) -> DeleteWebhook<C> {
        DeleteWebhook {
            client: self.client.clone(),
            request: Request {
                token: self.token.clone(),
            },
        }
    }
}

/// Removes a bot's webhook; made by [`Bot::delete_webhook`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct DeleteWebhook<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    token: BotToken,
}

impl_send!(DeleteWebhook -> BotResponse);

impl request::Request for Request {
    type Response = BotResponse;

    fn operation() -> &'static Operation {
        &DELETE_WEBHOOK_DELETE
    }

    async fn run(self, client: Client) -> Result<BotResponse, Error> {
        let result = client.raw().delete_webhook_delete(&self.token).await;
        answer::outcome(&client, &DELETE_WEBHOOK_DELETE, &self.token, result)
    }
}
