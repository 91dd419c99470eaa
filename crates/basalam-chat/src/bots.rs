//! Bots: what a bot's own token allows.
//!
//! The service has four methods for bots. Those that change something can also be reached by GET,
//! which this module never uses; see [`raw`](crate::raw) for the rest. Unknown: anything else about
//! bots, such as how one is made, or how it gets and sends messages.

mod answer;
mod delete_webhook;
mod get_me;
mod get_webhook_info;
mod log_out;

use std::fmt;

use basalam_chat_api::newtypes::BotToken;
pub use basalam_chat_api::types::BotResponse;

pub use answer::{BotInfo, WebhookInfo};
pub use delete_webhook::DeleteWebhook;
pub use get_me::GetMe;
pub use get_webhook_info::GetWebhookInfo;
pub use log_out::LogOut;

use crate::{Client, Error};

impl Client {
    /// Acts for a bot.
    ///
    /// `bot_token` is the bot's number, a colon, and a secret of letters, digits, `_` and `-`. The
    /// contract asks for 35 characters of secret at least, and the vendor's own example has 34, so its
    /// length is left to the service. The client's own token is not sent with bot methods (likely not
    /// needed; unknown: whether it makes a difference).
    ///
    /// Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Gives an error with [`is_invalid_input`](Error::is_invalid_input) for a text of another form,
    /// without repeating it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client, bot_token: String) -> Result<(), basalam_chat::Error> {
    /// let bot = client.bot(bot_token)?;
    /// let info = bot.get_me().await?;
    /// println!("{}", info.username.as_deref().unwrap_or("-"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn bot(&self, bot_token: impl Into<String>) -> Result<Bot, Error> {
        Bot::new(self.clone(), bot_token.into())
    }
}

/// A bot to act for; made by [`Client::bot`].
///
/// Its token is a secret: it is not shown, and no error repeats it.
#[derive(Clone)]
pub struct Bot<C = Client> {
    client: C,
    token: BotToken,
}

impl<C: Clone> Bot<C> {
    pub(crate) fn new(client: C, bot_token: String) -> Result<Bot<C>, Error> {
        let token = BotToken::new(bot_token).ok();
        match token.filter(|token| has_form(token.expose_secret())) {
            Some(token) => Ok(Bot { client, token }),
            None => Err(Error::invalid_input(
                "bot_token",
                "is not the number of a bot, a colon and its secret",
                "write it as it was given with the bot, such as `123456:` and letters, digits, `_` and `-`",
            )),
        }
    }
}

/// Whether a text is digits, a colon, and letters, digits, `_` and `-`.
fn has_form(token: &str) -> bool {
    let is_secret = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    token.split_once(':').is_some_and(|(number, secret)| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !secret.is_empty()
            && secret.bytes().all(is_secret)
    })
}

impl<C: fmt::Debug> fmt::Debug for Bot<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot")
            .field("client", &self.client)
            .field("token", &self.token)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::has_form;

    #[test]
    fn a_bot_token_is_digits_a_colon_and_a_secret_of_any_length() {
        for token in ["1:s", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "0:_-"] {
            assert!(has_form(token), "{token}");
        }
        for text in [
            "", ":", "1:", ":s", "1s", "a:s", "1:s:t", "1:s/t", "1:..", "1:s?t", "1 :s", "-1:s",
            "۱:s", "1:س",
        ] {
            assert!(!has_form(text), "{text}");
        }
    }
}
