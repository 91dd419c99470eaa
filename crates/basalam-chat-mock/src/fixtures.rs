//! Messages and chats for tests, with every field that a test does not care about filled in.
//!
//! ```
//! use basalam_chat::{ChatId, Client, Error, PersonalToken};
//! use basalam_chat_mock::{MessageFixture, MockServerExt, messages_response};
//! use httpmock::MockServer;
//!
//! // The code under test.
//! async fn last_product(client: &Client, chat: ChatId) -> Result<Option<i64>, Error> {
//!     let page = client.get_messages(chat).await?;
//!     Ok(page.iter().find_map(|message| message.content.entity_id).map(|id| id.0))
//! }
//!
//! // The test.
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let hello = MessageFixture::text("سلام").id(71).sender(431, "Sara");
//! let product = MessageFixture::new("product").id(72).entity_id(24_835);
//! let mock = server.get_messages(|when, then| {
//!     when.chat_id(&ChatId(9));
//!     then.ok(&messages_response([product, hello]));
//! });
//! let client = Client::builder(PersonalToken::new("any-token")).base_url(server.base_url()).build()?;
//! assert_eq!(last_product(&client, ChatId(9)).await?, Some(24_835));
//! mock.assert();
//! # Ok(())
//! # }
//! ```

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::types;

/// A message: by default number 1 of chat 1, sent by the user 431.
#[derive(Clone, Debug)]
#[must_use = "a fixture does nothing until it is built"]
pub struct MessageFixture(Value);

impl MessageFixture {
    /// Creates a text message.
    pub fn text(text: impl Into<String>) -> MessageFixture {
        let mut message = MessageFixture::new("text");
        message.0["content"]["text"] = text.into().into();
        message
    }

    /// Creates a message of any type, such as `product`, without content.
    pub fn new(message_type: impl Into<String>) -> MessageFixture {
        MessageFixture(json!({
            "id": 1,
            "chat_id": 1,
            "message_type": message_type.into(),
            "sender": user(431, "Customer"),
            "content": {},
            "created_at": "2026-07-22 10:28:23",
            "updated_at": "2026-07-22 10:28:23",
        }))
    }

    /// Sets the id.
    pub fn id(self, id: i64) -> MessageFixture {
        self.set("id", id)
    }

    /// Sets the id of the chat.
    pub fn chat_id(self, id: i64) -> MessageFixture {
        self.set("chat_id", id)
    }

    /// Sets the sender.
    pub fn sender(self, id: i64, name: &str) -> MessageFixture {
        self.set("sender", user(id, name))
    }

    /// Removes the sender, as in some notifications.
    pub fn without_sender(self) -> MessageFixture {
        self.set("sender", Value::Null)
    }

    /// Sets the entity, such as the product of a `product`.
    pub fn entity_id(mut self, id: i64) -> MessageFixture {
        self.0["content"]["entity_id"] = id.into();
        self
    }

    /// Sets the metadata.
    pub fn metadata(mut self, metadata: Map<String, Value>) -> MessageFixture {
        self.0["content"]["metadata"] = metadata.into();
        self
    }

    /// Sets when it was sent and changed, in the service's format, such as `2026-07-22 10:28:23`.
    pub fn created_at(self, time: &str) -> MessageFixture {
        self.set("created_at", time).set("updated_at", time)
    }

    /// Sets any field of the JSON object.
    pub fn set(mut self, field: &str, value: impl Into<Value>) -> MessageFixture {
        self.0[field] = value.into();
        self
    }

    /// Returns the message.
    ///
    /// # Panics
    ///
    /// If a field was [set](MessageFixture::set) to a value that the service cannot send.
    #[must_use]
    pub fn build(self) -> types::Message {
        build(self.0)
    }
}

/// A chat: by default the private chat 1 with the user 431, without messages.
#[derive(Clone, Debug)]
#[must_use = "a fixture does nothing until it is built"]
pub struct ChatFixture(Value);

impl ChatFixture {
    /// Creates a private chat with a user.
    pub fn private(contact_id: i64, name: &str) -> ChatFixture {
        let mut chat = ChatFixture::new("private");
        chat.0["contact"] = user(contact_id, name);
        chat.0["contact_id"] = contact_id.into();
        chat
    }

    /// Creates a group.
    pub fn group(title: &str) -> ChatFixture {
        ChatFixture::new("group").set("group", json!({ "title": title, "link": "group-1" }))
    }

