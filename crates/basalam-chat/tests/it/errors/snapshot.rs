//! The texts of errors of every kind, in a file to be read by a person.
//!
//! After a change, run the test with `UPDATE_SNAPSHOTS=1` and read the difference of `snapshot.txt`.

mod texts;

use std::io::{self, Read};
use std::path::Path;

use basalam_chat::auth::{AuthFuture, Authentication, TokenProvider, TokenSet};
use basalam_chat::{
    ChatId, Client, Error, ErrorKind, MessageId, MessageType, NewFile, NewMessage, PersonalToken,
    RetryPolicy,
};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, SeedChat, TOKEN_OPERATION};
use httpmock::MockServer;
use serde_json::{Value, json};

use crate::support::auth::{authorization_code, client_credentials};
use crate::support::clock::TestClock;
use crate::support::json::{chat, message};
use crate::support::{CANARY, client, open_chat, refused_url, seller, without_retries};
use texts::Snapshot;

/// All kinds.
const KINDS: [ErrorKind; 14] = [
    ErrorKind::InvalidInput,
    ErrorKind::Configuration,
    ErrorKind::Authentication,
    ErrorKind::FileRead,
    ErrorKind::Connect,
    ErrorKind::Timeout,
    ErrorKind::Connection,
    ErrorKind::Redirect,
    ErrorKind::Status,
    ErrorKind::Unsuccessful,
    ErrorKind::ResponseTooLarge,
    ErrorKind::Decode,
    ErrorKind::IncompleteList,
    ErrorKind::UnreadableItem,
];

/// Returns a client of a server with this response to every request.
fn responding(server: &MockServer, status: u16, body: &str) -> Client {
    server.mock(|_, then| {
        let content_type = match body.starts_with('<') {
            true => "text/html",
            false => "application/json",
        };
        then.status(status)
            .header("content-type", content_type)
            .body(body);
    });
    without_retries(&client(&server.base_url(), CANARY))
}

async fn get_chats(status: u16, body: &str) -> Error {
    let server = MockServer::start_async().await;
    let client = responding(&server, status, body);
    client.get_chats().await.unwrap_err()
}

/// Returns the error of a stream of chats for the first one, which cannot be decoded.
async fn unreadable_chat(chat: &Value) -> Error {
    let server = MockServer::start_async().await;
    let listed = json!({ "data": { "chats": [chat] } });
    let client = responding(&server, 200, &listed.to_string());
    client.get_chats().stream().try_next().await.unwrap_err()
}

async fn create_message(status: u16, body: &str) -> Error {
    let server = MockServer::start_async().await;
    let client = responding(&server, status, body);
    client.create_message(ChatId(1), "hello").await.unwrap_err()
}

async fn get_me(status: u16, body: &str) -> Error {
    let server = MockServer::start_async().await;
    let client = responding(&server, status, body);
    client.bot("1:secret").unwrap().get_me().await.unwrap_err()
}

async fn invalid_input(snapshot: &mut Snapshot) {
    snapshot.title("Invalid input");
    let client = client("http://127.0.0.1:9", CANARY);
    let build = |base_url: &str| {
        let builder = Client::builder(PersonalToken::new(CANARY)).base_url(base_url);
        builder.build().err()
    };
    snapshot.add("relative base URL", build("openapi.basalam.com"));
    snapshot.add("base URL without TLS", build("http://shop.example"));
    snapshot.add("empty token", Client::new(PersonalToken::new("")).err());
    let spaced = Client::new(PersonalToken::new("a b"));
    snapshot.add("token with a space", spaced.err());
    let chat = ChatId(1);
    snapshot.add("limit of zero", client.get_chats().limit(0).await.err());
    snapshot.add("empty text", client.create_message(chat, " ").await.err());
    let picture = NewMessage::new(MessageType::Picture);
    let picture = client.create_message(chat, picture);
    snapshot.add("picture without a file", picture.await.err());
    let metadata = client.create_message(chat, "a").metadata(json!([1]));
    snapshot.add("metadata that is not an object", metadata.await.err());
    let header = client.create_message(chat, "a").client_info("a\nb");
    snapshot.add("header with a line break", header.await.err());
    let forward = client.create_message(chat, "a").forward_from(MessageId(0));
    snapshot.add("id out of bounds", forward.await.err());
    let partner = client.create_chat(basalam_chat::HashId::from(""));
    snapshot.add("empty hash id", partner.await.err());
    let none: [MessageId; 0] = [];
    snapshot.add("empty list of ids", client.delete_message(none).await.err());
    snapshot.add("malformed bot token", client.bot("token").err());
    let missing = client.upload_file("no-such-directory/a.jpg");
    snapshot.add("missing file", missing.await.err());
    snapshot.add("directory", client.upload_file("..").await.err());
    let unnamed = client.upload_file(NewFile::from_bytes("", "x"));
    snapshot.add("file without a name", unnamed.await.err());
    let app = basalam_chat::auth::AuthorizationCode::new("a", "secret", "https://shop.example");
    let scopes = [basalam_chat::Scope::CustomerChatRead];
    let url = app.authorize_url_with_state(scopes, "");
    snapshot.add("empty state", url.err());
}

