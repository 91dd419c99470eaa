//! The bots of the service and their tokens.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use crate::bot::{Bot, NewBot};
use crate::error::Error;

/// The first id for bots without an explicit token.
const FIRST_BOT_ID: i64 = 110_201;

/// The bots of the service.
#[derive(Clone, Default)]
pub(crate) struct Bots {
    by_id: BTreeMap<i64, StoredBot>,
}

/// A stored bot.
#[derive(Clone)]
pub(crate) struct StoredBot {
    pub(crate) bot: Bot,
    pub(crate) webhook_url: Option<String>,
    /// A logged-out bot has no valid token.
    pub(crate) is_logged_out: bool,
}

impl Bots {
    /// Adds a bot. Rejects tokens that are invalid or have the id of another bot.
    pub(crate) fn add(&mut self, new: NewBot) -> Result<Bot, Error> {
        let (id, token) = match new.token {
            Some(token) => (token_id(&new.name, &token)?, token),
            None => {
                let id = self.unused_id();
                let token = format!("{id}:the-token-of-an-emulated-bot-is-no-secret");
                (id, token.into())
            }
        };
        if self.by_id.contains_key(&id) {
            return Err(Error::invalid_argument(format!(
                "the token of the bot {:?} has the id of another bot; set a token with a unique id, or none",
                new.name
            )));
        }
        let bot = Bot {
            id,
            name: new.name,
            username: new.username.unwrap_or_else(|| format!("bot_{id}")),
            token,
        };
        let stored = StoredBot {
            bot: bot.clone(),
            webhook_url: new.webhook_url,
            is_logged_out: false,
        };
        self.by_id.insert(id, stored);
        Ok(bot)
    }

    /// Returns all bots, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Bot> {
        self.by_id.values().map(|it| &it.bot)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn by_id(&self, id: i64) -> Option<&StoredBot> {
        self.by_id.get(&id)
    }

    /// Returns the bot with this token if the token is valid.
    pub(crate) fn by_token(&mut self, token: &str) -> Option<&mut StoredBot> {
        let id = token.split_once(':')?.0.parse().ok()?;
        let stored = self.by_id.get_mut(&id)?;
        (!stored.is_logged_out && stored.bot.token() == token).then_some(stored)
    }

    /// Returns `true` if a bot has this token, valid or not.
    pub(crate) fn has_token(&self, token: &str) -> bool {
        let id = token.split_once(':').and_then(|it| it.0.parse().ok());
        let stored = id.and_then(|id: i64| self.by_id(id));
        stored.is_some_and(|it| it.bot.token() == token)
    }

    fn unused_id(&self) -> i64 {
        let mut id = FIRST_BOT_ID;
        while self.by_id.contains_key(&id) {
            id += 1;
        }
        id
    }
}

/// Returns the id in a token.
fn token_id(name: &str, token: &SecretString) -> Result<i64, Error> {
    let invalid = || {
        Error::invalid_argument(format!(
            "the token of the bot {name:?} is invalid; use an id in digits, a colon, and a secret of letters, digits, `_` and `-`"
        ))
    };
    let (id, secret) = token.expose_secret().split_once(':').ok_or_else(invalid)?;
    let allowed = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
    if secret.is_empty()
        || !secret.bytes().all(allowed)
        || !id.bytes().all(|it| it.is_ascii_digit())
    {
        return Err(invalid());
    }
    id.parse().map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assigns_unique_ids_and_tokens() {
        let mut bots = Bots::default();
        let first = NewBot::new("one").token(format!("{FIRST_BOT_ID}:a"));
        let one = bots.add(first).unwrap();
        let two = bots.add(NewBot::new("two")).unwrap();
        assert_ne!(one.id, two.id);
        assert_ne!(one.username, two.username);
        assert_eq!(bots.by_token(one.token()).unwrap().bot.id, one.id);
        assert_eq!(bots.by_token(two.token()).unwrap().bot.id, two.id);
        let (_, secret) = two.token().split_once(':').unwrap();
        assert!(secret.len() >= 35, "the minimum length in the contract");
    }

    #[test]
    fn rejects_invalid_tokens_and_taken_ids() {
        let mut bots = Bots::default();
        bots.add(NewBot::new("one").token("7:a")).unwrap();
        for token in [
            "",
            "a",
            ":",
            "7",
            "8:",
            ":a",
            "x:a",
            "8:a b",
            "+8:a",
            "99999999999999999999:a",
            "7:b",
            "007:b",
        ] {
            let error = bots.add(NewBot::new("two").token(token)).unwrap_err();
            assert!(error.is_invalid_argument(), "{token}");
            assert!(error.to_string().contains("two"), "{error}");
        }
    }

    #[test]
    fn by_token_matches_exactly() {
        let mut bots = Bots::default();
        bots.add(NewBot::new("one").token("7:abc")).unwrap();
        for token in ["", "7", "7:", "7:ab", "7:abcd", "8:abc", "07:abc", "abc"] {
            assert!(bots.by_token(token).is_none(), "{token}");
        }
    }

    #[test]
    fn debug_redacts_bot_token() {
        let new = NewBot::new("one").token("7:very-secret");
        assert!(!format!("{new:?}").contains("very-secret"));
        let bot = Bots::default().add(new).unwrap();
        assert!(!format!("{bot:?}").contains("very-secret"));
    }
}