    fn new(chat_type: &str) -> ChatFixture {
        ChatFixture(json!({
            "id": 1,
            "chat_type": chat_type,
            "contact_is_blocked": false,
            "marked_as_unread": false,
            "show_approvals": false,
            "unseen_message_count": 0,
            "created_at": "2026-07-22 10:28:23",
            "updated_at": "2026-07-22 10:28:23",
        }))
    }

    /// Sets the id.
    pub fn id(self, id: i64) -> ChatFixture {
        self.set("id", id)
    }

    /// Sets the number of messages that the token's user has not seen.
    pub fn unseen(self, count: i64) -> ChatFixture {
        self.set("unseen_message_count", count)
    }

    /// Sets the last message, whose time becomes that of the chat.
    pub fn last_message(self, message: MessageFixture) -> ChatFixture {
        let time = message.0["updated_at"].clone();
        self.set("updated_at", time).set("last_message", message.0)
    }

    /// Sets when it was changed, in the service's format, such as `2026-07-22 10:28:23`.
    pub fn updated_at(self, time: &str) -> ChatFixture {
        self.set("updated_at", time)
    }

    /// Sets any field of the JSON object.
    pub fn set(mut self, field: &str, value: impl Into<Value>) -> ChatFixture {
        self.0[field] = value.into();
        self
    }

    /// Returns the chat.
    ///
    /// # Panics
    ///
    /// If a field was [set](ChatFixture::set) to a value that the service cannot send.
    #[must_use]
    pub fn build(self) -> types::Chat {
        build(self.0)
    }
}

/// Returns the response of `get_messages`. The service lists the newest message first, unless asked otherwise.
///
/// # Panics
///
/// If a field was set to a value that the service cannot send.
#[must_use]
pub fn messages_response(
    messages: impl IntoIterator<Item = MessageFixture>,
) -> types::GetMessagesResponse {
    let mut response: types::GetMessagesResponse = build(json!({ "data": { "messages": [] } }));
    response.data.messages = messages.into_iter().map(MessageFixture::build).collect();
    response
}

/// Returns the response of `get_chats`.
///
/// # Panics
///
/// If a field was set to a value that the service cannot send.
#[must_use]
pub fn chats_response(chats: impl IntoIterator<Item = ChatFixture>) -> types::GetChatsResponse {
    let mut response: types::GetChatsResponse = build(json!({ "data": { "chats": [] } }));
    if let Some(list) = &mut response.data {
        list.chats = chats.into_iter().map(ChatFixture::build).collect();
    }
    response
}

/// Returns the response of `create_message`.
///
/// # Panics
///
/// If a field was set to a value that the service cannot send.
#[must_use]
pub fn sent_response(message: MessageFixture) -> types::CreateMessageResponse {
    build(json!({ "data": message.0 }))
}

fn user(id: i64, name: &str) -> Value {
    json!({ "id": id, "name": name })
}

fn build<T: DeserializeOwned>(json: Value) -> T {
    match serde_json::from_value(json) {
        Ok(value) => value,
        Err(error) => panic!("the fixture is not a response of the service: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_have_what_was_set() {
        let message = MessageFixture::text("hello")
            .id(7)
            .chat_id(9)
            .sender(5, "Sara");
        let message = message.created_at("2026-07-23 11:00:00");
        let chat = ChatFixture::private(5, "Sara").id(9).unseen(2);
        let chat = chat.last_message(message).build();
        assert_eq!((chat.id.0, chat.unseen_message_count), (9, 2));
        assert_eq!(chat.updated_at.as_str(), "2026-07-23 11:00:00");
        let last = chat.last_message.unwrap();
        assert_eq!((last.id.0, last.chat_id.0), (7, 9));
        assert_eq!(last.content.text.as_deref(), Some("hello"));
        assert!(
            MessageFixture::new("picture")
                .without_sender()
                .build()
                .sender
                .is_none()
        );
    }

    #[test]
    fn responses_have_all_items() {
        let messages = [
            MessageFixture::text("a"),
            MessageFixture::new("product").entity_id(3),
        ];
        assert_eq!(messages_response(messages).data.messages.len(), 2);
        let chats =
            chats_response([ChatFixture::group("Friends").updated_at("2026-07-22 10:00:00")]);
        assert_eq!(chats.data.unwrap().chats.len(), 1);
        let metadata = Map::from_iter([("key".to_owned(), "value".into())]);
        let sent = sent_response(MessageFixture::text("a").metadata(metadata));
        assert!(sent.data.content.metadata.is_some());
    }

    #[test]
    #[should_panic = "not a response of the service"]
    fn impossible_value_panics() {
        let _ = MessageFixture::text("a").set("content", 1).build();
    }
}
