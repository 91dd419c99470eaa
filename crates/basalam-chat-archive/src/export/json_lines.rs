//! JSON Lines, which can be imported again.

use std::fmt;
use std::io::Write;

use rusqlite::Connection;
use serde::Serialize;

use super::ExportReport;
use super::output::Output;
use super::rows::{Chat, File, Message, Selection, files};
use crate::archive::read_account;
use crate::error::{DatabaseResult, Error};
use crate::store::coverage_of;

/// The name and the version of the format, in the first line.
pub(crate) const FORMAT: &str = "basalam-chat-archive";
pub(crate) const VERSION: u32 = 1;

pub(super) fn write(
    connection: &Connection,
    selection: &Selection,
    writer: impl Write,
) -> Result<ExportReport, Error> {
    let mut output = Output::new(writer);
    let mut report = ExportReport::default();
    output.write(format_args!(
        "{{\"format\":{},\"version\":{VERSION}}}\n",
        Json(FORMAT)
    ))?;
    if let Some(account) = read_account(connection).db()? {
        output.write(format_args!(
            "{{\"kind\":\"account\",\"user_id\":{},\"name\":{},\"hash_id\":{},\"service\":{},\"last_synced_at\":{}}}\n",
            account.user_id.0,
            Json(&account.name),
            Json(&account.hash_id),
            Json(&account.service),
            Json(&account.last_synced_at),
        ))?;
    }
    for chat in selection.chats(connection)? {
        report.chats += 1;
        write_chat(connection, selection, &chat, &mut output)?;
        selection.for_each_message(connection, chat.id, |message| {
            report.messages += 1;
            let files = files(connection, chat.id, message.id)?;
            write_message(chat.id, &message, &files, &mut output)
        })?;
        if selection.has_whole_chats() {
            write_unreadable(connection, chat.id, &mut output)?;
        }
    }
    output.finish()?;
    Ok(report)
}

fn write_chat(
    connection: &Connection,
    selection: &Selection,
    chat: &Chat,
    output: &mut Output<impl Write>,
) -> Result<(), Error> {
    let kind = Json("chat");
    output.write(format_args!("{{\"kind\":{kind},\"id\":{}", chat.id))?;
    if selection.has_whole_chats() {
        let coverage = coverage_of(connection, chat.id)?;
        let ranges = coverage.ranges().iter().map(|it| [it.low, it.high]);
        output.write(format_args!(
            ",\"read_updated_at\":{},\"read_modified_at\":{},\"coverage\":{}",
            Json(&chat.read_updated_at),
            Json(&chat.read_modified_at),
            Json(&ranges.collect::<Vec<_>>()),
        ))?;
    }
    output.write(format_args!(
        ",{}}}\n",
        Raw {
            name: "chat",
            json: &chat.json
        }
    ))
}

fn write_message(
    chat: i64,
    message: &Message,
    files: &[File],
    output: &mut Output<impl Write>,
) -> Result<(), Error> {
    output.write(format_args!(
        "{{\"kind\":\"message\",\"chat_id\":{chat},\"id\":{}",
        message.id
    ))?;
    if let Some(deleted_at) = &message.deleted_at {
        output.write(format_args!(",\"deleted_at\":{}", Json(deleted_at)))?;
    }
    let downloaded = files.iter().filter_map(|file| {
        Some(DownloadedFile {
            position: file.position,
            sha256: file.sha256.as_deref()?,
            bytes: file.bytes,
        })
    });
    let downloaded: Vec<_> = downloaded.collect();
    if !downloaded.is_empty() {
        output.write(format_args!(",\"files\":{}", Json(&downloaded)))?;
    }
    output.write(format_args!(
        ",{}}}\n",
        Raw {
            name: "message",
            json: &message.json
        }
    ))
}

#[derive(Serialize)]
struct DownloadedFile<'a> {
    position: i64,
    sha256: &'a str,
    bytes: Option<i64>,
}

fn write_unreadable(
    connection: &Connection,
    chat: i64,
    output: &mut Output<impl Write>,
) -> Result<(), Error> {
    let sql = "SELECT id, json FROM unreadable WHERE chat_id = ?1 ORDER BY id, sha256";
    let mut statement = connection.prepare_cached(sql).db()?;
    let mut rows = statement.query([chat]).db()?;
    while let Some(row) = rows.next().db()? {
        let (id, json): (Option<i64>, String) = (row.get(0).db()?, row.get(1).db()?);
        // As a string, since another parser may not be able to read it either.
        output.write(format_args!(
            "{{\"kind\":\"unreadable\",\"chat_id\":{chat},\"id\":{},\"text\":{}}}\n",
            Json(&id),
            Json(&json)
        ))?;
    }
    Ok(())
}

/// JSON as received. If it has line breaks, it is a string that contains the JSON, in a field with the suffix `_text`.
struct Raw<'a> {
    name: &'a str,
    json: &'a str,
}

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Raw { name, json } = self;
        match json.contains(['\n', '\r']) {
            true => write!(f, "\"{name}_text\":{}", Json(json)),
            false => write!(f, "\"{name}\":{json}"),
        }
    }
}

/// A value as JSON.
struct Json<T>(T);

impl<T: Serialize> fmt::Display for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(&self.0).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}
