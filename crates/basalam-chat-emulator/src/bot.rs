//! The bots of the emulated service.

use secrecy::{ExposeSecret, SecretString};

/// A bot of the emulated service.
///
/// `Debug` leaves the token out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Bot {
    /// The number of the bot, which its token starts with.
    pub id: i64,
    /// The name that others see; `getMe` gives it as `first_name`.
    pub name: String,
    /// The name in addresses.
    pub username: String,
    pub(crate) token: SecretString,
}

impl Bot {
    /// Gives the token that stands in the path of each of the bot's requests.
    ///
    /// It is worth nothing outside of this emulator, yet treat it as you treat real
    /// ones: a program that logs this one will log those too.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.expose_secret()
    }
}

/// A bot to add to the emulated service.
///
/// ```
/// use basalam_chat_emulator::{Emulator, NewBot};
///
/// let bot = NewBot::new("Support")
///     .username("support_bot")
///     .token("123456:the-secret-of-a-bot-for-tests-alone")
///     .webhook_url("https://example.com/hook");
/// let emulator = Emulator::builder().bot(bot).start_blocking()?;
/// assert_eq!(emulator.bot().id, 123_456);
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a new bot does nothing until it is added"]
pub struct NewBot {
    pub(crate) name: String,
    pub(crate) username: Option<String>,
    pub(crate) token: Option<SecretString>,
    pub(crate) webhook_url: Option<String>,
}

impl NewBot {
    /// Starts with the name that others see; the rest is chosen by the emulator where
    /// it is not set.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            username: None,
            token: None,
            webhook_url: None,
        }
    }

    /// Sets the name in addresses.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// Sets the token, and the bot's number with it: the number in digits, a colon, and
    /// a secret of letters, digits, `_` and `-`.
    ///
    /// The contract asks for a secret of 35 characters or more, which the vendor's own
    /// example has not; the emulator takes any that is not empty.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Gives the bot a webhook. Nothing is ever sent to it.
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }
}
