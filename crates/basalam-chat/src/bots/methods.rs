//! Request builders of the bot methods.

use basalam_chat_api::newtypes::BotToken;
use basalam_chat_api::operations::{
    DELETE_WEBHOOK_DELETE, GET_ME_POST, GET_WEBHOOK_INFO_POST, LOG_OUT_POST,
};

use super::response::bot_response;
use super::{Bot, BotInfo, BotResponse, WebhookInfo};
use crate::request::plain_request;

impl<C: Clone> Bot<C> {
    /// Returns the bot's profile. Changes nothing.
    ///
    /// # Errors
    ///
    /// Besides the [errors](crate::Error) of every call, one with
    /// [`is_unsuccessful`](crate::Error::is_unsuccessful) if the service responds with `ok: false`.
    /// Unknown: its response to an invalid token.
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
            request: GetMeParams {
                token: self.token.clone(),
            },
        }
    }

    /// Returns the bot's webhook: the URL that receives its updates. Changes nothing.
    ///
    /// # Errors
    ///
    /// As [`get_me`](Bot::get_me).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client, bot_token: String) -> Result<(), basalam_chat::Error> {
    /// let webhook = client.bot(bot_token)?.get_webhook_info().await?;
    /// println!("webhook: {}", webhook.url.as_deref().unwrap_or("none"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_webhook_info(&self) -> GetWebhookInfo<C> {
        GetWebhookInfo {
            client: self.client.clone(),
            request: GetWebhookInfoParams {
                token: self.token.clone(),
            },
        }
    }

    /// Removes the bot's webhook, so that its URL receives no more updates. Sent as a DELETE; idempotent.
    ///
    /// Returns the response as received; its `ok` is `true`.
    ///
    /// # Errors
    ///
    /// As [`get_me`](Bot::get_me).
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
            request: DeleteWebhookParams {
                token: self.token.clone(),
            },
        }
    }

    /// Logs the bot out, which invalidates its token. Sent as a POST and never retried: after a success, a
    /// second call looks like a failure.
    ///
    /// Returns the response as received; its `ok` is `true`. Unknown: how the bot gets a new token.
    ///
    /// # Errors
    ///
    /// As [`get_me`](Bot::get_me).
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
            request: LogOutParams {
                token: self.token.clone(),
            },
        }
    }
}

plain_request! {
    /// Request builder that returns a bot's profile; returned by [`Bot::get_me`].
    pub struct GetMe -> BotInfo;
    struct GetMeParams { token: BotToken }
    GET_ME_POST => |client, params| {
        let result = client.raw().get_me_post(&params.token).await;
        BotInfo::from_response(bot_response(&client, &GET_ME_POST, &params.token, result)?)
    }
}

plain_request! {
    /// Request builder that returns a bot's webhook; returned by [`Bot::get_webhook_info`].
    pub struct GetWebhookInfo -> WebhookInfo;
    struct GetWebhookInfoParams { token: BotToken }
    GET_WEBHOOK_INFO_POST => |client, params| {
        let result = client.raw().get_webhook_info_post(&params.token).await;
        let response = bot_response(&client, &GET_WEBHOOK_INFO_POST, &params.token, result)?;
        WebhookInfo::from_response(response)
    }
}

plain_request! {
    /// Request builder that removes a bot's webhook; returned by [`Bot::delete_webhook`].
    pub struct DeleteWebhook -> BotResponse;
    struct DeleteWebhookParams { token: BotToken }
    DELETE_WEBHOOK_DELETE => |client, params| {
        let result = client.raw().delete_webhook_delete(&params.token).await;
        bot_response(&client, &DELETE_WEBHOOK_DELETE, &params.token, result)
    }
}

plain_request! {
    /// Request builder that logs a bot out; returned by [`Bot::log_out`].
    pub struct LogOut -> BotResponse;
    struct LogOutParams { token: BotToken }
    LOG_OUT_POST => |client, params| {
        let result = client.raw().log_out_post(&params.token).await;
        bot_response(&client, &LOG_OUT_POST, &params.token, result)
    }
}
