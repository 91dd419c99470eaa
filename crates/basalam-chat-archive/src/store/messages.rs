//! Rows of messages.

use std::collections::HashMap;

use basalam_chat::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Statement, params};
use sha2::{Digest, Sha256};

use super::chats::{ChatRow, ChatTimes, write_chat};
use super::coverage::add_coverage;
use super::files::write_files;
use super::index::IndexWriter;
use super::users::Senders;
use crate::error::{DatabaseResult, Error};
use crate::message::{ArchivedMessage, UnreadableMessage};
use crate::page::MessagePage;
use crate::range::Ids;

/// A page to write.
#[derive(Debug)]
pub(crate) struct PageWrite {
    pub(crate) chat: i64,
    pub(crate) page: MessagePage,
    /// The range of ids in which the page contains every message.
    pub(crate) covered: Option<Ids>,
    /// The times of the chat, if this is its newest page.
    pub(crate) newest_of: Option<ChatTimes>,
}

/// What a write has changed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) added: u64,
    pub(crate) changed: u64,
    pub(crate) deleted: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Counts) {
        self.added += other.added;
        self.changed += other.changed;
        self.deleted += other.deleted;
    }
}

/// A message that is stored.
struct Stored {
    row: i64,
    is_deleted: bool,
}

/// Writes messages in a transaction of its caller, with statements that are prepared once.
pub(crate) struct MessageWriter<'a> {
    connection: &'a Connection,
    insert: CachedStatement<'a>,
    index: IndexWriter<'a>,
    senders: Senders,
}

impl<'a> MessageWriter<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Result<MessageWriter<'a>, Error> {
        Ok(MessageWriter {
            connection,
            insert: connection.prepare_cached(INSERT).db()?,
            index: IndexWriter::new(connection),
            senders: Senders::default(),
        })
    }

    /// Writes the senders and the entries of the search index. To be called before the transaction is committed.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.index.write()?;
        self.senders.write(self.connection)
    }

    /// Writes the messages of a page, the range that it covers, and the deletion of messages that it no longer contains.
    pub(crate) fn write_page(&mut self, write: PageWrite, now: &str) -> Result<Counts, Error> {
        let PageWrite {
            chat,
            mut page,
            covered,
            newest_of,
        } = write;
        // Adjacent rows are cheaper to insert.
        page.messages.sort_unstable_by_key(ArchivedMessage::id);
        let ids = page.ids();
        let range = ids.fold(covered, |range, id| {
            let range = range.unwrap_or(Ids { low: id, high: id });
            Some(Ids {
                low: range.low.min(id),
                high: range.high.max(id),
            })
        });
        let mut counts = Counts::default();
        let mut stored = match range {
            Some(range) => stored_in(self.connection, chat, range)?,
            None => HashMap::new(),
        };
        for message in &page.messages {
            match stored.remove(&message.id()) {
                None => counts.added += u64::from(self.insert(chat, message)?),
                Some(stored) if self.update(chat, message, &stored)? => counts.changed += 1,
                Some(_) => {}
            }
        }
        for message in &page.unreadable {
            if let Some(id) = message.id {
                stored.remove(&id);
            }
            write_unreadable(self.connection, chat, message)?;
        }
        if let Some(covered) = covered {
            if page.has_all_ids() {
                counts.deleted = mark_deleted(self.connection, &stored, now)?;
            }
            add_coverage(self.connection, chat, covered)?;
        }
        if let Some(times) = newest_of {
            let is_known = write_read_times(self.connection, chat, times)?;
            // The list of chats does not have it.
            if !is_known && !page.is_empty() {
                write_chat(self.connection, &ChatRow::unknown(chat))?;
            }
        }
        Ok(counts)
    }

    /// Writes a message unless it is stored in the same or a newer state. Returns `None` in that case.
    pub(crate) fn write_newer(
        &mut self,
        chat: i64,
        message: &ArchivedMessage,
    ) -> Result<Option<Counts>, Error> {
        let mut counts = Counts::default();
        if self.insert_as(message.id(), chat, message)? {
            counts.added = 1;
            return Ok(Some(counts));
        }
        let sql = "SELECT row, deleted_at IS NOT NULL, updated_at FROM messages WHERE chat_id = ?1 AND id = ?2";
        let mut statement = self.connection.prepare_cached(sql).db()?;
        let stored = statement.query_row((chat, message.id()), |row| {
            let stored = Stored {
                row: row.get(0)?,
                is_deleted: row.get(1)?,
            };
            Ok((stored, row.get::<_, String>(2)?))
        });
        match stored.optional().db()? {
            None => counts.added = u64::from(self.insert(chat, message)?),
            Some((_, updated_at)) if updated_at.as_str() >= message.message.updated_at.as_str() => {
                return Ok(None);
            }
            Some((stored, _)) => {
                counts.changed = u64::from(self.update(chat, message, &stored)?);
            }
        }
        Ok(Some(counts))
    }

    /// Inserts a message that is not stored. Returns `false` if it is, since a page contained it twice.
    fn insert(&mut self, chat: i64, message: &ArchivedMessage) -> Result<bool, Error> {
        if self.insert_as(message.id(), chat, message)? {
            return Ok(true);
        }
        // A message of another chat has the same id, although ids are unique according to the contract.
        let sql = "SELECT min(0, coalesce(min(row), 0)) - 1 FROM messages";
        let row = self.connection.query_row(sql, [], |row| row.get(0)).db()?;
        self.insert_as(row, chat, message)
    }

    /// Inserts a message in a row. Returns `false`, and writes nothing, if the row or the message exists.
    fn insert_as(&mut self, row: i64, chat: i64, message: &ArchivedMessage) -> Result<bool, Error> {
        if execute(&mut self.insert, row, chat, message)? == 0 {
            return Ok(false);
        }
        self.senders.add(message);
        self.index.add(row, chat, message, true)?;
        write_files(self.connection, chat, message, true)?;
        Ok(true)
    }

    /// Returns `true` if the message has changed.
    fn update(
        &mut self,
        chat: i64,
        message: &ArchivedMessage,
        stored: &Stored,
    ) -> Result<bool, Error> {
        let connection = self.connection;
        self.senders.add(message);
        let sql = "SELECT json = ?2 FROM messages WHERE row = ?1";
        let mut statement = connection.prepare_cached(sql).db()?;
        let is_same = statement
            .query_row((stored.row, &message.json), |row| row.get(0))
            .optional();
        if is_same.db()? == Some(true) && !stored.is_deleted {
            return Ok(false);
        }
        let mut update = connection.prepare_cached(UPDATE).db()?;
        execute(&mut update, stored.row, chat, message)?;
        self.index.add(stored.row, chat, message, false)?;
        write_files(connection, chat, message, false)?;
        Ok(true)
    }
}

