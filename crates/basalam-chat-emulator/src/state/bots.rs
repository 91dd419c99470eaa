//! Bots and their tokens.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use crate::bot::{Bot, NewBot};
use crate::error::Error;

/// The number of the first bot that has none of its own.
const FIRST_BOT_ID: i64 = 110_201;

/// The bots of the service.
#[derive(Clone, Default)]
pub(crate) struct Bots {
    by_id: BTreeMap<i64, Record>,
}

/// A bot as the service remembers it.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) bot: Bot,
    pub(crate) webhook_url: Option<String>,
    /// Whether its token was made invalid.
    pub(crate) is_logged_out: bool,
}

impl Bots {
    /// Adds a bot, refusing one that could not be told from another.
    pub(crate) fn add(&mut self, new: NewBot) -> Result<Bot, Error> {
        let (id, token) = match new.token {
            Some(token) => (id_in(&new.name, &token)?, token),
            None => {
                let id = self.free_id();
                let token = format!("{id}:the-token-of-an-emulated-bot-is-no-secret");
                (id, token.into())
            }
        };
        if self.by_id.contains_key(&id) {
            return Err(Error::argument(format!(
                "the token of {:?} starts with the number of another bot; give one of its own or none",
                new.name
            )));
        }
        let bot = Bot {
            id,
            name: new.name,
            username: new.username.unwrap_or_else(|| format!("bot_{id}")),
            token,
        };
        let record = Record {
            bot: bot.clone(),
            webhook_url: new.webhook_url,
            is_logged_out: false,
        };
        self.by_id.insert(id, record);
        Ok(bot)
    }

    /// Gives all bots, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Record> {
        self.by_id.values()
    }

    pub(crate) fn by_id(&self, id: i64) -> Option<&Record> {
        self.by_id.get(&id)
    }

    /// Gives the bot whose token it is, where the token is valid.
    pub(crate) fn by_token(&mut self, token: &str) -> Option<&mut Record> {
        let id = token.split_once(':')?.0.parse().ok()?;
        let record = self.by_id.get_mut(&id)?;
        (!record.is_logged_out && record.bot.token() == token).then_some(record)
    }

    fn free_id(&self) -> i64 {
        let mut id = FIRST_BOT_ID;
        while self.by_id.contains_key(&id) {
            id += 1;
        }
        id
    }
}

/// Gives the number that a token starts with.
fn id_in(name: &str, token: &SecretString) -> Result<i64, Error> {
    let refused = || {
        Error::argument(format!(
            "the token of {name:?} is none; give a number in digits, a colon, and letters, digits, `_` and `-`"
        ))
    };
    let (id, secret) = token.expose_secret().split_once(':').ok_or_else(refused)?;
    let allowed = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
    if secret.is_empty()
        || !secret.bytes().all(allowed)
        || !id.bytes().all(|it| it.is_ascii_digit())
    {
        return Err(refused());
    }
    id.parse().map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_get_numbers_and_tokens_of_their_own() {
        let mut bots = Bots::default();
        let first = NewBot::new("one").token(format!("{FIRST_BOT_ID}:a"));
        let one = bots.add(first).unwrap();
        let two = bots.add(NewBot::new("two")).unwrap();
        assert_ne!(one.id, two.id);
        assert_ne!(one.username, two.username);
        assert_eq!(bots.by_token(one.token()).unwrap().bot.id, one.id);
        assert_eq!(bots.by_token(two.token()).unwrap().bot.id, two.id);
        let (_, secret) = two.token().split_once(':').unwrap();
        assert!(secret.len() >= 35, "the contract wants as many");
    }

    #[test]
    fn tokens_that_are_none_or_name_another_bot_are_refused() {
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
            assert!(error.is_argument(), "{token}");
            assert!(error.to_string().contains("two"), "{error}");
        }
    }

    #[test]
    fn only_the_whole_token_is_the_token() {
        let mut bots = Bots::default();
        bots.add(NewBot::new("one").token("7:abc")).unwrap();
        for token in ["", "7", "7:", "7:ab", "7:abcd", "8:abc", "07:abc", "abc"] {
            assert!(bots.by_token(token).is_none(), "{token}");
        }
    }

    #[test]
    fn debug_of_a_bot_leaves_the_token_out() {
        let new = NewBot::new("one").token("7:very-secret");
        assert!(!format!("{new:?}").contains("very-secret"));
        let bot = Bots::default().add(new).unwrap();
        assert!(!format!("{bot:?}").contains("very-secret"));
    }
}
