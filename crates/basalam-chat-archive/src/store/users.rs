//! Senders, as in their newest message.

use std::collections::HashMap;

use basalam_chat::HashId;
use basalam_chat::messages::Sender;
use rusqlite::Connection;

use crate::error::{DatabaseResult, Error};
use crate::message::ArchivedMessage;

/// The senders of the messages of a transaction. They are written once, since most messages have the same few.
#[derive(Debug, Default)]
pub(crate) struct Senders(HashMap<i64, (i64, Sender)>);

impl Senders {
    pub(crate) fn add(&mut self, message: &ArchivedMessage) {
        let Some((id, sender)) = message.sender() else {
            return;
        };
        match self.0.get_mut(&id) {
            Some((newest, _)) if *newest >= message.id() => {}
            Some(entry) if entry.1 == *sender => entry.0 = message.id(),
            Some(entry) => *entry = (message.id(), sender.clone()),
            None => _ = self.0.insert(id, (message.id(), sender.clone())),
        }
    }

    /// Writes those that are newer than the stored ones.
    pub(crate) fn write(&mut self, connection: &Connection) -> Result<(), Error> {
        let sql = "INSERT INTO users (id, name, hash_id, avatar, message_id) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, hash_id = excluded.hash_id, avatar = excluded.avatar,
                message_id = excluded.message_id
            WHERE excluded.message_id >= message_id";
        let mut statement = connection.prepare_cached(sql).db()?;
        for (id, (message_id, sender)) in self.0.drain() {
            let hash_id = sender.hash_id.as_ref().map(HashId::as_str);
            let values = (id, &sender.name, hash_id, &sender.avatar, message_id);
            statement.execute(values).db()?;
        }
        Ok(())
    }
}
