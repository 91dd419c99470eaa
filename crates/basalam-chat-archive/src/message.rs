//! Messages as they are archived.

use basalam_chat::messages::{Message, MessageFile};

use crate::fold::Tokens;

/// A message with the columns of its row, and its JSON as received.
#[derive(Clone, Debug)]
pub(crate) struct ArchivedMessage {
    pub(crate) id: i64,
    pub(crate) message_type: String,
    pub(crate) sender: Option<ArchivedUser>,
    pub(crate) sent_at: String,
    pub(crate) updated_at: String,
    pub(crate) seen_at: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) entity_id: Option<i64>,
    pub(crate) reply_to: Option<i64>,
    pub(crate) forward_from: Option<i64>,
    pub(crate) files: Vec<ArchivedFile>,
    pub(crate) json: String,
    pub(crate) index: IndexEntry,
}

/// The sender of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ArchivedUser {
    pub(crate) id: i64,
    pub(crate) name: Option<String>,
    pub(crate) hash_id: Option<String>,
    pub(crate) avatar: Option<String>,
}

/// A file of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ArchivedFile {
    pub(crate) id: Option<i64>,
    pub(crate) url: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) size: Option<i64>,
}

/// The columns of the search index.
#[derive(Clone, Debug)]
pub(crate) struct IndexEntry {
    pub(crate) body: String,
    /// Empty if it equals the body.
    pub(crate) joined: String,
}

/// A message that cannot be decoded.
#[derive(Clone, Debug)]
pub(crate) struct UnreadableMessage {
    pub(crate) id: Option<i64>,
    pub(crate) json: String,
}

impl ArchivedMessage {
    /// Decodes a message that matches the contract.
    pub(crate) fn read(json: &str) -> Option<ArchivedMessage> {
        let message: Message = serde_json::from_str(json).ok()?;
        Some(ArchivedMessage::new(&message, json))
    }

    pub(crate) fn new(message: &Message, json: &str) -> ArchivedMessage {
        let content = &message.content;
        let files = content.files.iter().flatten().map(ArchivedFile::new);
        let files: Vec<ArchivedFile> = files.collect();
        let sender = message.sender.as_deref();
        ArchivedMessage {
            id: message.id.0,
            message_type: message.message_type.as_str().to_owned(),
            sender: sender.and_then(|sender| {
                Some(ArchivedUser {
                    id: sender.id?.0,
                    name: sender.name.clone(),
                    hash_id: sender.hash_id.as_ref().map(|it| it.as_str().to_owned()),
                    avatar: sender.avatar.clone(),
                })
            }),
            sent_at: message.created_at.as_str().to_owned(),
            updated_at: message.updated_at.as_str().to_owned(),
            seen_at: message.seen_at.as_ref().map(|it| it.as_str().to_owned()),
            text: content.text.clone(),
            entity_id: content.entity_id.map(|it| it.0),
            reply_to: message.replied_message.as_ref().map(|it| it.id.0),
            forward_from: message.forward_from.map(|it| it.0),
            index: IndexEntry::new(content.text.as_deref(), &files),
            files,
            json: json.to_owned(),
        }
    }

    pub(crate) fn sender_id(&self) -> Option<i64> {
        self.sender.as_ref().map(|it| it.id)
    }
}

impl ArchivedFile {
    fn new(file: &MessageFile) -> ArchivedFile {
        ArchivedFile {
            id: file.id.map(|it| it.0),
            url: file.url().map(str::to_owned),
            name: file.name.clone(),
            media_type: file.type_.clone(),
            size: file.size,
        }
    }
}

impl IndexEntry {
    /// Folds the text of a message and the names of its files.
    fn new(text: Option<&str>, files: &[ArchivedFile]) -> IndexEntry {
        let names = files.iter().filter_map(|it| it.name.as_deref());
        let tokens = match names.clone().next() {
            None => Tokens::of(text.unwrap_or_default()),
            Some(_) => {
                // A separator keeps an affix of one text from being attached to another.
                let texts: Vec<&str> = text.into_iter().chain(names).collect();
                Tokens::of(&texts.join(" | "))
            }
        };
        let joined = tokens.joined();
        let body = tokens.into_body();
        let joined = if joined == body {
            String::new()
        } else {
            joined
        };
        IndexEntry { body, joined }
    }
}