#[derive(Debug)]
struct FailingProvider;

impl TokenProvider for FailingProvider {
    fn token(&self, _: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        Box::pin(async { Err("the vault is sealed".into()) })
    }
}

async fn logins(snapshot: &mut Snapshot) {
    snapshot.title("Configuration and authentication");
    let invalid = Client::builder(PersonalToken::new(CANARY))
        .configure_http(|builder| builder.user_agent("a\nb"))
        .build();
    snapshot.add("invalid HTTP options", invalid.err());
    let emulator = Emulator::start().await.unwrap();
    let current_user = async |login: Authentication| {
        let client = Client::builder(login)
            .base_url(emulator.base_url())
            .retry_policy(RetryPolicy::never())
            .clock(TestClock::new());
        client.build().unwrap().get_current_user().await.err()
    };
    let provider = Authentication::provider(FailingProvider);
    snapshot.add("token provider that fails", current_user(provider).await);
    let store = basalam_chat::auth::TokenStore::directory("/dev/null/tokens");
    let stored = authorization_code(&emulator).resume(store);
    snapshot.add("token store that fails", current_user(stored.into()).await);
    let app = emulator.oauth_client();
    let spent = PersonalToken::new("expired").refreshable("spent", app.id(), app.secret());
    snapshot.add(
        "refresh token that was used",
        current_user(spent.into()).await,
    );
    let code = authorization_code(&emulator).code("code-of-another-login");
    snapshot.add(
        "authorization code that was used",
        current_user(code.into()).await,
    );
    let wrong = basalam_chat::auth::ClientCredentials::new(app.id(), "wrong-secret");
    snapshot.add("wrong client secret", current_user(wrong.into()).await);
    for (name, fault) in [
        ("token endpoint that fails", Fault::status(503)),
        ("token endpoint with rate limit", Fault::status(429)),
        ("token endpoint that disconnects", Fault::disconnect()),
        (
            "token endpoint with an invalid response",
            Fault::invalid_json(),
        ),
    ] {
        let rule = FaultRule::new(fault).operation(TOKEN_OPERATION).times(1);
        emulator.add_fault(rule).unwrap();
        let login = client_credentials(&emulator).into();
        snapshot.add(name, current_user(login).await);
    }
    let denied = authorization_code(&emulator);
    let denied = denied.callback("state", "state=state&error=access_denied");
    snapshot.add("denied login", denied.err());
    let forged = authorization_code(&emulator).callback("state", "state=other&code=x");
    snapshot.add("redirect of another login", forged.err());
}

/// A reader that fails.
struct FailingReader;

