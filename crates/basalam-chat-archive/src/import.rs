//! Import of JSON Lines.

mod lines;

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use serde::Serialize;

use crate::archive::{Archive, claim};
use crate::attachments::stored_path;
use crate::error::{DatabaseResult, Error, ErrorKind};
use crate::file::WriterLock;
use crate::message::ArchivedMessage;
use crate::range::Ids;
use crate::schema;
use crate::store::{ChatRow, ChatTimes, MessageWriter, add_coverage, write_chat, write_unreadable};
use lines::{FileLine, Item, Part};

/// What an import has changed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ImportReport {
    /// The number of chats in the file.
    pub chats: u64,
    /// The number of new messages.
    pub messages_added: u64,
    /// The number of messages that the archive had in an older state.
    pub messages_changed: u64,
}

impl Archive {
    /// Imports what [`Export::json_lines`](crate::Export::json_lines) has written, into an empty archive or one of the same
    /// account. Of a message that is in both, the newer state is kept. Either everything is imported, or nothing.
    ///
    /// # Errors
    ///
    /// [`is_import`](Error::is_import) if the input is not such an export or has been cut off,
    /// [`is_other_account`](Error::is_other_account) if the archive belongs to another account, and
    /// [`is_locked`](Error::is_locked) if another process syncs.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::fs::File;
    /// use std::io::BufReader;
    ///
    /// use basalam_chat_archive::Archive;
    ///
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let archive = Archive::open("copy.db")?;
    /// archive.import_json_lines(BufReader::new(File::open("backup.jsonl")?))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn import_json_lines(&self, reader: impl BufRead) -> Result<ImportReport, Error> {
        let _lock = WriterLock::take(self.path())?;
        let connection = schema::connect(self.path())?;
        let attachments = self.attachments_path();
        let (sender, parts) = mpsc::sync_channel(QUEUE);
        let (written_sender, written) = mpsc::channel();
        // Lines are parsed and texts folded while another thread writes.
        thread::scope(|scope| {
            let writer = thread::Builder::new().name("basalam-chat-archive".to_owned());
            let write = move || write(&connection, attachments, &parts, &written_sender);
            let writer = writer.spawn_scoped(scope, write).map_err(|error| {
                let message = format!("the writing thread cannot be started: {error}");
                Error::new(ErrorKind::Io, message)
            })?;
            let read = lines::read(reader, sender, &written);
            let ended = || Error::new(ErrorKind::Database, "the writing thread has ended early");
            // The first error: what cannot be written comes before the lines that are read meanwhile.
            let written = writer.join().map_err(|_| ended())??;
            read?;
            written.ok_or_else(ended)
        })
    }
}

/// The number of batches that are read and not yet written.
const QUEUE: usize = 4;

/// The default of SQLite, in bytes.
const DEFAULT_INDEX_BUFFER: i64 = 1024 * 1024;

/// Writes everything in one transaction. Returns `None`, and writes nothing, if the input is damaged.
fn write(
    connection: &Connection,
    attachments: PathBuf,
    parts: &Receiver<Part>,
    written: &Sender<Vec<Item>>,
) -> Result<Option<ImportReport>, Error> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
    let transaction = transaction.db()?;
    // Fewer segments of the index, which have to be merged.
    set_index_buffer(&transaction, 16 * 1024 * 1024)?;
    let report = write_parts(&transaction, attachments, parts, written)?;
    if report.is_some() {
        set_index_buffer(&transaction, DEFAULT_INDEX_BUFFER)?;
        transaction.commit().db()?;
    }
    Ok(report)
}

/// Sets the size in bytes of the entries that the index keeps in memory before it writes them.
fn set_index_buffer(connection: &Connection, bytes: i64) -> Result<(), Error> {
    let sql = "INSERT INTO search (search, rank) VALUES ('hashsize', ?1)";
    connection.execute(sql, [bytes]).db()?;
    Ok(())
}

