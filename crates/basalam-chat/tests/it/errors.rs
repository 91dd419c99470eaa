//! Each failure says what happened and what to do, without the token in it.

use std::error::Error as _;
use std::io::{Read, Write};
use std::time::Duration;

use basalam_chat::{ChatId, Client, Error, ErrorKind, NewMessage, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;
use httpmock::MockServer;
use serde_json::json;

use super::clock::TestClock;
use super::{CANARY, client, seller};

/// Everything that an error shows.
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

/// The error of listing chats where the service answers like this.
async fn refused(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Error {
    let server = MockServer::start();
    server.mock(|_, then| {
        then.status(status)
            .header("content-type", content_type)
            .body(body);
    });
    let error = client(&server.base_url(), CANARY)
        .get_chats()
        .await
        .unwrap_err();
    shown(&error);
    assert_eq!(error.operation(), Some("get_chats"));
    error
}

#[test]
fn a_wrong_base_url_names_the_argument_and_the_remedy() {
    let error = Client::builder(PersonalToken::new(CANARY))
        .base_url("openapi.basalam.com")
        .build()
        .unwrap_err();
    assert!(error.is_invalid_input());
    let shown = shown(&error);
    assert!(shown.contains("`base_url` is no absolute URL"), "{shown}");
    assert!(shown.contains("https://openapi.basalam.com"), "{shown}");
}

#[tokio::test]
async fn a_base_url_that_is_not_the_services_says_so() {
    let error = refused(404, "text/plain", "404 page not found\n").await;
    assert!(error.is_not_found());
    let shown = error.to_string();
    assert!(shown.contains("404 page not found"), "{shown}");
    assert!(shown.contains("the base URL"), "{shown}");
}

#[tokio::test]
async fn a_refused_connection_says_that_nothing_was_sent() {
    // A port that was free a moment ago; nothing listens on it.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client(&base_url, CANARY);
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.operation(), Some("create_message"));
    let shown = shown(&error);
    assert!(shown.contains("nothing was sent"), "{shown}");
    assert!(shown.contains("Check the base URL"), "{shown}");
}

#[tokio::test]
async fn a_token_that_is_not_accepted_says_so() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.base_url(), CANARY);
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.status(), Some(401));
    let shown = shown(&error);
    assert!(
        shown.contains("did not accept the token (status 401)"),
        "{shown}"
    );
    assert!(shown.contains("Get a new access token"), "{shown}");
}

#[tokio::test]
async fn a_token_that_the_service_repeats_is_not_shown() {
    let body = json!({ "message": format!("the token {CANARY} is expired") }).to_string();
    let error = refused(401, "application/json", &body).await;
    assert!(
        error
            .to_string()
            .contains("the token [redacted] is expired"),
        "{error}"
    );
    assert!(!error.body().unwrap().contains(CANARY));
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let error = refused(403, "application/json", "{}").await;
    assert!(error.is_forbidden());
    assert!(
        error.to_string().contains("the scope `customer.chat.read`"),
        "{error}"
    );
}