/// Writes the times that the list of chats had when the newest page was read. Returns `false` if the chat is not stored.
fn write_read_times(connection: &Connection, chat: i64, times: ChatTimes) -> Result<bool, Error> {
    let sql = "UPDATE chats SET read_updated_at = ?2, read_modified_at = ?3 WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql).db()?;
    let values = (chat, times.updated_at, times.modified_at);
    Ok(statement.execute(values).db()? > 0)
}

fn stored_in(
    connection: &Connection,
    chat: i64,
    range: Ids,
) -> Result<HashMap<i64, Stored>, Error> {
    let sql = "SELECT id, row, deleted_at IS NOT NULL FROM messages
        WHERE chat_id = ?1 AND id BETWEEN ?2 AND ?3";
    let mut statement = connection.prepare_cached(sql).db()?;
    let rows = statement.query_map((chat, range.low, range.high), |row| {
        Ok((
            row.get(0)?,
            Stored {
                row: row.get(1)?,
                is_deleted: row.get(2)?,
            },
        ))
    });
    rows.db()?.collect::<Result<_, _>>().db()
}

/// The columns of [`UPDATE`] have the same order.
const INSERT: &str = "
    INSERT INTO messages (row, chat_id, id, type, sender_id, sent_at, updated_at, seen_at, text, entity_id, reply_to, forward_from, json)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
    ON CONFLICT DO NOTHING";

const UPDATE: &str = "
    UPDATE messages SET chat_id = ?2, id = ?3, type = ?4, sender_id = ?5, sent_at = ?6, updated_at = ?7, seen_at = ?8, text = ?9,
        entity_id = ?10, reply_to = ?11, forward_from = ?12, json = ?13, deleted_at = NULL
    WHERE row = ?1";

fn execute(
    statement: &mut Statement<'_>,
    row: i64,
    chat: i64,
    message: &ArchivedMessage,
) -> Result<usize, Error> {
    let sender = message.sender().map(|(id, _)| id);
    // By position: SQLite would look up each name in each execution.
    let ArchivedMessage { message, json, .. } = message;
    let content = &message.content;
    let values = params![
        row,
        chat,
        message.id.0,
        message.message_type.as_str(),
        sender,
        message.created_at.as_str(),
        message.updated_at.as_str(),
        message.seen_at.as_ref().map(Timestamp::as_str),
        content.text,
        content.entity_id.map(|it| it.0),
        message.replied_message.as_ref().map(|it| it.id.0),
        message.forward_from.map(|it| it.0),
        json,
    ];
    statement.execute(values).db()
}

/// Marks stored messages as deleted, unless they are.
fn mark_deleted(
    connection: &Connection,
    missing: &HashMap<i64, Stored>,
    now: &str,
) -> Result<u64, Error> {
    let mut deleted = 0;
    for stored in missing.values().filter(|it| !it.is_deleted) {
        let sql = "UPDATE messages SET deleted_at = ?2 WHERE row = ?1";
        connection
            .prepare_cached(sql)
            .db()?
            .execute((stored.row, now))
            .db()?;
        deleted += 1;
    }
    Ok(deleted)
}

pub(crate) fn write_unreadable(
    connection: &Connection,
    chat: i64,
    message: &UnreadableMessage,
) -> Result<(), Error> {
    if let Some(id) = message.id {
        let sql = "DELETE FROM unreadable WHERE chat_id = ?1 AND id = ?2";
        connection
            .prepare_cached(sql)
            .db()?
            .execute((chat, id))
            .db()?;
    }
    let sha256 = Sha256::digest(message.json.as_bytes());
    let sql = "INSERT INTO unreadable (chat_id, id, json, sha256) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let values = (chat, message.id, &message.json, &sha256[..]);
    connection.prepare_cached(sql).db()?.execute(values).db()?;
    Ok(())
}
