//! Exports.

mod csv;
mod html;
mod json_lines;
mod output;
mod rows;

use std::io::Write;
use std::path::Path;

use basalam_chat::{ChatId, Timestamp};
use serde::Serialize;

use crate::archive::Archive;
use crate::error::{DatabaseResult, Error};
pub use csv::CsvSeparator;
pub use html::Language;
pub(crate) use json_lines::{FORMAT, VERSION};
use rows::Selection;

/// A builder for an export; returned by [`Archive::export`].
///
/// # Examples
///
/// ```no_run
/// use std::fs::File;
///
/// use basalam_chat::ChatId;
/// use basalam_chat_archive::Archive;
///
/// # fn run(archive: Archive) -> Result<(), Box<dyn std::error::Error>> {
/// archive.export().json_lines(File::create("backup.jsonl")?)?;
/// archive.export().chat(ChatId(183_583_802)).since("2026-07").csv(File::create("july.csv")?)?;
/// archive.export().title("My shop").html("history")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an export does nothing until it is written"]
pub struct Export {
    archive: Archive,
    selection: Selection,
    title: Option<String>,
    language: Language,
    csv_separator: CsvSeparator,
}

/// What an export contains.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExportReport {
    /// The number of chats.
    pub chats: u64,
    /// The number of messages.
    pub messages: u64,
    /// The number of files that were copied.
    pub attachments: u64,
}

impl Archive {
    /// Returns a builder for an export of all messages, or of a selection.
    pub fn export(&self) -> Export {
        Export {
            archive: self.clone(),
            selection: Selection::default(),
            title: None,
            language: Language::default(),
            csv_separator: CsvSeparator::default(),
        }
    }
}

impl Export {
    /// Exports only this chat, or one of several.
    pub fn chat(mut self, chat: ChatId) -> Export {
        self.selection.chats.insert(chat.0);
        self
    }

    /// Exports only messages that were sent at this time or later. Times are strings as the service writes them, such as
    /// `2026-07-22 10:28:23`, or the start of one, such as `2026-07`.
    pub fn since(mut self, time: impl Into<Timestamp>) -> Export {
        self.selection.since = Some(time.into().as_str().to_owned());
        self
    }

    /// Exports only messages that were sent before this time.
    pub fn until(mut self, time: impl Into<Timestamp>) -> Export {
        self.selection.until = Some(time.into().as_str().to_owned());
        self
    }

    /// Sets the title of an HTML export. The default is the name of the account.
    pub fn title(mut self, title: impl Into<String>) -> Export {
        self.title = Some(title.into());
        self
    }

    /// Sets the language of the interface of an HTML export. The default is Persian.
    pub fn language(mut self, language: Language) -> Export {
        self.language = language;
        self
    }

    /// Sets the separator of the columns of a CSV export. The default is a comma.
    pub fn csv_separator(mut self, separator: CsvSeparator) -> Export {
        self.csv_separator = separator;
        self
    }

    /// Writes JSON Lines, which [`Archive::import_json_lines`] reads: a header, the account, and each chat followed by its
    /// messages, by id. Messages are written as received, byte for byte. An export of a whole archive loses nothing but
    /// the contents of files.
    ///
    /// # Errors
    ///
    /// [`is_io`](Error::is_io) if it cannot be written, and the errors of the database.
    pub fn json_lines(self, writer: impl Write) -> Result<ExportReport, Error> {
        self.with_snapshot(|connection| json_lines::write(connection, &self.selection, writer))
    }

    /// Writes a table in CSV, for spreadsheets: UTF-8 with a byte order mark, and a row for each message. An apostrophe is
    /// added before what a spreadsheet would run as a formula, also if it expects another
    /// [separator](Export::csv_separator) than the file has.
    ///
    /// # Errors
    ///
    /// [`is_io`](Error::is_io) if it cannot be written, and the errors of the database.
    pub fn csv(self, writer: impl Write) -> Result<ExportReport, Error> {
        self.with_snapshot(|connection| {
            csv::write(connection, &self.selection, self.csv_separator, writer)
        })
    }

    /// Writes web pages into a directory, which is created if it is missing. Open `index.html`. The pages can be searched,
    /// show downloaded pictures, and load nothing from the network. An earlier export in the directory is replaced.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the directory contains anything else, [`is_io`](Error::is_io) if
    /// it cannot be written, and the errors of the database.
    pub fn html(self, directory: impl AsRef<Path>) -> Result<ExportReport, Error> {
        let account = self.archive.account()?;
        let name = account.and_then(|it| it.name);
        let site = html::Site {
            directory: directory.as_ref(),
            attachments: self.archive.attachments_path(),
            title: self.title.clone().or(name),
            language: self.language,
        };
        self.with_snapshot(|connection| html::write(connection, &self.selection, &site))
    }

    /// Runs an export on one state of the database.
    fn with_snapshot<T>(
        &self,
        export: impl FnOnce(&rusqlite::Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.archive.read(|connection| {
            let transaction = connection.unchecked_transaction().db()?;
            let result = export(&transaction);
            transaction.rollback().db()?;
            result
        })
    }
}
