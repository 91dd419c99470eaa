//! Bots: the methods that a bot's own token allows.
//!
//! The service has four bot methods. Those that change something are also reachable by GET, which this
//! module never uses; see [`raw`](crate::raw) for them. Unknown: anything else about bots, such as how to
//! create one, or how it sends and receives messages.
//!
//! [`Client::bot`](crate::Client::bot) returns a [`Bot`]: [`get_me`](Bot::get_me) returns a [`BotInfo`],
//! [`get_webhook_info`](Bot::get_webhook_info) a [`WebhookInfo`], and the other methods a [`BotResponse`].

mod methods;
mod response;

use basalam_chat_api::newtypes::BotToken;
pub use basalam_chat_api::types::BotResponse;

pub use methods::{DeleteWebhook, GetMe, GetWebhookInfo, LogOut};
pub use response::{BotInfo, WebhookInfo};

use crate::{Client, Error};

impl Client {
    /// Returns a client for the methods of a bot. Sends nothing.
    ///
    /// `bot_token` is the bot's id, a colon, and a secret of letters, digits, `_` and `-`. The contract
    /// requires a secret of at least 35 characters, but the vendor's own example has 34, so only the
    /// service checks the length.
    ///
    /// Bot methods do not send the client's access token (likely not needed; unknown: whether it makes a
    /// difference), unless
    /// [`authorize_bot_methods`](crate::ClientBuilder::authorize_bot_methods) is set. A program that only
    /// calls bot methods needs no login: see
    /// [`Authentication::none`](crate::auth::Authentication::none).
    ///
    /// # Errors
    ///
    /// Returns an error with [`is_invalid_input`](Error::is_invalid_input) if the token has another form.
    /// The error does not contain the token.
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

/// Client for the methods of a bot; returned by [`Client::bot`].
///
/// The bot's token is redacted in `Debug` output and errors.
#[derive(Clone, Debug)]
pub struct Bot<C = Client> {
    client: C,
    token: BotToken,
}

impl<C: Clone> Bot<C> {
    pub(crate) fn new(client: C, bot_token: String) -> Result<Bot<C>, Error> {
        let token = BotToken::new(bot_token).ok();
        match token.filter(|token| is_well_formed(token.expose_secret())) {
            Some(token) => Ok(Bot { client, token }),
            None => Err(Error::invalid_input(
                "bot_token",
                "is not a bot's id, a colon and a secret",
                "pass the whole token, such as `123456:` followed by letters, digits, `_` and `-`",
            )),
        }
    }
}

/// Returns `true` if a token consists of an id of digits, a colon, and a secret of letters, digits, `_` and
/// `-`.
fn is_well_formed(token: &str) -> bool {
    let is_secret = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    token.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && !secret.is_empty()
            && secret.bytes().all(is_secret)
    })
}

#[cfg(test)]
mod tests {
    use super::is_well_formed;

    #[test]
    fn accepts_bot_token_with_secret_of_any_length_only() {
        for token in ["1:s", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "0:_-"] {
            assert!(is_well_formed(token), "{token}");
        }
        for token in [
            "", ":", "1:", ":s", "1s", "a:s", "1:s:t", "1:s/t", "1:..", "1:s?t", "1 :s", "-1:s",
            "۱:s", "1:س",
        ] {
            assert!(!is_well_formed(token), "{token}");
        }
    }
}
