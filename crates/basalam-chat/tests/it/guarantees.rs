//! What types promise.

use std::fmt::Debug;

use basalam_chat::auth::Authentication;
use basalam_chat::chats::{Chat, ChatPage, ChatPartner, CreateChat, GetChats};
use basalam_chat::files::{Upload, UploadFile};
use basalam_chat::messages::{CreateMessage, GetMessages, Message, MessagePage};
use basalam_chat::{ChatId, Client, ClientBuilder, Error, NewFile, NewMessage, PersonalToken};

fn shared<T: Send + Sync>() {}
fn cloned<T: Clone + Debug + Send + Sync>() {}
fn sent<T: Send>(_: T) {}
fn moved<T: Debug + Send>() {}

#[test]
fn clients_builders_and_answers_can_be_shared_between_tasks() {
    cloned::<Client>();
    cloned::<Authentication>();
    cloned::<PersonalToken>();
    cloned::<NewMessage>();
    cloned::<CreateMessage>();
    cloned::<GetMessages>();
    cloned::<CreateChat>();
    cloned::<GetChats>();
    cloned::<ChatPartner>();
    cloned::<Message>();
    cloned::<MessagePage>();
    cloned::<Chat>();
    cloned::<ChatPage>();
    cloned::<Upload>();
    moved::<NewFile>();
    moved::<UploadFile>();
    shared::<Error>();
    sent(ClientBuilder::build);
}

#[cfg(feature = "blocking")]
#[test]
fn the_blocking_client_its_builders_and_iterators_can_be_shared_between_threads() {
    use basalam_chat::blocking::{self, Iter};
    use basalam_chat::chats::{ChatPages, ChatStream};
    use basalam_chat::messages::{MessagePages, MessageStream};

    cloned::<blocking::Client>();
    cloned::<CreateMessage<blocking::Client>>();
    cloned::<GetMessages<blocking::Client>>();
    cloned::<CreateChat<blocking::Client>>();
    cloned::<GetChats<blocking::Client>>();
    moved::<UploadFile<blocking::Client>>();
    moved::<Iter<MessageStream>>();
    moved::<Iter<MessagePages>>();
    moved::<Iter<ChatStream>>();
    moved::<Iter<ChatPages>>();
    sent(ClientBuilder::build_blocking);
}

#[test]
fn the_futures_of_requests_can_move_between_threads() {
    let client = super::client("http://127.0.0.1:9", super::CANARY);
    sent(client.create_message(ChatId(1), "text").send());
    sent(client.get_messages(ChatId(1)).send());
    sent(client.get_chats().send());
    sent(client.upload_file("a").send());
    sent(client.create_chat(basalam_chat::UserId(1)).send());
}

#[test]
fn debug_output_shows_neither_tokens_nor_texts() {
    let token = PersonalToken::new(super::CANARY);
    let builder = Client::builder(token.clone()).base_url("http://127.0.0.1:9");
    let shown = format!(
        "{token:?} {:?} {builder:?}",
        Authentication::from(token.clone())
    );
    assert!(!shown.contains(super::CANARY), "{shown}");

    let client = builder.build().unwrap();
    let request = client
        .create_message(ChatId(7), "a private text")
        .metadata(serde_json::json!({ "note": "a private text" }));
    let shown = format!("{client:?} {request:?} {:?}", request.clone().send());
    assert!(!shown.contains(super::CANARY), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
    assert!(shown.contains("ChatId(7)"), "{shown}");
}

#[test]
fn a_result_stays_small_where_nothing_went_wrong() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