#[tokio::test]
async fn an_invalid_request_names_each_place() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let chat = client
        .create_chat(UserId(emulator.customer().id))
        .await
        .unwrap();
    let error = client
        .create_message(chat.id, NewMessage::new("hologram".into()))
        .await
        .unwrap_err();
    assert!(error.is_validation());
    assert_eq!(error.status(), Some(422));
    assert_eq!(error.validation().len(), 1);
    assert_eq!(error.validation()[0].location, ["body", "message_type"]);
    let shown = shown(&error);
    assert!(
        shown.contains("found the request invalid (status 422)"),
        "{shown}"
    );
    assert!(shown.contains("`body.message_type`"), "{shown}");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_unreadable_and_its_text_is_not_shown() {
    let error = refused(200, "text/html", "<html>a private page</html>").await;
    assert!(error.is_decode());
    let shown = shown(&error);
    assert!(shown.contains("the answer is not JSON"), "{shown}");
    assert!(shown.contains("Check that the base URL"), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
    assert_eq!(error.body(), Some("<html>a private page</html>"));
}

#[tokio::test]
async fn an_answer_of_another_form_names_the_place_and_not_what_stands_there() {
    let body = json!({ "data": { "chats": [{ "id": "a private text, expected nothing" }] } });
    let error = refused(200, "application/json", &body.to_string()).await;
    assert!(error.is_decode());
    let shown = shown(&error);
    assert!(shown.contains("at `data.chats[0].id`"), "{shown}");
    assert!(shown.contains("other than a whole number"), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
}

#[tokio::test]
async fn an_answer_with_a_text_that_is_not_utf8_names_the_place() {
    let body = b"{\"data\": {\"chats\": [{\"archive_state\": \"private \xff\"}]}}";
    let error = refused(200, "application/json", body).await;
    assert!(error.is_decode());
    let shown = shown(&error);
    let expected = "the answer is not UTF-8, at `data.chats[0].archive_state`";
    assert!(shown.contains(expected), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
}

#[tokio::test]
async fn an_answer_that_ends_too_early_says_so() {
    let error = refused(200, "application/json", r#"{"data": {"chats": ["#).await;
    assert!(error.is_decode());
    assert!(error.to_string().contains("ends too early"), "{error}");
    let error = refused(204, "application/json", "").await;
    assert!(error.is_decode());
}

#[tokio::test]
async fn an_answer_without_its_list_is_not_an_empty_list() {
    let error = refused(200, "application/json", r#"{"message": "busy"}"#).await;
    assert!(error.is_decode());
    assert!(error.to_string().contains("holds no `data`"), "{error}");
}

#[tokio::test]
async fn a_text_that_looks_like_an_error_of_the_reader_is_not_shown() {
    let text = "x, expected a secret at line 9";
    let body = json!({ "data": { "chats": [{ "marked_as_unread": text }] } });
    let error = refused(200, "application/json", &body.to_string()).await;
    assert!(!shown(&error).contains("secret"), "{error}");
    assert!(
        error.to_string().contains("other than a boolean"),
        "{error}"
    );
}

#[tokio::test]
async fn an_error_answer_that_breaks_off_is_still_told_by_its_status() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        assert!(connection.read(&mut request).unwrap() > 0);
        let answer = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 100\r\n\r\n{";
        connection.write_all(answer).unwrap();
    });
    let error = client(&base_url, CANARY).get_chats().await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
    server.join().unwrap();
}

#[tokio::test]
async fn the_token_of_a_bot_is_not_shown_where_the_service_repeats_it() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.path("/v1/bots/1:bot-canary/getMe");
        then.status(404)
            .body("no route /v1/bots/1:bot-canary/getMe");
    });
    let client = client(&server.base_url(), CANARY);
    let token = basalam_chat::raw::newtypes::BotToken::new("1:bot-canary").unwrap();
    let answer = client.raw().get_me_post(&token).await;
    let operation = &basalam_chat::raw::operations::GET_ME_POST;
    let error = basalam_chat::raw::read(&client, operation, answer).unwrap_err();
    let shown = format!("{} {:?}", shown(&error), error.body());
    assert!(!shown.contains("bot-canary"), "{shown}");
    assert!(
        shown.contains("no route /v1/bots/[redacted]/getMe"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_generated_client_for_another_url_gets_no_token() {
    use basalam_chat::raw::{self, ClientInfo};
    let server = MockServer::start();
    let mock = server.mock(|_, then| {
        then.status(200);
    });
    let client = client("http://127.0.0.1:9", CANARY);
    let inner = ClientInfo::inner(client.raw()).clone();
    let http = client.raw().client().clone();
    let other = raw::Client::new_with_client(&server.base_url(), http, inner);
    let answer = other.get_unseen_chat_count().await;
    let operation = &raw::operations::GET_UNSEEN_CHAT_COUNT;
    let error = raw::read(&client, operation, answer).unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(mock.calls(), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_target_is_named() {
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
async fn a_failure_of_the_service_warns_against_repeating() {
    let error = refused(502, "text/html", "<html></html>").await;
    assert!(error.is_server_error());
    assert!(error.to_string().contains("an HTML page"), "{error}");
    assert!(
        error.to_string().contains("Asking again does no harm"),
        "{error}"
    );
    assert!(error.may_have_succeeded());
    assert!(refused(429, "text/plain", "").await.is_rate_limited());
    assert_eq!(
        refused(418, "text/plain", "").await.kind(),
        ErrorKind::Status
    );
}

#[tokio::test]
async fn an_answer_above_the_limit_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let token = PersonalToken::new(emulator.seller().token());
    let client = Client::builder(token)
        .base_url(emulator.base_url())
        .max_response_bytes(1000)
        .build()
        .unwrap();
    emulator.queue_response(200, &[], vec![b' '; 1001]).unwrap();
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_response_too_large());
    assert!(shown(&error).contains("larger than 1000 bytes"), "{error}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_a_timeout() {
    // Accepts connections and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let clock = TestClock::new();
    let client = Client::builder(PersonalToken::new(CANARY))
        .base_url(base_url)
        .clock(clock.clone())
        .build()
        .unwrap();
    let call = tokio::spawn(client.create_message(ChatId(1), "hello").send());
    while clock.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(30));
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert!(
        shown(&error).contains("look before repeating it"),
        "{error}"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_apart_from_one_that_never_was() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let mut first = [0];
            let _ = connection.readable().await;
            let _ = connection.try_read(&mut first);
            drop(connection);
        }
    });
    let client = client(&base_url, CANARY);
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_connection(), "{error:?}");
    assert!(
        shown(&error).contains("look before repeating it"),
        "{error}"
    );
}

#[tokio::test]
async fn bad_input_is_an_error_before_anything_is_sent() {
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
        assert_eq!(emulator.requests(operation), Some(0));
    }
}
