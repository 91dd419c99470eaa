//! The bots of the emulated service.

use secrecy::{ExposeSecret, SecretString};

/// A bot of the emulated service.
///
/// `Debug` redacts the token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Bot {
    /// The id of the bot, which is also the first part of its token.
    pub id: i64,
    /// The display name; `getMe` returns it as `first_name`.
    pub name: String,
    /// The user name.
    pub username: String,
    pub(crate) token: SecretString,
}

impl Bot {
    /// Returns the token, which is part of the path of each of the bot's requests.
    ///
    /// It is valid for this emulator only. Handle it like a real one: a program that logs
    /// this token also logs real ones.
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
///     .token("123456:secret-of-a-test-bot")
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
    /// Creates a bot with a display name. The emulator chooses every property that is not
    /// set.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            username: None,
            token: None,
            webhook_url: None,
        }
    }

    /// Sets the user name.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// Sets the token and thereby the id: the id in digits, a colon, and a secret of
    /// letters, digits, `_` and `-`.
    ///
    /// The contract requires a secret of at least 35 characters, but the vendor's own
    /// example is shorter; the emulator accepts any non-empty secret.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the webhook URL. The emulator never sends anything to it.
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }
}
