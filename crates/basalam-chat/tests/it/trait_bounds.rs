//! Auto traits and sizes that the public types guarantee.

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
use basalam_chat::webhooks::{
    CreateWebhook, CreateWebhookService, GetRegisteredWebhooks, GetWebhookCustomers,
    GetWebhookEvents, GetWebhookLogs, GetWebhookServices, GetWebhooks, RegisterWebhook,
    RegisteredWebhookPages, RegisteredWebhookStream, UnregisterWebhook, UpdateWebhook, Webhook,
    WebhookCustomerPages, WebhookCustomerStream, WebhookId, WebhookPage, Webhooks,
};
use basalam_chat::{
    BatchCall, BatchReport, CallOutcome, ChatId, Client, ClientBuilder, Error, MessageId, NewFile,
    NewMessage, PersonalToken, RequestOptions, RetryPolicy,
};

fn sync<T: Send + Sync>() {}
fn clone_sync<T: Clone + Debug + Send + Sync>() {}
fn send<T: Send>(_: T) {}
fn debug_send<T: Debug + Send>() {}

#[test]
fn clients_builders_and_responses_are_send_and_sync() {
    clone_sync::<Client>();
    clone_sync::<Authentication>();
    clone_sync::<PersonalToken>();
    clone_sync::<NewMessage>();
    clone_sync::<CreateMessage>();
    clone_sync::<GetMessages>();
    clone_sync::<CreateChat>();
    clone_sync::<GetChats>();
    clone_sync::<ChatPartner>();
    clone_sync::<Message>();
    clone_sync::<MessagePage>();
    clone_sync::<Chat>();
    clone_sync::<ChatPage>();
    clone_sync::<MessageKind<'_>>();
    clone_sync::<ChatKind<'_>>();
    clone_sync::<MessageEdit>();
    clone_sync::<EditMessage>();
    clone_sync::<DeleteMessage>();
    clone_sync::<ForwardMessage>();
    clone_sync::<DeleteChats>();
    clone_sync::<BatchReport<MessageId>>();
    clone_sync::<BatchCall<ChatId>>();
    clone_sync::<CallOutcome>();
    clone_sync::<GetUnseenChatCount>();
    clone_sync::<UnseenChatCount>();
    clone_sync::<GetCurrentUser>();
    clone_sync::<CurrentUser>();
    clone_sync::<Bot>();
    clone_sync::<BotInfo>();
    clone_sync::<WebhookInfo>();
    clone_sync::<BotResponse>();
    clone_sync::<GetMe>();
    clone_sync::<GetWebhookInfo>();
    clone_sync::<DeleteWebhook>();
    clone_sync::<LogOut>();
    clone_sync::<UploadResult>();
    clone_sync::<Delivery>();
    clone_sync::<UnconfirmedMessage>();
    clone_sync::<FindSentMessage>();
    clone_sync::<MessageCursor>();
    clone_sync::<ChatCursor>();
    clone_sync::<AuthorizationCode>();
    clone_sync::<ClientCredentials>();
    clone_sync::<Login>();
    clone_sync::<TokenSet>();
    clone_sync::<TokenInfo>();
    clone_sync::<RequestOptions>();
    clone_sync::<RetryPolicy>();
    clone_sync::<Webhooks>();
    clone_sync::<CreateWebhook>();
    clone_sync::<UpdateWebhook>();
    clone_sync::<basalam_chat::webhooks::DeleteWebhook>();
    clone_sync::<CreateWebhookService>();
    clone_sync::<GetWebhooks>();
    clone_sync::<GetWebhookEvents>();
    clone_sync::<GetWebhookLogs>();
    clone_sync::<GetWebhookServices>();
    clone_sync::<GetWebhookCustomers>();
    clone_sync::<GetRegisteredWebhooks>();
    clone_sync::<RegisterWebhook>();
    clone_sync::<UnregisterWebhook>();
    clone_sync::<WebhookPage<Webhook>>();
    debug_send::<WebhookCustomerStream>();
    debug_send::<WebhookCustomerPages>();
    debug_send::<RegisteredWebhookStream>();
    debug_send::<RegisteredWebhookPages>();
    sync::<Follower>();
    debug_send::<MessageStream>();
    debug_send::<MessagePages>();
    debug_send::<ChatStream>();
    debug_send::<ChatPages>();
    debug_send::<NewFile>();
    debug_send::<UploadFile>();
    sync::<Error>();
    send(ClientBuilder::build);
}

#[cfg(feature = "blocking")]
#[test]
fn blocking_clients_builders_and_iterators_are_send() {
    use basalam_chat::blocking::{self, Iter};

    clone_sync::<blocking::Client>();
    clone_sync::<CreateMessage<blocking::Client>>();
    clone_sync::<GetMessages<blocking::Client>>();
    clone_sync::<CreateChat<blocking::Client>>();
    clone_sync::<GetChats<blocking::Client>>();
    debug_send::<UploadFile<blocking::Client>>();
    debug_send::<Iter<MessageStream>>();
    debug_send::<Iter<MessagePages>>();
    debug_send::<Iter<ChatStream>>();
    debug_send::<Iter<ChatPages>>();
    send(ClientBuilder::build_blocking);
}

#[test]
fn futures_of_requests_are_send() {
    let client = super::support::client("http://127.0.0.1:9", "token");
    send(client.create_message(ChatId(1), "text").send());
    send(client.get_messages(ChatId(1)).send());
    send(client.get_chats().send());
    send(client.upload_file("a").send());
    send(client.create_chat(basalam_chat::UserId(1)).send());
    send(client.edit_message(MessageId(1), "text").send());
    send(client.delete_message([MessageId(1)]).send());
    send(client.forward_message([MessageId(1)], ChatId(1)).send());
    send(client.delete_chats([ChatId(1)]).send());
    send(client.get_unseen_chat_count().send());
    send(client.get_current_user().send());
    send(client.current_user_id());
    send(client.authenticate());
    send(client.get_messages(ChatId(1)).stream().try_next());
    send(client.get_messages(ChatId(1)).pages().next());
    send(client.get_chats().stream().try_next());
    send(client.follow(ChatId(1)).new_messages());
    let bot = client.bot("1:secret").unwrap();
    send(bot.get_me().send());
    send(bot.get_webhook_info().send());
    send(bot.delete_webhook().send());
    send(bot.log_out().send());
    let webhooks = client.webhooks();
    send(webhooks.get_webhooks().send());
    send(webhooks.delete_webhook(WebhookId(1)).send());
    send(webhooks.get_webhook_customers().stream().try_next());
}

#[test]
fn error_is_pointer_sized() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[cfg(feature = "watch")]
#[test]
fn watchers_and_deliveries_can_move_between_threads() {
    use basalam_chat::watch::{
        DeadLetter, Event, Reply, Report, RequestBudget, Watch, WatchError, WatchHandle, Watcher,
    };
    fn debug_sync<T: Debug + Send + Sync>() {}
    fn is_send<T: Debug + Send>() {}
    clone_sync::<Event>();
    clone_sync::<DeadLetter>();
    clone_sync::<RequestBudget>();
    clone_sync::<WatchHandle>();
    clone_sync::<Watch>();
    debug_sync::<basalam_chat::watch::Delivery>();
    debug_sync::<Report>();
    debug_sync::<WatchError>();
    is_send::<Watcher>();
    is_send::<Reply>();
}
