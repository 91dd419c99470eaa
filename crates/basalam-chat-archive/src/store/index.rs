//! Entries of the search index.

use rusqlite::Connection;

use crate::error::{DatabaseResult, Error};
use crate::message::ArchivedMessage;

/// The size in bytes at which collected entries are written before the end of the transaction.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Collects the entries of a transaction and writes them in the order of their rows: SQLite starts a new segment of the
/// index each time a row is smaller than the last one, and has to merge the segments later.
#[derive(Debug)]
pub(crate) struct IndexWriter<'a> {
    connection: &'a Connection,
    entries: Vec<Entry>,
    /// The columns of all entries. One buffer instead of a string for each column.
    text: String,
}

/// An entry, as offsets in the buffer at which its columns end. Each column starts at the end of the one before.
#[derive(Clone, Copy, Debug)]
struct Entry {
    row: i64,
    /// The index has no entry for the row.
    is_new: bool,
    start: usize,
    body: usize,
    joined: usize,
    meta: usize,
}

impl<'a> IndexWriter<'a> {
    pub(crate) fn new(connection: &'a Connection) -> IndexWriter<'a> {
        IndexWriter {
            connection,
            entries: Vec::new(),
            text: String::new(),
        }
    }

    /// Adds the entry of a message. `is_new` if the message was not stored before.
    pub(crate) fn add(
        &mut self,
        row: i64,
        chat: i64,
        message: &ArchivedMessage,
        is_new: bool,
    ) -> Result<(), Error> {
        let start = self.text.len();
        self.text.push_str(&message.index.body);
        let body = self.text.len();
        self.text.push_str(&message.index.joined);
        let joined = self.text.len();
        push_meta(&mut self.text, chat, message);
        self.entries.push(Entry {
            row,
            is_new,
            start,
            body,
            joined,
            meta: self.text.len(),
        });
        match self.text.len() >= MAX_BYTES {
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
        // Stable, so that the last entry of a row is the newest.
        self.entries.sort_by_key(|it| it.row);
        for entries in self.entries.chunk_by(|a, b| a.row == b.row) {
            let ([first, ..], [.., entry]) = (entries, entries) else {
                continue;
            };
            let statement = match first.is_new {
                true => &mut insert,
                false => &mut replace,
            };
            let body = &self.text[entry.start..entry.body];
            let joined = &self.text[entry.body..entry.joined];
            let meta = &self.text[entry.joined..entry.meta];
            statement.execute((entry.row, body, joined, meta)).db()?;
        }
        self.entries.clear();
        self.text.clear();
        Ok(())
    }
}

/// Appends the tokens of what a search can be limited to.
fn push_meta(text: &mut String, chat: i64, message: &ArchivedMessage) {
    text.push_str(&chat_token(chat));
    text.push(' ');
    text.push_str(&type_token(message.message.message_type.as_str()));
    if let Some((sender, _)) = message.sender() {
        text.push(' ');
        text.push_str(&sender_token(sender));
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
            index.add(row, 7, &message("first"), true).unwrap();
        }
        index.add(3, 7, &message("second"), false).unwrap();
        index.write().unwrap();
        assert_eq!(rows(&connection, "first"), [4, 5]);
        assert_eq!(rows(&connection, "second"), [3]);
        for text in ["third", "fourth"] {
            index.add(5, 7, &message(text), false).unwrap();
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
        let message = message(&"word ".repeat(10_000));
        for row in 0..200 {
            index.add(row, 7, &message, true).unwrap();
            assert!(index.text.len() < MAX_BYTES);
        }
        assert!(rows(&connection, "word").len() > 50);
        index.write().unwrap();
        assert_eq!(rows(&connection, "word").len(), 200);
    }
}
