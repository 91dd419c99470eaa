//! The health of an archive.

use std::fs;

use rusqlite::Connection;
use serde::Serialize;

use crate::archive::Archive;
use crate::attachments::stored_path;
use crate::coverage;
use crate::error::{DatabaseResult, Error};
use crate::schema::{self, SCHEMA_VERSION};

/// The health of an archive; returned by [`Archive::check`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// What is wrong with the database. Empty if it is healthy.
    pub problems: Vec<String>,
    /// The version of the tables.
    pub schema_version: u32,
    /// The version of SQLite.
    pub sqlite_version: String,
    /// The size of the database in bytes, without what is not yet in its main file.
    pub file_bytes: u64,
    /// The number of chats.
    pub chats: u64,
    /// The number of messages, including deleted ones.
    pub messages: u64,
    /// The number of messages that cannot be decoded.
    pub unreadable: u64,
    /// The number of files of messages.
    pub attachments: u64,
    /// Those of them that are recorded as downloaded, but are not in the directory.
    pub attachments_missing: u64,
    /// The number of chats of which messages are missing.
    pub incomplete_chats: u64,
}

impl Health {
    /// Returns `true` if the database is not damaged. Messages and files may be missing.
    pub fn is_healthy(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Archive {
    /// Checks the database, the search index and the coverage. It reads the whole file.
    ///
    /// # Errors
    ///
    /// Fails only if the database cannot be read at all: what is damaged is listed in [`Health::problems`].
    pub fn check(&self) -> Result<Health, Error> {
        let directory = self.attachments_path();
        let metadata = fs::metadata(self.path());
        let file_bytes = metadata
            .map_err(|error| Error::io("read", self.path(), error))?
            .len();
        // A new connection: a used one has cached the list of the index's segments, and `integrity_check` reads them
        // without checking whether another connection has merged them.
        let connection = schema::connect(self.path())?;
        let connection = connection.unchecked_transaction().db()?;
        let incomplete_chats = coverage::report(&connection)?.incomplete().count() as u64;
        let count = |sql: &str| {
            connection
                .query_row(sql, [], |row| row.get::<_, u64>(0))
                .db()
        };
        let mut attachments_missing = 0;
        let sql = "SELECT sha256 FROM files WHERE status = 'done'";
        let mut statement = connection.prepare(sql).db()?;
        let mut rows = statement.query([]).db()?;
        while let Some(row) = rows.next().db()? {
            let sha256: String = row.get(0).db()?;
            attachments_missing += u64::from(!stored_path(&directory, &sha256).exists());
        }
        Ok(Health {
            problems: problems(&connection)?,
            schema_version: SCHEMA_VERSION,
            sqlite_version: rusqlite::version().to_owned(),
            file_bytes,
            chats: count("SELECT count(*) FROM chats")?,
            messages: count("SELECT count(*) FROM messages")?,
            unreadable: count("SELECT count(*) FROM unreadable")?,
            attachments: count("SELECT count(*) FROM files")?,
            attachments_missing,
            incomplete_chats,
        })
    }
}

fn problems(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut statement = connection.prepare("PRAGMA integrity_check(20)").db()?;
    let rows = statement
        .query_map([], |row| row.get::<_, String>(0))
        .db()?;
    let mut problems = Vec::new();
    for row in rows {
        match row {
            Ok(row) if row == "ok" => {}
            Ok(row) => problems.push(row),
            Err(error) => problems.push(error.to_string()),
        }
    }
    let queries = [
        (
            "messages without an entry in the search index",
            "SELECT count(*) FROM messages WHERE row NOT IN (SELECT rowid FROM search)",
        ),
        (
            "entries of the search index without a message",
            "SELECT count(*) FROM search WHERE rowid NOT IN (SELECT row FROM messages)",
        ),
        (
            "ranges that overlap",
            "SELECT count(*) FROM coverage a JOIN coverage b
                ON a.chat_id = b.chat_id AND a.low < b.low AND a.high >= b.low",
        ),
        (
            "messages without a chat",
            "SELECT count(*) FROM messages WHERE chat_id NOT IN (SELECT id FROM chats)",
        ),
    ];
    for (problem, sql) in queries {
        match connection.query_row(sql, [], |row| row.get::<_, i64>(0)) {
            Ok(0) => {}
            Ok(count) => problems.push(format!("{count} {problem}")),
            Err(error) => problems.push(format!("{problem} cannot be counted: {error}")),
        }
    }
    Ok(problems)
}