fn write_parts(
    connection: &Connection,
    attachments: PathBuf,
    parts: &Receiver<Part>,
    written: &Sender<Vec<Item>>,
) -> Result<Option<ImportReport>, Error> {
    let mut import = Import {
        connection,
        attachments,
        messages: MessageWriter::new(connection)?,
        report: ImportReport::default(),
    };
    loop {
        match parts.recv() {
            Ok(Part::Batch(items)) => {
                for item in &items {
                    import.write(item)?;
                }
                // The reader frees them. It may have ended.
                let _ = written.send(items);
            }
            Ok(Part::End) => break,
            Err(_) => return Ok(None),
        }
    }
    import.messages.finish()?;
    Ok(Some(import.report))
}

struct Import<'a> {
    connection: &'a Connection,
    attachments: PathBuf,
    messages: MessageWriter<'a>,
    report: ImportReport,
}

impl Import<'_> {
    fn write(&mut self, item: &Item) -> Result<(), Error> {
        match item {
            Item::Account(account) => claim(self.connection, account),
            Item::Chat {
                row,
                read,
                coverage,
            } => self.chat(row, read, coverage),
            Item::Message {
                chat,
                message,
                deleted_at,
                files,
            } => self.message(*chat, message, deleted_at.as_deref(), files),
            Item::Unreadable { chat, message } => write_unreadable(self.connection, *chat, message),
        }
    }

    fn chat(&mut self, row: &ChatRow, read: &ChatTimes, coverage: &[Ids]) -> Result<(), Error> {
        if self.is_newer(row)? {
            write_chat(self.connection, row)?;
        }
        if *read != ChatTimes::default() {
            let sql = "UPDATE chats SET read_updated_at = ?2, read_modified_at = ?3
                WHERE id = ?1 AND read_updated_at IS NULL AND read_modified_at IS NULL";
            let values = (row.id, &read.updated_at, &read.modified_at);
            self.connection
                .prepare_cached(sql)
                .db()?
                .execute(values)
                .db()?;
        }
        for range in coverage {
            add_coverage(self.connection, row.id, *range)?;
        }
        self.report.chats += 1;
        Ok(())
    }

    /// Returns `true` if the archive does not have the chat in a newer state.
    fn is_newer(&self, row: &ChatRow) -> Result<bool, Error> {
        let sql = "SELECT coalesce(updated_at, '') FROM chats WHERE id = ?1";
        let stored = self
            .connection
            .query_row(sql, [row.id], |row| row.get::<_, String>(0));
        let stored = stored.optional().db()?;
        Ok(stored
            .is_none_or(|it| row.times.updated_at.as_deref().unwrap_or_default() >= it.as_str()))
    }

    fn message(
        &mut self,
        chat: i64,
        message: &ArchivedMessage,
        deleted_at: Option<&str>,
        files: &[FileLine],
    ) -> Result<(), Error> {
        let Some(counts) = self.messages.write_newer(chat, message)? else {
            return Ok(());
        };
        self.report.messages_added += counts.added;
        self.report.messages_changed += counts.changed;
        if let Some(deleted_at) = deleted_at {
            let sql = "UPDATE messages SET deleted_at = ?3 WHERE chat_id = ?1 AND id = ?2";
            let mut statement = self.connection.prepare_cached(sql).db()?;
            statement.execute((chat, message.id(), deleted_at)).db()?;
        }
        for file in files {
            let is_stored = stored_path(&self.attachments, &file.sha256).exists();
            let status = if is_stored { "done" } else { "pending" };
            let sql = "UPDATE files SET status = ?4, sha256 = ?5, bytes = ?6
                WHERE chat_id = ?1 AND message_id = ?2 AND position = ?3";
            let mut statement = self.connection.prepare_cached(sql).db()?;
            let (position, sha256, bytes) = (file.position, &file.sha256, file.bytes);
            let values = (chat, message.id(), position, status, sha256, bytes);
            statement.execute(values).db()?;
        }
        Ok(())
    }
}
