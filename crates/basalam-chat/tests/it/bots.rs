//! Bot operations, which use the token of the bot.

use basalam_chat::auth::Authentication;
use basalam_chat::bots::Bot;
use basalam_chat::raw::operation::Authorization;
use basalam_chat::raw::operations;
use basalam_chat::{Client, Error, PersonalToken};
use basalam_chat_emulator::Emulator;
use httpmock::{Method, Mock, MockServer};
use serde_json::{Value, json};

use super::support::all_operations::{self, Resources};
use super::support::{CANARY, client, seller};

const BOT_CANARY: &str = "123456:bot-canary_8f2c";

fn bot(server: &MockServer) -> Bot {
    client(&server.base_url(), CANARY).bot(BOT_CANARY).unwrap()
}

/// Mocks one bot operation, for this path and this HTTP method only.
fn mock<'a>(
    server: &'a MockServer,
    method: Method,
    name: &str,
    status: u16,
    body: Value,
) -> Mock<'a> {
    server.mock(|when, then| {
        when.method(method)
            .path(format!("/v1/bots/{BOT_CANARY}/{name}"))
            .header_missing("authorization");
        then.status(status).json_body(body);
    })
}

#[tokio::test]
async fn uses_post_and_delete_without_the_access_token() {
    let server = MockServer::start();
    let done = json!({ "ok": true, "result": true, "description": "done" });
    let info = json!({ "id": 123456, "first_name": "Helper", "username": "helper_bot" });
    let webhook = json!({ "url": "https://example.com/updates", "pending": 3 });
    let mocks = [
        mock(
            &server,
            Method::POST,
            "getMe",
            200,
            json!({ "ok": true, "result": info }),
        ),
        mock(
            &server,
            Method::POST,
            "getWebhookInfo",
            200,
            json!({ "ok": true, "result": webhook }),
        ),
        mock(&server, Method::DELETE, "deleteWebhook", 200, done.clone()),
        mock(&server, Method::POST, "logOut", 200, done),
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
    let response = bot.delete_webhook().await.unwrap();
    assert_eq!(response.description.as_deref(), Some("done"));
    let response = bot.log_out().await.unwrap();
    assert_eq!(response.result, Some(json!(true)));
    for mock in mocks {
        mock.assert();
    }
}

#[test]
fn rejects_malformed_bot_token_without_showing_it() {
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

/// Returns the error of `getMe` with this response.
async fn error_for(status: u16, body: Value) -> Error {
    let server = MockServer::start();
    mock(&server, Method::POST, "getMe", status, body);
    let error = bot(&server).get_me().await.unwrap_err();
    assert_eq!(error.operation(), Some("get_me_post"));
    let shown = format!("{error} {error:?} {:?}", error.body());
    assert!(!shown.contains("canary"), "{shown}");
    error
}

#[tokio::test]
async fn ok_false_is_an_error_with_code_and_description() {
    let description = format!("Unauthorized: {BOT_CANARY} {CANARY}");
    let body = json!({ "ok": false, "error_code": 401, "description": description });
    let error = error_for(200, body).await;
    assert!(error.is_unsuccessful());
    assert_eq!(error.code(), Some(401));
    assert_eq!(error.messages(), ["Unauthorized: [redacted] [redacted]"]);
    let shown = error.to_string();
    assert!(
        shown.contains("the method failed (error code 401)"),
        "{shown}"
    );
    assert!(shown.contains("Unauthorized"), "{shown}");

    let error = error_for(200, json!({ "ok": false, "description": null })).await;
    assert!(error.is_unsuccessful());
    assert!(error.messages().is_empty());
}

#[tokio::test]
async fn error_status_reports_code_and_description_of_the_body() {
    let body = json!({ "ok": false, "error_code": 404, "description": "Not Found" });
    let error = error_for(404, body).await;
    assert!(error.is_not_found());
    assert_eq!(error.code(), Some(404));
    assert_eq!(error.messages(), ["Not Found"]);
}

#[tokio::test]
async fn decode_error_redacts_the_bot_token() {
    let error = error_for(200, json!({ "ok": BOT_CANARY })).await;
    assert!(error.is_decode());
    assert!(error.body().unwrap().contains("[redacted]"));
    let error = error_for(200, json!({ "ok": true })).await;
    assert!(error.is_decode());
    assert!(error.to_string().contains("`result`"), "{error}");
}

#[tokio::test]
async fn bot_works_on_an_emulator_until_it_logs_out() {
    let emulator = Emulator::start().await.unwrap();
    let bot = seller(&emulator).bot(emulator.bot().token()).unwrap();
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

/// Returns a client without login.
fn bots_only(emulator: &Emulator) -> Client {
    let client = Client::builder(Authentication::none()).base_url(emulator.base_url());
    client.build().unwrap()
}

#[tokio::test]
async fn client_without_login_runs_bot_methods_only() {
    let emulator = Emulator::start().await.unwrap();
    let client = bots_only(&emulator);
    let resources = Resources::seed(&emulator);
    let (mut methods, mut others) = (0, 0);
    for operation in operations::ALL {
        let result = all_operations::run(operation, &client, &resources).await;
        if let Authorization::None = operation.authorization {
            methods += 1;
            // A bot that has logged out is unknown.
            assert!(result.is_ok() || emulator.request_count(operation.id) == Some(1));
            continue;
        }
        others += 1;
        let error = result.unwrap_err();
        assert!(error.is_configuration(), "{}: {error}", operation.id);
        assert_eq!(error.attempts(), 0);
        let shown = error.to_string();
        assert!(
            shown.contains("no login") && shown.contains("`PersonalToken`"),
            "{shown}"
        );
        assert_eq!(emulator.request_count(operation.id), Some(0));
    }
    assert!(methods >= 8 && others >= 10, "{methods} {others}");
    let error = client.authenticate().await.unwrap_err();
    assert!(error.is_configuration(), "{error}");
    let error = client.current_user_id().await.unwrap_err();
    assert!(error.is_configuration(), "{error}");
}

#[tokio::test]
async fn bot_methods_send_the_access_token_if_asked_to() {
    let server = MockServer::start();
    let get_me = server.mock(|when, then| {
        when.path(format!("/v1/bots/{BOT_CANARY}/getMe"))
            .header("authorization", format!("Bearer {CANARY}"));
        then.status(200)
            .json_body(json!({ "ok": true, "result": {} }));
    });
    let client = Client::builder(PersonalToken::new(CANARY))
        .base_url(server.base_url())
        .authorize_bot_methods(true)
        .build()
        .unwrap();
    client.bot(BOT_CANARY).unwrap().get_me().await.unwrap();
    get_me.assert();

    let error = Client::builder(Authentication::none())
        .authorize_bot_methods(true)
        .build()
        .unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(
        error.to_string().contains("`authorize_bot_methods`"),
        "{error}"
    );
}

#[tokio::test]
async fn rejected_bot_token_is_named_and_refreshes_no_access_token() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::builder(super::support::auth::personal_token(&emulator))
        .base_url(emulator.base_url())
        .authorize_bot_methods(true)
        .build()
        .unwrap();
    let bot = client.bot(emulator.bot().token()).unwrap();
    emulator.queue_response(401, &[], "").unwrap();
    let error = bot.get_me().await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(error.attempts(), 1);
    let shown = error.to_string();
    assert!(
        shown.contains("the bot token") && !shown.contains("access token"),
        "{shown}"
    );
    assert_eq!(emulator.token_request_count("refresh_token"), 0);
}
