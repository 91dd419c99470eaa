//! What types promise.

use std::fmt::Debug;

use basalam_chat::auth::{
    Authentication, AuthorizationCode, ClientCredentials, Login, TokenInfo, TokenSet,
};
use basalam_chat::bots::{
    Bot, BotInfo, BotResponse, DeleteWebhook, GetMe, GetWebhookInfo, LogOut, WebhookInfo,
};
use basalam_chat::chats::{
    Chat, ChatCursor, ChatKind, ChatPage, ChatPages, ChatPartner, ChatStream, CreateChat,
    DeleteChats, GetChats, GetUnseenChatCount, UnseenChatCount,
};
use basalam_chat::files::{UploadFile, UploadResult};
use basalam_chat::messages::{
    CreateMessage, DeleteMessage, Delivery, EditMessage, FindSentMessage, Follower, ForwardMessage,
    GetMessages, Message, MessageCursor, MessageEdit, MessageKind, MessagePage, MessagePages,
    MessageStream, UnconfirmedMessage,
};
use basalam_chat::users::{CurrentUser, GetCurrentUser};
use basalam_chat::{
    BatchCall, BatchReport, CallOutcome, ChatId, Client, ClientBuilder, Error, MessageId, NewFile,
    NewMessage, PersonalToken, RequestOptions, RetryPolicy,
};

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
    cloned::<MessageKind<'_>>();
    cloned::<ChatKind<'_>>();
    cloned::<MessageEdit>();
    cloned::<EditMessage>();
    cloned::<DeleteMessage>();
    cloned::<ForwardMessage>();
    cloned::<DeleteChats>();
    cloned::<BatchReport<MessageId>>();
    cloned::<BatchCall<ChatId>>();
    cloned::<CallOutcome>();
    cloned::<GetUnseenChatCount>();
    cloned::<UnseenChatCount>();
    cloned::<GetCurrentUser>();
    cloned::<CurrentUser>();
    cloned::<Bot>();
    cloned::<BotInfo>();
    cloned::<WebhookInfo>();
    cloned::<BotResponse>();
    cloned::<GetMe>();
    cloned::<GetWebhookInfo>();
    cloned::<DeleteWebhook>();
    cloned::<LogOut>();
    cloned::<UploadResult>();
    cloned::<Delivery>();
    cloned::<UnconfirmedMessage>();
    cloned::<FindSentMessage>();
    cloned::<MessageCursor>();
    cloned::<ChatCursor>();
    cloned::<AuthorizationCode>();
    cloned::<ClientCredentials>();
    cloned::<Login>();
    cloned::<TokenSet>();
    cloned::<TokenInfo>();
    cloned::<RequestOptions>();
    cloned::<RetryPolicy>();
    shared::<Follower>();
    moved::<MessageStream>();
    moved::<MessagePages>();
    moved::<ChatStream>();
    moved::<ChatPages>();
    moved::<NewFile>();
    moved::<UploadFile>();
    shared::<Error>();
    sent(ClientBuilder::build);
}

#[cfg(feature = "blocking")]
#[test]
fn the_blocking_client_its_builders_and_iterators_can_be_shared_between_threads() {
    use basalam_chat::blocking::{self, Iter};

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
    sent(client.edit_message(MessageId(1), "text").send());
    sent(client.delete_message([MessageId(1)]).send());
    sent(client.forward_message([MessageId(1)], ChatId(1)).send());
    sent(client.delete_chats([ChatId(1)]).send());
    sent(client.get_unseen_chat_count().send());
    sent(client.get_current_user().send());
    sent(client.current_user_id());
    sent(client.authenticate());
    sent(client.get_messages(ChatId(1)).stream().try_next());
    sent(client.get_messages(ChatId(1)).pages().next());
    sent(client.get_chats().stream().try_next());
    sent(client.follow(ChatId(1)).new_messages());
    let bot = client.bot("1:secret").unwrap();
    sent(bot.get_me().send());
    sent(bot.get_webhook_info().send());
    sent(bot.delete_webhook().send());
    sent(bot.log_out().send());
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

    let edit = client.edit_message(MessageId(7), "a private text");
    let bot = client.bot("1:bot-canary").unwrap();
    let shown = format!("{edit:?} {bot:?} {:?} {:?}", bot.get_me(), bot.log_out());
    assert!(!shown.contains("private"), "{shown}");
    assert!(!shown.contains("bot-canary"), "{shown}");
    assert!(shown.contains("MessageId(7)"), "{shown}");
}

#[test]
fn a_result_stays_small_where_nothing_went_wrong() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
