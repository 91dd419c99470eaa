//! Messages as they are archived.

use basalam_chat::messages::{Message, MessageFile, Sender};

use crate::fold::Tokens;

/// A message, its JSON as received, and its entry of the search index.
#[derive(Clone, Debug)]
pub(crate) struct ArchivedMessage {
    pub(crate) message: Message,
    pub(crate) json: String,
    pub(crate) index: IndexEntry,
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
        Some(ArchivedMessage::new(message, json))
    }

    pub(crate) fn new(message: Message, json: &str) -> ArchivedMessage {
        ArchivedMessage {
            index: IndexEntry::new(&message),
            message,
            json: json.to_owned(),
        }
    }

    pub(crate) fn id(&self) -> i64 {
        self.message.id.0
    }

    /// Returns the sender, if its id is known.
    pub(crate) fn sender(&self) -> Option<(i64, &Sender)> {
        let sender = self.message.sender.as_deref()?;
        Some((sender.id?.0, sender))
    }

    pub(crate) fn files(&self) -> &[MessageFile] {
        self.message.content.files.as_deref().unwrap_or_default()
    }
}

impl IndexEntry {
    /// Folds the text of a message and the names of its files.
    fn new(message: &Message) -> IndexEntry {
        let text = message.content.text.as_deref();
        let files = message.content.files.iter().flatten();
        let names = files.filter_map(|it| it.name.as_deref());
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
