//! The rules that types do not express.

use std::collections::BTreeSet;

use super::{MessageTurn, Transcript, Turn, VERSION, Wait, invalid};
use crate::error::Error;

/// The maximum number of turns, and of recorded messages.
pub(crate) const MAX_TURNS: usize = 10_000;

/// The maximum time between messages: a year.
pub(super) const MAX_AFTER_MS: u64 = 366 * 24 * 60 * 60 * 1000;

/// The maximum duration of a wait: an hour.
const MAX_WAIT_MS: u64 = 60 * 60 * 1000;

impl Transcript {
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.version != VERSION {
            let reason = format!("{} is not supported; use {VERSION}", self.version);
            return Err(invalid("version", reason));
        }
        for (index, name) in self.chat.members.iter().enumerate() {
            if !self.users.contains_key(name) {
                let path = format!("chat.members[{index}]");
                return Err(invalid(
                    &path,
                    format!("there is no user {name:?} in `users`"),
                ));
            }
        }
        if let Some(bot) = &self.bot {
            self.check_member("bot", bot)?;
        }
        if self.turns.len() > MAX_TURNS || self.messages().count() > MAX_TURNS {
            return Err(invalid("turns", format!("there are more than {MAX_TURNS}")));
        }
        let mut references = BTreeSet::new();
        for (index, turn) in self.turns.iter().enumerate() {
            let path = format!("turns[{index}]");
            match turn {
                Turn::Message(message) => self.check_message(&path, message, &mut references)?,
                Turn::Wait(turn) => {
                    turn.wait.check(&path)?;
                    for (index, message) in turn.recorded.iter().enumerate() {
                        let path = format!("{path}.recorded[{index}]");
                        self.check_message(&path, message, &mut references)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn check_member(&self, path: &str, name: &str) -> Result<(), Error> {
        match self.chat.members.iter().any(|it| it == name) {
            true => Ok(()),
            false => Err(invalid(path, format!("{name:?} is not in `chat.members`"))),
        }
    }

    fn check_message<'m>(
        &self,
        path: &str,
        message: &'m MessageTurn,
        references: &mut BTreeSet<&'m str>,
    ) -> Result<(), Error> {
        self.check_member(&format!("{path}.from"), &message.from)?;
        check_duration(&format!("{path}.after_ms"), message.after_ms, MAX_AFTER_MS)?;
        if let Some(name) = &message.reply_to
            && !references.contains(name.as_str())
        {
            let reason = format!("no earlier message has the `ref` {name:?}");
            return Err(invalid(&format!("{path}.reply_to"), reason));
        }
        if let Some(name) = &message.reference
            && !references.insert(name)
        {
            let reason = format!("an earlier message has the `ref` {name:?} too");
            return Err(invalid(&format!("{path}.ref"), reason));
        }
        Ok(())
    }
}

impl Wait {
    fn check(&self, path: &str) -> Result<(), Error> {
        let path = format!("{path}.wait");
        if self.replies.is_some() == self.idle_ms.is_some() {
            return Err(invalid(&path, "set either `replies` or `idle_ms`"));
        }
        if self
            .replies
            .is_some_and(|it| !(1..=MAX_TURNS).contains(&it))
        {
            let reason = format!("use 1 to {MAX_TURNS}");
            return Err(invalid(&format!("{path}.replies"), reason));
        }
        let idle_ms = self.idle_ms.unwrap_or(0);
        check_duration(&format!("{path}.idle_ms"), idle_ms, MAX_WAIT_MS)?;
        let timeout_ms = self.timeout_ms.unwrap_or(0);
        check_duration(&format!("{path}.timeout_ms"), timeout_ms, MAX_WAIT_MS)
    }
}

fn check_duration(path: &str, value: u64, max: u64) -> Result<(), Error> {
    match value <= max {
        true => Ok(()),
        false => Err(invalid(
            path,
            format!("{value} is above the maximum of {max}"),
        )),
    }
}
