//! What a bot's own token allows.

use basalam_chat::Error;
use basalam_chat::bots::Bot;
use basalam_chat_emulator::Emulator;
use httpmock::{Method, Mock, MockServer};
use serde_json::{Value, json};

use super::{CANARY, client};

const BOT_CANARY: &str = "123456:bot-canary_8f2c";

fn bot(server: &MockServer) -> Bot {
    client(&server.base_url(), CANARY).bot(BOT_CANARY).unwrap()
}

/// Answers one method of the bot, at this path and by this method alone.
fn answer<'a>(
    server: &'a MockServer,
    method: Method,
    name: &str,
    status: u16,
    answer: Value,
) -> Mock<'a> {
    server.mock(|when, then| {
        when.method(method)
            .path(format!("/v1/bots/{BOT_CANARY}/{name}"))
            .header_missing("authorization");
        then.status(status).json_body(answer);
    })
}

#[tokio::test]
async fn each_method_is_sent_in_the_way_that_nothing_prefetches() {
    let server = MockServer::start();
    let done = json!({ "ok": true, "result": true, "description": "done" });
    let info = json!({ "id": 123456, "first_name": "Helper", "username": "helper_bot" });
    let webhook = json!({ "url": "https://example.com/updates", "pending": 3 });
    let mocks = [
        answer(
            &server,
            Method::POST,
            "getMe",
            200,
            json!({ "ok": true, "result": info }),
        ),
        answer(
            &server,
            Method::POST,
            "getWebhookInfo",
            200,
            json!({ "ok": true, "result": webhook }),
        ),
        answer(&server, Method::DELETE, "deleteWebhook", 200, done.clone()),
        answer(&server, Method::POST, "logOut", 200, done),
    ];
    let bot = bot(&server);

    let info = bot.get_me().await.unwrap();
    assert_eq!(info.id, Some(123_456));
    assert_eq!(info.first_name.as_deref(), Some("Helper"));
    assert_eq!(info.username.as_deref(), Some("helper_bot"));
    assert!(info.extra.is_empty());
    let webhook = bot.get_webhook_info().await.unwrap();
    assert!(webhook.is_set());
    assert_eq!(webhook.extra["pending"], 3);
    let answer = bot.delete_webhook().await.unwrap();
    assert_eq!(answer.description.as_deref(), Some("done"));
    let answer = bot.log_out().await.unwrap();
    assert_eq!(answer.result, Some(json!(true)));
    for mock in mocks {
        mock.assert();
    }
}

#[test]
fn a_bot_token_of_another_form_is_refused_and_not_repeated() {
    let client = client("http://127.0.0.1:9", CANARY);
    for text in [
        "",
        "bot-canary",
        "1:bot-canary/../x",
        "1:bot canary",
        "x:bot-canary",
    ] {
        let error = client.bot(text).unwrap_err();
        assert!(error.is_invalid_input());
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("`bot_token`"), "{shown}");
        assert!(shown.contains("`123456:`"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}

/// The error of `getMe` that is answered like this.
async fn refused(status: u16, body: Value) -> Error {
    let server = MockServer::start();
    answer(&server, Method::POST, "getMe", status, body);
    let error = bot(&server).get_me().await.unwrap_err();
    assert_eq!(error.operation(), Some("get_me_post"));
    let shown = format!("{error} {error:?} {:?}", error.body());
    assert!(!shown.contains("canary"), "{shown}");
    error
}

#[tokio::test]
async fn a_refusal_within_a_success_is_an_error_that_says_why() {
    let description = format!("Unauthorized: {BOT_CANARY} {CANARY}");
    let body = json!({ "ok": false, "error_code": 401, "description": description });
    let error = refused(200, body).await;
    assert!(error.is_unsuccessful());
    assert_eq!(error.code(), Some(401));
    assert_eq!(error.messages(), ["Unauthorized: [redacted] [redacted]"]);
    let shown = error.to_string();
    assert!(shown.contains("did not do it (error code 401)"), "{shown}");
    assert!(shown.contains("Unauthorized"), "{shown}");

    let error = refused(200, json!({ "ok": false, "description": null })).await;
    assert!(error.is_unsuccessful());
    assert!(error.messages().is_empty());
}

#[tokio::test]
async fn a_refusal_by_status_says_what_the_answer_says() {
    let body = json!({ "ok": false, "error_code": 404, "description": "Not Found" });
    let error = refused(404, body).await;
    assert!(error.is_not_found());
    assert_eq!(error.code(), Some(404));
    assert_eq!(error.messages(), ["Not Found"]);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_does_not_repeat_the_token() {
    let error = refused(200, json!({ "ok": BOT_CANARY })).await;
    assert!(error.is_decode());
    assert!(error.body().unwrap().contains("[redacted]"));
    let error = refused(200, json!({ "ok": true })).await;
    assert!(error.is_decode());
    assert!(error.to_string().contains("`result`"), "{error}");
}

#[tokio::test]
async fn a_bot_of_an_emulator_says_who_it_is_until_it_is_logged_out() {
    let emulator = Emulator::start().await.unwrap();
    let bot = super::seller(&emulator)
        .bot(emulator.bot().token())
        .unwrap();
    let info = bot.get_me().await.unwrap();
    assert_eq!(info.id, Some(emulator.bot().id));
    bot.delete_webhook().await.unwrap();
    assert!(!bot.get_webhook_info().await.unwrap().is_set());
    bot.log_out().await.unwrap();
    let error = bot.get_me().await.unwrap_err();
    assert!(
        error.is_unsuccessful() || error.is_unauthorized(),
        "{error}"
    );
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(emulator.bot().token()), "{shown}");
}
