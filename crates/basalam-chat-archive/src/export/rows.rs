//! The rows of an export, in the order of chats and ids.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::error::{DatabaseResult, Error};

/// What to export.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// All if it is empty.
    pub(super) chats: BTreeSet<i64>,
    pub(super) since: Option<String>,
    pub(super) until: Option<String>,
}

/// A chat.
#[derive(Clone, Debug)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) title: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) json: String,
    pub(super) read_updated_at: Option<String>,
    pub(super) read_modified_at: Option<String>,
}

/// A message.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) message_type: String,
    pub(super) sender_id: Option<i64>,
    pub(super) sender_name: Option<String>,
    pub(super) sent_at: String,
    pub(super) text: Option<String>,
    pub(super) entity_id: Option<i64>,
    pub(super) reply_to: Option<i64>,
    pub(super) forward_from: Option<i64>,
    pub(super) deleted_at: Option<String>,
    pub(super) json: String,
}

/// A file of a message.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) position: i64,
    pub(super) url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) sha256: Option<String>,
    pub(super) bytes: Option<i64>,
}

impl Selection {
    /// Returns `true` if all messages of the selected chats are exported.
    pub(super) fn has_whole_chats(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    pub(super) fn chats(&self, connection: &Connection) -> Result<Vec<Chat>, Error> {
        let sql = "SELECT id, title, updated_at, json, read_updated_at, read_modified_at FROM chats ORDER BY id";
        let mut statement = connection.prepare_cached(sql).db()?;
        let rows = statement.query_map([], |row| {
            Ok(Chat {
                id: row.get(0)?,
                title: row.get(1)?,
                updated_at: row.get(2)?,
                json: row.get(3)?,
                read_updated_at: row.get(4)?,
                read_modified_at: row.get(5)?,
            })
        });
        let chats: Vec<Chat> = rows.db()?.collect::<Result<_, _>>().db()?;
        let is_selected = |chat: &Chat| self.chats.is_empty() || self.chats.contains(&chat.id);
        Ok(chats.into_iter().filter(is_selected).collect())
    }

    /// Calls a function with each selected message of a chat, by id.
    pub(super) fn for_each_message(
        &self,
        connection: &Connection,
        chat: i64,
        mut visit: impl FnMut(Message) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (sql, values) = self.of_chat(
            "SELECT m.id, m.type, m.sender_id, u.name, m.sent_at, m.text, m.entity_id, m.reply_to, m.forward_from, m.deleted_at, m.json
            FROM messages m LEFT JOIN users u ON u.id = m.sender_id",
            chat,
        );
        let mut statement = connection
            .prepare_cached(&format!("{sql} ORDER BY m.id"))
            .db()?;
        let mut rows = statement.query(params_from_iter(values)).db()?;
        while let Some(row) = rows.next().db()? {
            visit(read_message(row).db()?)?;
        }
        Ok(())
    }

    pub(super) fn count_messages(&self, connection: &Connection, chat: i64) -> Result<u64, Error> {
        let (sql, values) = self.of_chat("SELECT count(*) FROM messages m", chat);
        let mut statement = connection.prepare_cached(&sql).db()?;
        statement
            .query_row(params_from_iter(values), |row| row.get(0))
            .db()
    }

    /// Adds the conditions of the selection to a statement.
    fn of_chat(&self, select: &str, chat: i64) -> (String, Vec<Value>) {
        let mut sql = format!("{select} WHERE m.chat_id = ?");
        let mut values = vec![Value::from(chat)];
        for (condition, time) in [
            (" AND m.sent_at >= ?", &self.since),
            (" AND m.sent_at < ?", &self.until),
        ] {
            if let Some(time) = time {
                sql.push_str(condition);
                values.push(Value::from(time.clone()));
            }
        }
        (sql, values)
    }
}

fn read_message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        message_type: row.get(1)?,
        sender_id: row.get(2)?,
        sender_name: row.get(3)?,
        sent_at: row.get(4)?,
        text: row.get(5)?,
        entity_id: row.get(6)?,
        reply_to: row.get(7)?,
        forward_from: row.get(8)?,
        deleted_at: row.get(9)?,
        json: row.get(10)?,
    })
}

/// Returns the files of a message.
pub(super) fn files(connection: &Connection, chat: i64, message: i64) -> Result<Vec<File>, Error> {
    let sql = "SELECT position, url, name, type, status, reason, sha256, bytes FROM files
        WHERE chat_id = ?1 AND message_id = ?2 ORDER BY position";
    let mut statement = connection.prepare_cached(sql).db()?;
    let rows = statement.query_map((chat, message), |row| {
        Ok(File {
            position: row.get(0)?,
            url: row.get(1)?,
            name: row.get(2)?,
            media_type: row.get(3)?,
            status: row.get(4)?,
            reason: row.get(5)?,
            sha256: row.get(6)?,
            bytes: row.get(7)?,
        })
    });
    rows.db()?.collect::<Result<_, _>>().db()
}
