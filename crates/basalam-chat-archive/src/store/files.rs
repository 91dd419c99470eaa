//! Files of messages, and the outcome of their downloads.

use rusqlite::Connection;

use crate::error::{DatabaseResult, Error};
use crate::message::ArchivedMessage;

/// Which file of which message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct FileKey {
    pub(crate) chat: i64,
    pub(crate) message: i64,
    pub(crate) position: i64,
}

/// A file to download.
#[derive(Clone, Debug)]
pub(crate) struct PendingFile {
    pub(crate) key: FileKey,
    pub(crate) url: Option<String>,
}

/// The outcome of a download.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum FileOutcome {
    Done {
        sha256: String,
        bytes: u64,
    },
    /// A later sync tries again.
    Failed(String),
    /// It is not to be downloaded.
    Skipped(String),
}

/// Writes the files of a message, and keeps the outcome of those whose URL is the same.
pub(crate) fn write_files(
    connection: &Connection,
    chat: i64,
    message: &ArchivedMessage,
    is_new: bool,
) -> Result<(), Error> {
    let (message, files) = (message.id(), message.files());
    if !is_new {
        let sql = "DELETE FROM files WHERE chat_id = ?1 AND message_id = ?2 AND position >= ?3";
        let count = files.len() as i64;
        connection
            .prepare_cached(sql)
            .db()?
            .execute((chat, message, count))
            .db()?;
    }
    if files.is_empty() {
        return Ok(());
    }
    let sql = "
        INSERT INTO files (chat_id, message_id, position, file_id, url, name, type, size)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT DO UPDATE SET file_id = excluded.file_id, name = excluded.name, type = excluded.type, size = excluded.size,
            status = iif(url IS excluded.url, status, 'pending'), reason = iif(url IS excluded.url, reason, NULL),
            sha256 = iif(url IS excluded.url, sha256, NULL), bytes = iif(url IS excluded.url, bytes, NULL),
            url = excluded.url";
    let mut statement = connection.prepare_cached(sql).db()?;
    for (position, file) in (0_i64..).zip(files) {
        let values = (
            chat,
            message,
            position,
            file.id.map(|it| it.0),
            file.url(),
            &file.name,
            &file.type_,
            file.size,
        );
        statement.execute(values).db()?;
    }
    Ok(())
}

/// Returns files that were not downloaded, after a key, in the order of keys.
pub(crate) fn pending_files(
    connection: &Connection,
    after: FileKey,
    limit: usize,
) -> Result<Vec<PendingFile>, Error> {
    let sql = "SELECT chat_id, message_id, position, url FROM files
        WHERE status <> 'done' AND (chat_id, message_id, position) > (?1, ?2, ?3)
        ORDER BY chat_id, message_id, position LIMIT ?4";
    let mut statement = connection.prepare_cached(sql).db()?;
    let values = (after.chat, after.message, after.position, limit as i64);
    let rows = statement.query_map(values, |row| {
        Ok(PendingFile {
            key: FileKey {
                chat: row.get(0)?,
                message: row.get(1)?,
                position: row.get(2)?,
            },
            url: row.get(3)?,
        })
    });
    rows.db()?.collect::<Result<_, _>>().db()
}

/// Records the outcome of a download.
pub(crate) fn write_outcome(
    connection: &Connection,
    key: FileKey,
    outcome: &FileOutcome,
) -> Result<(), Error> {
    let (status, reason, sha256, bytes) = match outcome {
        FileOutcome::Done { sha256, bytes } => ("done", None, Some(sha256), Some(*bytes as i64)),
        FileOutcome::Failed(reason) => ("failed", Some(reason), None, None),
        FileOutcome::Skipped(reason) => ("skipped", Some(reason), None, None),
    };
    let sql = "UPDATE files SET status = ?4, reason = ?5, sha256 = coalesce(?6, sha256), bytes = coalesce(?7, bytes)
        WHERE chat_id = ?1 AND message_id = ?2 AND position = ?3";
    let mut statement = connection.prepare_cached(sql).db()?;
    let values = (
        key.chat,
        key.message,
        key.position,
        status,
        reason,
        sha256,
        bytes,
    );
    statement.execute(values).db()?;
    Ok(())
}
