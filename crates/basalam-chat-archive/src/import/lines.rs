//! The lines of JSON Lines.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, SyncSender};

use basalam_chat::UserId;
use basalam_chat::chats::Chat;
use basalam_chat::raw::read_json;
use basalam_chat::raw::types::MessageList;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::archive::Account;
use crate::attachments::is_sha256;
use crate::error::{Error, ErrorKind};
use crate::export::{FORMAT, VERSION};
use crate::message::{ArchivedMessage, UnreadableMessage};
use crate::range::Ids;
use crate::store::{ChatRow, ChatTimes};

/// The size of a batch.
const BATCH: usize = 200;
const BATCH_BYTES: usize = 512 * 1024;

/// A part of the input.
pub(super) enum Part {
    Batch(Vec<Item>),
    /// Nothing follows. Without it, the input is damaged, and nothing is imported.
    End,
}

/// What a line contains.
pub(super) enum Item {
    Account(Account),
    Chat {
        row: ChatRow,
        read: ChatTimes,
        coverage: Vec<Ids>,
    },
    Message {
        chat: i64,
        message: Box<ArchivedMessage>,
        deleted_at: Option<String>,
        files: Vec<FileLine>,
    },
    Unreadable {
        chat: i64,
        message: UnreadableMessage,
    },
}

#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

/// A line after the header.
#[derive(Deserialize)]
struct AnyLine {
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Account,
    Chat,
    Message,
    Unreadable,
}

#[derive(Deserialize)]
struct AccountLine {
    user_id: i64,
    name: Option<String>,
    hash_id: Option<String>,
    service: String,
    last_synced_at: Option<String>,
}

#[derive(Deserialize)]
struct ChatLine<'a> {
    id: i64,
    read_updated_at: Option<String>,
    read_modified_at: Option<String>,
    #[serde(default)]
    coverage: Vec<(i64, i64)>,
    #[serde(borrow)]
    chat: Option<&'a RawValue>,
    chat_text: Option<String>,
}

#[derive(Deserialize)]
struct MessageLine<'a> {
    chat_id: i64,
    id: i64,
    deleted_at: Option<String>,
    #[serde(default)]
    files: Vec<FileLine>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    message_text: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FileLine {
    pub(super) position: i64,
    pub(super) sha256: String,
    pub(super) bytes: Option<i64>,
}

#[derive(Deserialize)]
struct UnreadableLine {
    chat_id: i64,
    id: Option<i64>,
    text: String,
}

/// Reads all lines. Ends early without an error if the writer has failed. Frees the batches that are written, since that
/// is faster in the thread that has allocated them.
pub(super) fn read(
    mut reader: impl BufRead,
    parts: SyncSender<Part>,
    written: &Receiver<Vec<Item>>,
) -> Result<(), Error> {
    let mut line = String::new();
    let mut number = 0_u64;
    let (mut batch, mut bytes) = (Vec::new(), 0);
    loop {
        line.clear();
        let length = reader.read_line(&mut line).map_err(|error| {
            Error::new(ErrorKind::Import, format!("line {}: {error}", number + 1))
        })?;
        if length == 0 {
            break;
        }
        number += 1;
        let Some(json) = line.strip_suffix('\n') else {
            return Err(invalid(number, "the file has been cut off"));
        };
        match number {
            1 => check_header(json)?,
            _ => batch.push(read_line(json, number)?),
        }
        bytes += length;
        if batch.len() >= BATCH || bytes >= BATCH_BYTES {
            bytes = 0;
            written.try_iter().for_each(drop);
            if parts.send(Part::Batch(std::mem::take(&mut batch))).is_err() {
                return Ok(());
            }
        }
    }
    if number == 0 {
        return Err(invalid(1, "the file is empty"));
    }
    // An error of the writer is the one to report.
    let _ = parts.send(Part::Batch(batch));
    let _ = parts.send(Part::End);
    Ok(())
}

