//! Errors report what happened and what to do, and contain no token.

mod connection;
mod decode;
mod predicates;
mod snapshot;

use std::error::Error as _;

use basalam_chat::{ChatId, Client, Error, ErrorKind, NewMessage, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;
use httpmock::MockServer;
use serde_json::json;

use super::support::{CANARY, client, open_chat, seller};

/// Returns everything that an error shows.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!shown.contains(CANARY), "{shown}");
    shown
}

/// Returns the error of listing chats with this response.
async fn error_for(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Error {
    let server = MockServer::start();
    server.mock(|_, then| {
        then.status(status)
            .header("content-type", content_type)
            .body(body);
    });
    let client = client(&server.base_url(), CANARY);
    let error = client.get_chats().await.unwrap_err();
    shown(&error);
    assert_eq!(error.operation(), Some("get_chats"));
    error
}

#[test]
fn relative_base_url_is_rejected_with_argument_and_remedy() {
    let error = Client::builder(PersonalToken::new(CANARY))
        .base_url("openapi.basalam.com")
        .build()
        .unwrap_err();
    assert!(error.is_invalid_input());
    let shown = shown(&error);
    assert!(
        shown.contains("`base_url` is not an absolute URL"),
        "{shown}"
    );
    assert!(shown.contains("https://openapi.basalam.com"), "{shown}");
}

#[tokio::test]
async fn unknown_path_suggests_to_check_the_base_url() {
    let error = error_for(404, "text/plain", "404 page not found\n").await;
    assert!(error.is_not_found());
    let shown = error.to_string();
    assert!(shown.contains("404 page not found"), "{shown}");
    assert!(shown.contains("the base URL"), "{shown}");
}

#[tokio::test]
async fn unauthorized_names_status_and_remedy() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.base_url(), CANARY);
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.status(), Some(401));
    let shown = shown(&error);
    assert!(
        shown.contains("rejected the access token (status 401)"),
        "{shown}"
    );
    assert!(shown.contains("Get a new access token"), "{shown}");
}

#[tokio::test]
async fn echoed_access_token_is_redacted() {
    let body = json!({ "message": format!("the token {CANARY} is expired") }).to_string();
    let error = error_for(401, "application/json", &body).await;
    assert!(
        error
            .to_string()
            .contains("the token [redacted] is expired"),
        "{error}"
    );
    assert!(!error.body().unwrap().contains(CANARY));
}

#[tokio::test]
async fn forbidden_names_the_missing_scope() {
    let error = error_for(403, "application/json", "{}").await;
    assert!(error.is_forbidden());
    assert!(error.to_string().contains("does not permit"), "{error}");
    assert!(
        error.to_string().contains("the scope `customer.chat.read`"),
        "{error}"
    );
}

#[tokio::test]
async fn validation_error_names_each_location() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let chat = open_chat(&client, &emulator).await;
    let error = client
        .create_message(chat, NewMessage::new("hologram".into()))
        .await
        .unwrap_err();
    assert!(error.is_validation());
    assert_eq!(error.status(), Some(422));
    assert_eq!(error.validation().len(), 1);
    assert_eq!(error.validation()[0].location, ["body", "message_type"]);
    let shown = shown(&error);
    assert!(
        shown.contains("rejected the request as invalid (status 422)"),
        "{shown}"
    );
    assert!(shown.contains("`body.message_type`"), "{shown}");
}

#[tokio::test]
async fn echoed_bot_token_is_redacted() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.path("/v1/bots/1:bot-canary/getMe");
        then.status(404)
            .body("no route /v1/bots/1:bot-canary/getMe");
    });
    let client = client(&server.base_url(), CANARY);
    let token = basalam_chat::raw::newtypes::BotToken::new("1:bot-canary").unwrap();
    let response = client.raw().get_me_post(&token).await;
    let operation = &basalam_chat::raw::operations::GET_ME_POST;
    let error = basalam_chat::raw::read(&client, operation, response).unwrap_err();
    let shown = format!("{} {:?}", shown(&error), error.body());
    assert!(!shown.contains("bot-canary"), "{shown}");
    assert!(
        shown.contains("no route /v1/bots/[redacted]/getMe"),
        "{shown}"
    );
}

#[tokio::test]
async fn generated_client_for_another_origin_gets_no_token() {
    use basalam_chat::raw::{self, ClientInfo};
    let server = MockServer::start();
    let mock = server.mock(|_, then| {
        then.status(200);
    });
    let client = client("http://127.0.0.1:9", CANARY);
    let inner = ClientInfo::inner(client.raw()).clone();
    let http = client.raw().client().clone();
    let other = raw::Client::new_with_client(&server.base_url(), http, inner);
    let response = other.get_unseen_chat_count().await;
    let operation = &raw::operations::GET_UNSEEN_CHAT_COUNT;
    let error = raw::read(&client, operation, response).unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(mock.calls(), 0);
}

#[tokio::test]
async fn redirects_are_not_followed_and_name_their_target() {
    let server = MockServer::start();
    let target = server.mock(|when, then| {
        when.path("/elsewhere");
        then.status(200);
    });
    server.mock(|when, then| {
        when.path("/v1/chats");
        then.status(307).header("location", "/elsewhere");
    });
    let error = client(&server.base_url(), CANARY)
        .create_chat(UserId(1))
        .await
        .unwrap_err();
    assert!(error.is_redirect());
    assert!(shown(&error).contains("redirects to /elsewhere"), "{error}");
    assert_eq!(target.calls(), 0);
}

#[tokio::test]
async fn server_errors_advise_on_retries() {
    let error = error_for(502, "text/html", "<html></html>").await;
    assert!(error.is_server_error());
    assert!(error.to_string().contains("an HTML page"), "{error}");
    assert!(error.to_string().contains("It is safe to retry"), "{error}");
    assert!(error.may_have_succeeded());
    assert!(error_for(429, "text/plain", "").await.is_rate_limited());
    assert_eq!(
        error_for(418, "text/plain", "").await.kind(),
        ErrorKind::Status
    );
}

#[tokio::test]
async fn invalid_input_is_rejected_before_sending() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let errors = [
        client.create_message(ChatId(1), "").await.unwrap_err(),
        client
            .create_message(ChatId(1), "hello")
            .metadata(json!([1]))
            .await
            .unwrap_err(),
        client
            .create_message(ChatId(1), "hello")
            .client_info("a\nb")
            .await
            .unwrap_err(),
        client.get_messages(ChatId(1)).limit(0).await.unwrap_err(),
        client.get_chats().limit(0).await.unwrap_err(),
        client
            .create_chat(basalam_chat::HashId::from(""))
            .await
            .unwrap_err(),
    ];
    let arguments = [
        "message",
        "metadata",
        "client_info",
        "limit",
        "limit",
        "partner",
    ];
    for (error, argument) in errors.iter().zip(arguments) {
        assert!(error.is_invalid_input(), "{error}");
        assert!(
            error.to_string().contains(&format!("`{argument}`")),
            "{error}"
        );
        assert!(error.operation().is_some());
    }
    for operation in ["create_message", "get_messages", "get_chats", "create_chat"] {
        assert_eq!(emulator.request_count(operation), Some(0));
    }
}
