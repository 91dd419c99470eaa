//! Pages of messages as received: the JSON of each message, byte for byte.

use std::fmt;
use std::marker::PhantomData;

use basalam_chat::raw::read_json;
use basalam_chat::raw::types::MessageList;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind};
use crate::message::{ArchivedMessage, UnreadableMessage};

/// The messages of a page, decoded and as received.
#[derive(Debug, Default)]
pub(crate) struct MessagePage {
    pub(crate) messages: Vec<ArchivedMessage>,
    /// Messages that cannot be decoded.
    pub(crate) unreadable: Vec<UnreadableMessage>,
}

impl MessagePage {
    /// Reads the body of a response.
    pub(crate) fn read(body: &[u8]) -> Result<MessagePage, Error> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let json = std::str::from_utf8(body).map_err(|_| undecodable("is not UTF-8"))?;
        let response: Response<'_> =
            serde_json::from_str(json).map_err(|_| undecodable("is not a list of messages"))?;
        // A response without the list does not describe the list, so it is not an empty page.
        let messages = response
            .0
            .and_then(|data| data.0)
            .ok_or_else(|| undecodable("has no list of messages"))?;
        let mut page = MessagePage::default();
        page.messages.reserve(messages.0.len());
        for raw in messages.0 {
            match ArchivedMessage::read(raw.get()) {
                Some(message) => page.messages.push(message),
                None => page.read_tolerantly(raw.get())?,
            }
        }
        Ok(page)
    }

    /// Reads a message that does not match the contract, in the tolerant way of all responses.
    fn read_tolerantly(&mut self, raw: &str) -> Result<(), Error> {
        let list: MessageList = read_json(format!(r#"{{"messages":[{raw}]}}"#).as_bytes())
            .map_err(|_| undecodable("has an invalid message"))?;
        for message in list.messages {
            self.messages.push(ArchivedMessage::new(message, raw));
        }
        for item in &list.unreadable {
            self.unreadable.push(UnreadableMessage {
                id: item.id(),
                json: raw.to_owned(),
            });
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.unreadable.is_empty()
    }

    /// Returns the ids that can be read.
    pub(crate) fn ids(&self) -> impl Iterator<Item = i64> {
        let unreadable = self.unreadable.iter().filter_map(|it| it.id);
        self.messages
            .iter()
            .map(ArchivedMessage::id)
            .chain(unreadable)
    }

    /// Returns `true` if the id of each message can be read.
    pub(crate) fn has_all_ids(&self) -> bool {
        self.unreadable.iter().all(|it| it.id.is_some())
    }
}

fn undecodable(problem: &str) -> Error {
    let remedy = "if the base URL is the service's, the service has changed: update basalam-chat";
    Error::new(
        ErrorKind::Response,
        format!("the response of get_messages {problem}; {remedy}"),
    )
}

/// A response, in which only the messages matter. They are found in one pass.
struct Response<'a>(Option<Data<'a>>);

struct Data<'a>(Option<RawList<'a>>);

/// The items of an array, or of an object whose names are indices.
struct RawList<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Response<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let data = deserializer.deserialize_map(FieldVisitor::new("data"));
        data.map(Response)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Data<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let messages = deserializer.deserialize_map(FieldVisitor::new("messages"));
        messages.map(Data)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

/// Finds the last field with a name.
struct FieldVisitor<T> {
    name: &'static str,
    value: PhantomData<T>,
}

impl<T> FieldVisitor<T> {
    fn new(name: &'static str) -> FieldVisitor<T> {
        FieldVisitor {
            name,
            value: PhantomData,
        }
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = fields.next_key::<&RawValue>()? {
            let name: Option<String> = serde_json::from_str(name.get()).ok();
            match name.is_some_and(|name| name == self.name) {
                true => found = Some(fields.next_value()?),
                false => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        Ok(found)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = RawList<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawList<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawList(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<RawList<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(index) = items.next_key::<String>()? {
            if !index.bytes().all(|it| it.is_ascii_digit()) {
                return Err(serde::de::Error::custom("not a list"));
            }
            list.push(items.next_value()?);
        }
        Ok(RawList(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: i64, more: &str) -> String {
        format!(
            r#"{{"id":{id}, "chat_id":7,"created_at":"2026-07-22 10:28:23","updated_at":"2026-07-22 10:28:23","message_type":"text","content":{{"text":"a"}}{more}}}"#
        )
    }

    fn read(messages: &str) -> Result<MessagePage, Error> {
        MessagePage::read(format!(r#"{{"data":{{"messages":{messages}}}}}"#).as_bytes())
    }

    #[test]
    fn json_is_kept_byte_for_byte() {
        for more in [
            "",
            r#", "z":1, "a":2"#,
            r#","size": 12.0"#,
            r#","size":1e400"#,
            r#","name":"\ud800""#,
            "\n,\t\"x\" : [ 1 ]",
            r#","ی":"\u06cc""#,
        ] {
            let raw = message(5, more);
            let page = read(&format!("[{raw} , {}]", message(4, ""))).unwrap();
            let found = page
                .messages
                .iter()
                .find(|it| it.id() == 5)
                .map(|it| &it.json);
            let found = found.or(page.unreadable.first().map(|it| &it.json));
            assert_eq!(found, Some(&raw));
            assert_eq!(page.ids().count(), 2);
        }
    }

    #[test]
    fn response_without_the_list_is_an_error() {
        for body in [
            "{}",
            r#"{"data":null}"#,
            r#"{"data":{}}"#,
            r#"{"data":[]}"#,
            r#"{"data":{"messages":null}}"#,
            r#"{"data":{"messages":"no"}}"#,
            r#"{"data":{"messages":{"a":1}}}"#,
            r#"{"data":{"messages":[]}"#,
            "[]",
            "",
            "\u{feff}",
        ] {
            let error = MessagePage::read(body.as_bytes()).unwrap_err();
            assert!(error.is_response(), "{body}: {error}");
        }
        assert!(
            MessagePage::read(b"{\"data\":{\"messages\":[\"\xff\"]}}")
                .unwrap_err()
                .is_response()
        );
    }

    #[test]
    fn list_can_be_empty_or_an_object() {
        assert!(read("[]").unwrap().is_empty());
        assert!(read("{}").unwrap().is_empty());
        assert!(
            MessagePage::read("\u{feff}{\"data\":{\"messages\":[]}}".as_bytes())
                .unwrap()
                .is_empty()
        );
        let page = read(&format!(
            r#"{{"0":{},"2":{}}}"#,
            message(5, ""),
            message(3, "")
        ))
        .unwrap();
        assert_eq!(page.ids().collect::<Vec<_>>(), [5, 3]);
    }

    #[test]
    fn unreadable_message_costs_only_itself() {
        let page = read(&format!(r#"[{},{{"id":4}},{{"no":1}},7]"#, message(5, ""))).unwrap();
        assert_eq!(page.messages.len(), 1);
        let ids: Vec<_> = page.unreadable.iter().map(|it| it.id).collect();
        assert_eq!(ids, [Some(4), None, None]);
        assert!(!page.has_all_ids());
    }
}
