//! Rows of chats.

use basalam_chat::UnreadableItem;
use basalam_chat::chats::Chat;
use rusqlite::{Connection, named_params};

use crate::error::{DatabaseResult, Error};

/// A chat as the list of chats has it.
#[derive(Clone, Debug)]
pub(crate) struct ChatRow {
    pub(crate) id: i64,
    pub(crate) chat_type: String,
    pub(crate) title: Option<String>,
    pub(crate) contact_id: Option<i64>,
    pub(crate) created_at: Option<String>,
    pub(crate) times: ChatTimes,
    pub(crate) last_message_id: Option<i64>,
    pub(crate) unseen_count: Option<i64>,
    pub(crate) json: String,
}

/// The times of a chat that move if something happens in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ChatTimes {
    pub(crate) updated_at: Option<String>,
    pub(crate) modified_at: Option<String>,
}

impl ChatRow {
    pub(crate) fn new(chat: &Chat) -> ChatRow {
        // Serializing a response cannot fail: the names of its fields are strings.
        let json = serde_json::to_string(chat).unwrap_or_default();
        let time = |time: Option<&basalam_chat::Timestamp>| time.map(|it| it.as_str().to_owned());
        ChatRow {
            id: chat.id.0,
            chat_type: chat.chat_type.as_str().to_owned(),
            title: chat.title().map(str::to_owned),
            contact_id: chat.contact_id.map(|it| it.0),
            created_at: time(chat.created_at.as_ref()),
            times: ChatTimes {
                updated_at: time(Some(&chat.updated_at)),
                modified_at: time(chat.modified_at.as_ref()),
            },
            last_message_id: chat.last_message.as_ref().map(|it| it.id.0),
            unseen_count: Some(chat.unseen_message_count),
            json,
        }
    }

    /// Returns a chat that cannot be decoded but has an id.
    pub(crate) fn unreadable(item: &UnreadableItem) -> Option<ChatRow> {
        let time = |name| item.get(name)?.as_str().map(str::to_owned);
        Some(ChatRow {
            times: ChatTimes {
                updated_at: time("updated_at"),
                modified_at: time("modified_at"),
            },
            json: item.raw().to_owned(),
            ..ChatRow::unknown(item.id()?)
        })
    }

    /// Returns a chat of which nothing but its id is known.
    pub(crate) fn unknown(id: i64) -> ChatRow {
        ChatRow {
            id,
            chat_type: "unknown".to_owned(),
            title: None,
            contact_id: None,
            created_at: None,
            times: ChatTimes::default(),
            last_message_id: None,
            unseen_count: None,
            json: format!(r#"{{"id":{id}}}"#),
        }
    }
}

const WRITE: &str = "
    INSERT INTO chats (id, type, title, contact_id, created_at, updated_at, modified_at, last_message_id, unseen_count, json)
    VALUES (:id, :type, :title, :contact_id, :created_at, :updated_at, :modified_at, :last_message_id, :unseen_count, :json)
    ON CONFLICT (id) DO UPDATE SET type = excluded.type, title = excluded.title, contact_id = excluded.contact_id,
        created_at = excluded.created_at, updated_at = excluded.updated_at, modified_at = excluded.modified_at,
        last_message_id = excluded.last_message_id, unseen_count = excluded.unseen_count, json = excluded.json
    WHERE json IS NOT excluded.json AND excluded.type <> 'unknown'";

/// Inserts or updates a chat.
pub(crate) fn write_chat(connection: &Connection, chat: &ChatRow) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(WRITE).db()?;
    let values = named_params! {
        ":id": chat.id,
        ":type": chat.chat_type,
        ":title": chat.title,
        ":contact_id": chat.contact_id,
        ":created_at": chat.created_at,
        ":updated_at": chat.times.updated_at,
        ":modified_at": chat.times.modified_at,
        ":last_message_id": chat.last_message_id,
        ":unseen_count": chat.unseen_count,
        ":json": chat.json,
    };
    statement.execute(values).db()?;
    Ok(())
}
