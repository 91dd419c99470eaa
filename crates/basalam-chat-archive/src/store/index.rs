//! Entries of the search index.

use std::collections::BTreeMap;
use std::mem;

use rusqlite::Connection;

use crate::error::{DatabaseResult, Error};
use crate::message::{ArchivedMessage, IndexEntry};

/// The size in bytes at which collected entries are written before the end of the transaction.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Collects the entries of a transaction and writes them in the order of their rows: SQLite starts a new segment of the
/// index each time a row is smaller than the last one, and has to merge the segments later.
#[derive(Debug)]
pub(crate) struct IndexWriter<'a> {
    connection: &'a Connection,
    /// By row.
    pending: BTreeMap<i64, Pending>,
    bytes: usize,
}

#[derive(Debug)]
struct Pending {
    entry: IndexEntry,
    meta: String,
    /// The index has no entry for the row.
    is_new: bool,
}

impl<'a> IndexWriter<'a> {
    pub(crate) fn new(connection: &'a Connection) -> IndexWriter<'a> {
        IndexWriter {
            connection,
            pending: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// Adds the entry of a message that is new.
    pub(crate) fn insert(
        &mut self,
        row: i64,
        chat: i64,
        message: &mut ArchivedMessage,
    ) -> Result<(), Error> {
        self.add(row, chat, message, true)
    }

    /// Adds the entry of a message that has changed.
    pub(crate) fn replace(
        &mut self,
        row: i64,
        chat: i64,
        message: &mut ArchivedMessage,
    ) -> Result<(), Error> {
        // It may be new and not written yet.
        let is_new = self.pending.get(&row).is_some_and(|it| it.is_new);
        self.add(row, chat, message, is_new)
    }

    fn add(
        &mut self,
        row: i64,
        chat: i64,
        message: &mut ArchivedMessage,
        is_new: bool,
    ) -> Result<(), Error> {
        let pending = Pending {
            meta: meta(chat, message),
            entry: mem::take(&mut message.index),
            is_new,
        };
        self.bytes += pending.bytes();
        if let Some(earlier) = self.pending.insert(row, pending) {
            self.bytes -= earlier.bytes();
        }
        match self.bytes >= MAX_BYTES {
            true => self.write(),
            false => Ok(()),
        }
    }

    /// Writes the entries. To be called before the transaction is committed.
    pub(crate) fn write(&mut self) -> Result<(), Error> {
        let sql = "INSERT INTO search (rowid, body, joined, meta) VALUES (?1, ?2, ?3, ?4)";
        let mut insert = self.connection.prepare_cached(sql).db()?;
        let sql = "REPLACE INTO search (rowid, body, joined, meta) VALUES (?1, ?2, ?3, ?4)";
        let mut replace = self.connection.prepare_cached(sql).db()?;
        self.bytes = 0;
        for (row, pending) in mem::take(&mut self.pending) {
            let statement = match pending.is_new {
                true => &mut insert,
                false => &mut replace,
            };
            let IndexEntry { body, joined } = &pending.entry;
            statement.execute((row, body, joined, &pending.meta)).db()?;
        }
        Ok(())
    }
}

impl Pending {
    fn bytes(&self) -> usize {
        size_of::<Pending>() + self.entry.body.len() + self.entry.joined.len() + self.meta.len()
    }
}

/// Returns the tokens of what a search can be limited to.
fn meta(chat: i64, message: &ArchivedMessage) -> String {
    let chat = chat_token(chat);
    let message_type = type_token(message.message.message_type.as_str());
    match message.sender() {
        Some((sender, _)) => format!("{chat} {message_type} {}", sender_token(sender)),
        None => format!("{chat} {message_type}"),
    }
}

/// Returns the token of a chat in the index.
pub(crate) fn chat_token(chat: i64) -> String {
    format!("chat{chat}")
}

/// Returns the token of a sender in the index.
pub(crate) fn sender_token(user: i64) -> String {
    format!("from{user}")
}

/// Returns the token of a message type in the index, without characters that separate tokens.
pub(crate) fn type_token(message_type: &str) -> String {
    let letters = message_type.chars().filter(|it| it.is_alphanumeric());
    format!("type{}", letters.collect::<String>().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{file, schema};

    fn message(text: &str) -> ArchivedMessage {
        let json = format!(
            r#"{{"id":1,"chat_id":7,"created_at":"2026-07-22 10:28:23","updated_at":"2026-07-22 10:28:23","message_type":"text","content":{{"text":"{text}"}}}}"#
        );
        ArchivedMessage::read(&json).unwrap()
    }

    fn rows(connection: &Connection, word: &str) -> Vec<i64> {
        let sql = "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([word], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    fn connection(directory: &tempfile::TempDir) -> Connection {
        let path = directory.path().join("a.db");
        file::create(&path).unwrap();
        schema::connect(&path).unwrap()
    }

    #[test]
    fn last_entry_of_a_row_counts() {
        let directory = tempfile::tempdir().unwrap();
        let connection = connection(&directory);
        let mut index = IndexWriter::new(&connection);
        for row in [5, 3, 4] {
            index.insert(row, 7, &mut message("first")).unwrap();
        }
        index.replace(3, 7, &mut message("second")).unwrap();
        index.write().unwrap();
        assert_eq!(rows(&connection, "first"), [4, 5]);
        assert_eq!(rows(&connection, "second"), [3]);
        for text in ["third", "fourth"] {
            index.replace(5, 7, &mut message(text)).unwrap();
        }
        index.write().unwrap();
        assert_eq!(rows(&connection, "first"), [4]);
        assert_eq!(rows(&connection, "third"), [0; 0]);
        assert_eq!(rows(&connection, "fourth"), [5]);
        assert_eq!(rows(&connection, "chat7"), [3, 4, 5]);
    }

    #[test]
    fn entries_are_written_at_the_size_limit() {
        let directory = tempfile::tempdir().unwrap();
        let connection = connection(&directory);
        let mut index = IndexWriter::new(&connection);
        let mut message = message(&"word ".repeat(10_000));
        let entry = message.index.clone();
        for row in 0..200 {
            message.index = entry.clone();
            index.insert(row, 7, &mut message).unwrap();
            assert!(index.bytes < MAX_BYTES);
        }
        assert!(rows(&connection, "word").len() > 50);
        index.write().unwrap();
        assert_eq!(rows(&connection, "word").len(), 200);
        assert_eq!(index.bytes, 0);
    }
}
