//! Zero, empty and negative arguments are rejected by name before anything is sent.

use std::io;
use std::time::Duration;

use basalam_chat::auth::ClientCredentials;
use basalam_chat::messages::{ButtonId, MessageEdit, NewButton};
use basalam_chat::webhooks::{WebhookEventId, WebhookId, WebhookServiceId};
use basalam_chat::{
    ChatFilter, ChatId, ChatOrder, Client, Error, HashId, MessageId, NewFile, NewMessage,
    PersonalToken, UserId,
};
use serde_json::json;

use super::support::clock::TestClock;
use super::support::{builder, client, listen};

fn assert_rejected(error: Option<Error>, argument: &str) {
    let error = error.unwrap_or_else(|| panic!("`{argument}` was accepted"));
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(error.attempts(), 0, "{error}");
    let message = error.to_string();
    assert!(message.contains(&format!("`{argument}`")), "{message}");
}

/// Asserts that each request fails with an error that names the argument.
macro_rules! assert_each_rejected {
    ($($request:expr => $argument:literal,)*) => {
        $(assert_rejected($request.await.err(), $argument);)*
    };
}

#[tokio::test]
async fn requests_with_zero_or_empty_arguments_are_not_sent() {
    let (server, base_url) = listen();
    let client = client(&base_url, "access-token");
    let chat = ChatId(1);
    let button = |label: &str| NewButton::message(ButtonId(1), label);
    let file = || NewFile::from_bytes("a.txt", "a");
    assert_each_rejected! {
        client.get_chats().limit(0) => "limit",
        client.create_message(chat, "a").idempotency_key("") => "idempotency_key",
        client.create_message(chat, "a").idempotency_key("order 7") => "idempotency_key",
        client.create_message(chat, "a").idempotency_key("k".repeat(129)) => "idempotency_key",
        client.get_chats().updated_from("") => "updated_from",
        client.get_chats().updated_before(" ") => "updated_before",
        client.get_chats().modified_from("\t") => "modified_from",
        client.get_chats().modified_before("") => "modified_before",
        client.get_chats().filter(ChatFilter::from("")) => "filter",
        client.get_chats().order_by(ChatOrder::from("")) => "order_by",
        client.get_chats().limit(0).stream().try_next() => "limit",
        client.get_chats().limit(0).pages().try_next() => "limit",
        client.get_messages(chat).limit(0) => "limit",
        client.get_messages(chat).limit(0).stream().try_next() => "limit",
        client.get_messages(ChatId(0)) => "chat",
        client.get_messages(ChatId(-1)).stream().try_next() => "chat",
        client.follow(ChatId(0)).new_messages() => "chat",
        client.create_chat(UserId(0)) => "partner",
        client.create_chat(UserId(-431)) => "partner",
        client.create_chat(HashId::from("")) => "partner",
        client.create_chat(HashId::from(" ")) => "partner",
        client.create_chat(UserId(1)).client_info("") => "client_info",
        client.create_message(ChatId(0), "Hello") => "chat",
        client.create_message(chat, "") => "message",
        client.create_message(chat, " \n") => "message",
        client.create_message(chat, "Hello").reply_to(MessageId(0)) => "reply_to",
        client.create_message(chat, "Hello").forward_from(MessageId(-1)) => "forward_from",
        client.create_message(chat, "Hello").user_agent("") => "user_agent",
        client.create_message(chat, "Hello").real_ip(" ") => "real_ip",
        client.create_message(chat, "Hello").metadata(json!([])) => "metadata",
        client.create_message(chat, "Hello").inline_buttons([]) => "inline_buttons",
        client.create_message(chat, "Hello").inline_buttons([vec![]]) => "inline_buttons",
        client.create_message(chat, "Hello").inline_buttons([vec![button(" ")]])
            => "inline_buttons",
        client.create_message(chat, NewMessage::new("picture".into())) => "message",
        client.edit_message(MessageId(0), "Hello") => "message",
        client.edit_message(MessageId(1), "") => "edit",
        client.edit_message(MessageId(1), MessageEdit::new()) => "edit",
        client.delete_message([]) => "messages",
        client.delete_message([MessageId(1), MessageId(0)]) => "messages",
        client.delete_chats([ChatId(-1)]) => "chats",
        client.forward_message([MessageId(1)], ChatId(0)) => "chat",
        client.forward_message([MessageId(-7)], chat) => "messages",
        client.upload_file(file()).expire_minutes(0) => "expire_minutes",
        client.upload_file(file()).timeout(Duration::ZERO) => "timeout",
        client.upload_file(file()).custom_unique_name(" ") => "custom_unique_name",
        client.upload_file(file()).file_type("".into()) => "file_type",
        client.upload_file(file().with_name("")) => "file",
        client.upload_file(file().with_media_type("")) => "file",
    }
    let webhooks = client.webhooks();
    let url = "https://example.com/webhooks";
    let events = [WebhookEventId::CHAT_SEND_MESSAGE];
    assert_each_rejected! {
        webhooks.create_webhook("example.com", events) => "url",
        webhooks.create_webhook(url, []) => "events",
        webhooks.create_webhook(url, [WebhookEventId(0)]) => "events",
        webhooks.create_webhook(url, events).header("a b", "c") => "header",
        webhooks.create_webhook(url, events).header("Authorization", " ") => "header",
        webhooks.create_webhook(url, events).service(WebhookServiceId(0)) => "service",
        webhooks.update_webhook(WebhookId(0)).active(true) => "webhook",
        webhooks.update_webhook(WebhookId(1)) => "update_webhook",
        webhooks.update_webhook(WebhookId(1)).url("") => "url",
        webhooks.update_webhook(WebhookId(1)).events([]) => "events",
        webhooks.delete_webhook(WebhookId(-1)) => "webhook",
        webhooks.get_webhook_logs(WebhookId(0)) => "webhook",
        webhooks.get_webhooks().events([]) => "events",
        webhooks.get_webhooks().service(WebhookServiceId(-2)) => "service",
        webhooks.create_webhook_service("ab", "c") => "title",
        webhooks.create_webhook_service("   ", "c") => "title",
        webhooks.register_webhook(WebhookId(0)) => "webhook",
        webhooks.unregister_webhook(WebhookId(1)).customer(UserId(0)) => "customer",
        webhooks.get_webhook_customers().page(0) => "page",
        webhooks.get_webhook_customers().per_page(0).stream().try_next() => "per_page",
        webhooks.get_webhook_customers().webhook(WebhookId(0)) => "webhook",
        webhooks.get_registered_webhooks().service(WebhookServiceId(0)).pages().try_next()
            => "service",
    }
    server.set_nonblocking(true).unwrap();
    let error = server.accept().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn clients_with_zero_or_empty_settings_are_not_built() {
    let token = || builder("http://127.0.0.1:1", "access-token", &TestClock::new());
    for (builder, argument) in [
        (token().connect_timeout(Duration::ZERO), "connect_timeout"),
        (token().attempt_timeout(Duration::ZERO), "attempt_timeout"),
        (
            token().operation_timeout(Duration::ZERO),
            "operation_timeout",
        ),
        (token().max_response_bytes(0), "max_response_bytes"),
        (token().user_agent(""), "user_agent"),
        (token().allow_plain_http_to(""), "allow_plain_http_to"),
        (
            token().allow_plain_http_to("http://a.internal"),
            "allow_plain_http_to",
        ),
        (token().base_url(""), "base_url"),
        (token().proxy(""), "proxy"),
        (Client::builder(PersonalToken::new("")), "token"),
        (
            Client::builder(ClientCredentials::new("", "secret")),
            "client_id",
        ),
        (
            Client::builder(ClientCredentials::new("id", "")),
            "client_secret",
        ),
        (
            Client::builder(ClientCredentials::new("id", "secret").scopes([])),
            "scopes",
        ),
    ] {
        assert_rejected(builder.build().err(), argument);
    }
}