fn read_line(json: &str, number: u64) -> Result<Item, Error> {
    fn parse<'a, T: Deserialize<'a>>(json: &'a str, number: u64) -> Result<T, Error> {
        // The message of the parser can contain values.
        serde_json::from_str(json).map_err(|_| invalid(number, "it is not a line of an export"))
    }
    match parse::<AnyLine>(json, number)?.kind {
        Kind::Account => {
            let line: AccountLine = parse(json, number)?;
            Ok(Item::Account(Account {
                user_id: UserId(line.user_id),
                name: line.name,
                hash_id: line.hash_id,
                service: line.service,
                last_synced_at: line.last_synced_at,
            }))
        }
        Kind::Chat => read_chat(parse(json, number)?, number),
        Kind::Message => read_message_line(parse(json, number)?, number),
        Kind::Unreadable => {
            let line: UnreadableLine = parse(json, number)?;
            let message = UnreadableMessage {
                id: line.id,
                json: line.text,
            };
            Ok(Item::Unreadable {
                chat: line.chat_id,
                message,
            })
        }
    }
}

fn read_chat(line: ChatLine<'_>, number: u64) -> Result<Item, Error> {
    let json = json_of(line.chat, line.chat_text.as_deref());
    let json = json.ok_or_else(|| invalid(number, "it has no chat"))?;
    let row = match read_json::<Chat>(json.as_bytes()) {
        Ok(chat) => ChatRow {
            id: line.id,
            json: json.to_owned(),
            ..ChatRow::new(&chat)
        },
        Err(_) => ChatRow {
            json: json.to_owned(),
            ..ChatRow::unknown(line.id)
        },
    };
    let coverage = line.coverage.into_iter().map(|(low, high)| {
        Ids::new(low, high).ok_or_else(|| invalid(number, "a covered range is empty"))
    });
    Ok(Item::Chat {
        row,
        read: ChatTimes {
            updated_at: line.read_updated_at,
            modified_at: line.read_modified_at,
        },
        coverage: coverage.collect::<Result<_, _>>()?,
    })
}

fn read_message_line(line: MessageLine<'_>, number: u64) -> Result<Item, Error> {
    let json = json_of(line.message, line.message_text.as_deref());
    let json = json.ok_or_else(|| invalid(number, "it has no message"))?;
    let message = read_message(json);
    let message = message.filter(|it| it.id() == line.id);
    let message = message.ok_or_else(|| invalid(number, "its message cannot be decoded"))?;
    if !line.files.iter().all(|it| is_sha256(&it.sha256)) {
        return Err(invalid(number, "the SHA-256 of a file is invalid"));
    }
    Ok(Item::Message {
        chat: line.chat_id,
        message: Box::new(message),
        deleted_at: line.deleted_at,
        files: line.files,
    })
}

fn json_of<'a>(raw: Option<&'a RawValue>, text: Option<&'a str>) -> Option<&'a str> {
    raw.map(RawValue::get).or(text)
}

fn read_message(json: &str) -> Option<ArchivedMessage> {
    if let Some(message) = ArchivedMessage::read(json) {
        return Some(message);
    }
    let list: MessageList = read_json(format!(r#"{{"messages":[{json}]}}"#).as_bytes()).ok()?;
    let message = list.messages.into_iter().next()?;
    Some(ArchivedMessage::new(message, json))
}

fn check_header(json: &str) -> Result<(), Error> {
    let header: Option<Header> = serde_json::from_str(json).ok();
    let header = header.filter(|it| it.format == FORMAT);
    let header = header.ok_or_else(|| invalid(1, "the file is not an export in JSON Lines"))?;
    match header.version {
        VERSION => Ok(()),
        _ => Err(invalid(
            1,
            "the export has been written by a newer version; update this program",
        )),
    }
}

fn invalid(line: u64, problem: &str) -> Error {
    Error::new(
        ErrorKind::Import,
        format!("line {line} cannot be imported: {problem}"),
    )
}