impl Read for FailingReader {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

async fn connections(snapshot: &mut Snapshot) {
    snapshot.title("Connections and files");
    let refused = client(&refused_url(), CANARY);
    let once = without_retries(&refused);
    let error = once.create_message(ChatId(1), "hello").await;
    snapshot.add("refused connection", error.err());
    let error = refused.get_chats().await;
    snapshot.add("refused connection, after retries", error.err());
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    let once = without_retries(&seller);
    let chat = open_chat(&seller, &emulator).await;
    emulator.fail_next(Fault::disconnect()).unwrap();
    snapshot.add(
        "closed connection",
        once.create_message(chat, "a").await.err(),
    );
    emulator.fail_next(Fault::disconnect()).unwrap();
    snapshot.add(
        "closed connection, idempotent",
        once.get_chats().await.err(),
    );
    emulator.fail_next(Fault::truncated_body()).unwrap();
    snapshot.add(
        "interrupted response",
        once.create_message(chat, "a").await.err(),
    );
    emulator
        .fail_next(Fault::redirect(308, "/elsewhere"))
        .unwrap();
    snapshot.add("redirect", once.create_message(chat, "a").await.err());
    let file = NewFile::from_blocking_reader("a.txt", FailingReader);
    snapshot.add(
        "file that cannot be read",
        once.upload_file(file).await.err(),
    );
    let file = NewFile::from_reader("a.txt", io::Cursor::new("bytes")).with_length(9);
    snapshot.add("file that is shorter", once.upload_file(file).await.err());
    let clock = TestClock::new();
    let (_listener, base_url) = crate::support::listen_async();
    let silent = crate::support::builder(&base_url, CANARY, &clock)
        .build()
        .unwrap();
    let call = tokio::spawn(silent.create_message(chat, "hello").send());
    crate::support::yield_until(|| clock.pending_timeouts() > 0).await;
    clock.advance(std::time::Duration::from_secs(30));
    snapshot.add("missing response", call.await.unwrap().err());
    let limited = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .max_response_bytes(10);
    let limited = limited.build().unwrap();
    snapshot.add("large response", limited.get_chats().await.err());
}

async fn statuses(snapshot: &mut Snapshot) {
    snapshot.title("Error statuses");
    let messages = json!({ "errors": [{ "message": "No such thing." }] }).to_string();
    for status in [400, 401, 403, 404, 409, 429, 500] {
        snapshot.add(&format!("{status}"), get_chats(status, &messages).await);
    }
    let error = create_message(500, r#"{"message": "Internal error"}"#).await;
    snapshot.add("500, not idempotent", error);
    snapshot.add("403, not idempotent", create_message(403, "{}").await);
    snapshot.add(
        "404 page not found",
        get_chats(404, "404 page not found\n").await,
    );
    snapshot.add("HTML", get_chats(502, "<html>Bad gateway</html>").await);
    snapshot.add("plain text", create_message(500, "hello").await);
    snapshot.add("no body", get_chats(418, "").await);
    let problem =
        |name: &str| json!({ "loc": ["body", name], "msg": "field required", "type": "x" });
    let one = json!({ "detail": [problem("message_type")] }).to_string();
    snapshot.add("validation", create_message(422, &one).await);
    let two = json!({ "detail": [problem("content"), problem("a key of the sender")] });
    snapshot.add(
        "validation of two fields",
        create_message(422, &two.to_string()).await,
    );
    let server = MockServer::start_async().await;
    let client = responding(&server, 503, r#"{"message": "Try again later."}"#);
    let client = client
        .with_options(basalam_chat::RequestOptions::new().retry_policy(Default::default()))
        .unwrap();
    snapshot.add("503 after retries", client.get_chats().await.err());
    let wait = MockServer::start_async().await;
    wait.mock(|_, then| {
        then.status(429).header("retry-after", "7").body("{}");
    });
    let client = without_retries(&crate::support::client(&wait.base_url(), CANARY));
    snapshot.add("429 with Retry-After", client.get_chats().await.err());
    let emulator = Emulator::start().await.unwrap();
    let seller = crate::support::seller(&emulator);
    emulator.fail_next(Fault::status(503)).unwrap();
    emulator.fail_next(Fault::status(409)).unwrap();
    let chat = seller.delete_chats([ChatId(1)]).await;
    snapshot.add("409 after an attempt with an unknown outcome", chat.err());
    snapshot.add("bot token that is unknown", get_me(404, &messages).await);
}

async fn batches(snapshot: &mut Snapshot) {
    snapshot.title("Failures with a success status");
    let failed = json!({ "ok": false, "error_code": 401, "description": "Unauthorized." });
    snapshot.add("bot method", get_me(200, &failed.to_string()).await);
    snapshot.add(
        "bot method without a reason",
        get_me(200, r#"{"ok": false}"#).await,
    );
    let server = MockServer::start_async().await;
    let refusing = responding(&server, 200, r#"{"data": false}"#);
    snapshot.add(
        "ids that are not accepted",
        refusing.delete_message([MessageId(1)]).await.err(),
    );
    for (name, count) in [("first of two calls", 31), ("first of three calls", 75)] {
        let ids = (1..=count).map(MessageId).collect::<Vec<_>>();
        snapshot.add(name, refusing.delete_message(ids).await.err());
    }
    let emulator = Emulator::start().await.unwrap();
    let seller = without_retries(&crate::support::seller(&emulator));
    let accepted = json!({ "data": true });
    crate::support::json::queue(&emulator, &accepted);
    emulator.queue_response(500, &[], "{}").unwrap();
    let ids = (1..=61).map(MessageId).collect::<Vec<_>>();
    snapshot.add(
        "second of three calls",
        seller.delete_message(ids).await.err(),
    );
}

fn with(mut value: Value, pointer: &str, field: Value) -> Value {
    *value.pointer_mut(pointer).unwrap() = field;
    value
}

async fn responses(snapshot: &mut Snapshot) {
    snapshot.title("Responses");
    snapshot.add("HTML", get_chats(200, "<html></html>").await);
    snapshot.add(
        "HTML, not idempotent",
        create_message(200, "<html></html>").await,
    );
    snapshot.add("truncated", get_chats(200, r#"{"data": {"chats": ["#).await);
    snapshot.add("empty", get_chats(200, "").await);
    snapshot.add("no data", get_chats(200, "{}").await);
    let sent = json!({ "data": message(1) });
    for (name, body) in [
        ("string for an object", json!({ "data": "x" })),
        (
            "boolean for an id",
            with(sent.clone(), "/data/id", json!(true)),
        ),
        (
            "array for a time",
            with(sent.clone(), "/data/created_at", json!([])),
        ),
        (
            "number for the content",
            with(sent.clone(), "/data/content", json!(1)),
        ),
    ] {
        snapshot.add(name, create_message(200, &body.to_string()).await);
    }
    let id = json!({ "a private key": 1 });
    for (name, chat) in [
        ("chat with an object for its id", with(chat(2), "/id", id)),
        (
            "chat with a word for a flag",
            with(chat(2), "/contact_is_blocked", json!("maybe")),
        ),
    ] {
        snapshot.add(name, unreadable_chat(&chat).await);
    }
    snapshot.add("bot without a result", get_me(200, r#"{"ok": true}"#).await);
    let upload = json!({ "id": 7, "url": null, "urls": null }).to_string();
    let server = MockServer::start_async().await;
    let client = responding(&server, 200, &upload);
    let file = NewFile::from_bytes("a.txt", "x");
    snapshot.add("upload without a URL", client.upload_file(file).await.err());
    let emulator = Emulator::builder().max_page_size(100);
    let emulator = emulator.start().await.unwrap();
    let seller = crate::support::seller(&emulator);
    for _ in 0..120 {
        let partner = emulator.add_user("Customer").id;
        let chat = SeedChat::private(emulator.seller().id, partner);
        let chat = emulator.seed_chat(chat).unwrap();
        let time = "2026-07-22T10:28:23".parse().unwrap();
        emulator.set_chat_updated_at(chat, time).unwrap();
    }
    let mut chats = seller.get_chats().stream();
    let error = loop {
        match chats.try_next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the list is complete"),
            Err(error) => break error,
        }
    };
    snapshot.add("chats of one second", error);
}

#[tokio::test]
async fn texts_are_those_of_the_snapshot() {
    let mut snapshot = Snapshot::default();
    invalid_input(&mut snapshot).await;
    logins(&mut snapshot).await;
    connections(&mut snapshot).await;
    statuses(&mut snapshot).await;
    batches(&mut snapshot).await;
    responses(&mut snapshot).await;
    for kind in KINDS {
        assert!(snapshot.kinds.contains(&kind), "no error of kind {kind:?}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/errors/snapshot.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &snapshot.text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, expected) in snapshot.text.lines().zip(expected.lines()) {
        assert_eq!(
            line, expected,
            "run with UPDATE_SNAPSHOTS=1 and read the difference"
        );
    }
    assert_eq!(snapshot.text.len(), expected.len());
}
