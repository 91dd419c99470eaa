//! Tokens and secrets are redacted in errors, traces, panics and debug output.

mod echoes;

use std::error::Error as StdError;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "tracing")]
use std::process::Command;
use std::sync::Mutex;

use basalam_chat::auth::{
    Authentication, AuthorizationCode, ClientCredentials, TokenSet, TokenStore,
};
use basalam_chat::raw::operations;
use basalam_chat::{ChatId, Client, Error, MessageId, PersonalToken, RequestOptions};
use basalam_chat::{RetryPolicy, Scope};
use basalam_chat_emulator::{Emulator, FaultRule, NewBot, NewUser, OAuthClient, TOKEN_OPERATION};

use super::support::CANARY;
use super::support::all_operations::{self, Resources};
use super::support::auth::stored_tokens;
#[cfg(feature = "tracing")]
use super::support::child_trace::TRACED_CHILD;
use super::support::clock::TestClock;
use super::support::fault_cases;

const TOKEN: &str = "canary-access-8f2c-user-1-token";
const REFRESH: &str = "canary-refresh-8f2c";
const SECRET: &str = "canary-secret-8f2c";
const BOT_SECRET: &str = "canary-bot-8f2c-canary-bot-8f2c-canary";

/// Substrings of all secrets in the tests of this binary.
#[cfg(feature = "tracing")]
const SECRET_PARTS: [&str; 4] = [
    "canary",
    "-token-8f2c",
    "emulated-client-secret",
    "the-token-of-an-emulated-bot",
];

/// Collects all output.
#[derive(Default)]
struct Output(Mutex<String>);

impl Output {
    fn push(&self, text: &str) {
        let mut shown = self.0.lock().unwrap();
        shown.push_str(text);
        shown.push('\n');
    }

    fn debug(&self, value: &impl Debug) {
        self.push(&format!("{value:?} {value:#?}"));
    }

    fn error(&self, error: &Error) {
        self.debug(error);
        self.push(&format!("{error} {error:#} {:?}", error.messages()));
        self.push(&format!("{:?} {:?}", error.validation(), error.body()));
        let mut cause = error.source();
        while let Some(error) = cause {
            self.push(&format!("{error} {error:?} {error:#?}"));
            cause = error.source();
        }
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

async fn emulator() -> Emulator {
    Emulator::builder()
        .seller(NewUser::new("Seller").token(TOKEN))
        .oauth_client(OAuthClient::new("shop", SECRET))
        .start()
        .await
        .unwrap()
}

/// Returns every kind of login with canaries as secrets, and the secrets that it sends.
async fn logins() -> Vec<(Authentication, String)> {
    let app = AuthorizationCode::new("shop", SECRET, "https://shop.example");
    let expired = TokenSet::new("expired").with_refresh_token(REFRESH);
    let wrong = format!("{SECRET}-wrong");
    vec![
        (PersonalToken::new(TOKEN).into(), TOKEN.to_owned()),
        (
            PersonalToken::new("expired")
                .refreshable(REFRESH, "shop", SECRET)
                .into(),
            format!("{REFRESH} {SECRET}"),
        ),
        (
            PersonalToken::new(TOKEN)
                .store(TokenStore::directory("/dev/null/tokens"))
                .into(),
            TOKEN.to_owned(),
        ),
        (
            ClientCredentials::new("shop", SECRET).into(),
            SECRET.to_owned(),
        ),
        (ClientCredentials::new("shop", wrong.clone()).into(), wrong),
        (app.code(REFRESH).into(), format!("{REFRESH} {SECRET}")),
        (
            app.resume(stored_tokens(&expired).await).into(),
            format!("{REFRESH} {SECRET}"),
        ),
    ]
}

fn client(emulator: &Emulator, login: Authentication) -> Client {
    Client::builder(login)
        .base_url(emulator.base_url())
        .clock(TestClock::new())
        .retry_policy(RetryPolicy::never())
        .build()
        .unwrap()
}

/// Runs every operation and every login under every fault, and returns the number of errors.
async fn run_with_faults(output: &Output) -> usize {
    let emulator = emulator().await;
    let mut errors = 0;
    let mut number = 900_000;
    let seller = client(&emulator, PersonalToken::new(TOKEN).into());
    for operation in operations::ALL {
        for case in fault_cases::all().into_iter().filter(|case| !case.hangs()) {
            let mut resources = Resources::seed(&emulator);
            number += 1;
            resources.bot_token = format!("{number}:{BOT_SECRET}");
            let bot = NewBot::new("Helper").token(resources.bot_token.clone());
            emulator.add_bot(bot).unwrap();
            // The service echoes the secrets of the request, and the access token in any case.
            let secrets = match operation.secret_path {
                true => format!("{TOKEN} {}", resources.bot_token),
                false => TOKEN.to_owned(),
            };
            let fault = case.fault.body("text/plain", secrets);
            let rule = FaultRule::new(fault).operation(operation.id).times(1);
            emulator.add_fault(rule).unwrap();
            if let Err(error) = all_operations::run(operation, &seller, &resources).await {
                output.error(&error);
                errors += 1;
            }
            emulator.clear_faults();
        }
    }
    for (login, secrets) in logins().await {
        output.debug(&login);
        for case in fault_cases::all().into_iter().filter(|case| !case.hangs()) {
            let fault = case.fault.body("text/plain", secrets.clone());
            let rule = FaultRule::new(fault).operation(TOKEN_OPERATION).times(1);
            emulator.add_fault(rule).unwrap();
            let client = client(&emulator, login.clone());
            output.debug(&client);
            match client.get_current_user().await {
                Ok(user) => assert_eq!(user.id.0, emulator.seller().id),
                Err(error) => {
                    output.error(&error);
                    errors += 1;
                }
            }
            emulator.clear_faults();
        }
    }
    errors
}

/// Collects the debug output and errors that need no request.
async fn run_without_requests(output: &Output) {
    let tokens = TokenSet::new(TOKEN).with_refresh_token(REFRESH);
    output.debug(&tokens);
    output.debug(&stored_tokens(&tokens).await);
    output.debug(&ClientCredentials::new("shop", SECRET));
    let app = AuthorizationCode::new("shop", SECRET, "https://shop.example");
    output.debug(&app);
    output.debug(&app.code(REFRESH));
    let request = app
        .authorize_url_with_state([Scope::CustomerChatRead], REFRESH)
        .unwrap();
    output.debug(&request);
    output.error(
        &app.callback(REFRESH, "code=canary&state=canary")
            .unwrap_err(),
    );
    let denied = app.callback(REFRESH, &format!("state={REFRESH}&error=denied"));
    output.error(&denied.unwrap_err());
    let builder = Client::builder(PersonalToken::new(TOKEN));
    output.debug(&builder);
    let client = builder.base_url("http://127.0.0.1:9").build().unwrap();
    output.debug(&client);
    output.debug(&client.get_chats().options(RequestOptions::new()));
    let bot = client.bot(format!("1:{BOT_SECRET}")).unwrap();
    output.debug(&bot);
    output.debug(&bot.get_me());
    for token in ["canary canary", "canary\n", "canary:canary"] {
        output.error(
            &Client::new(PersonalToken::new(token))
                .err()
                .unwrap_or_else(|| client.bot(token).unwrap_err()),
        );
    }
}

#[tokio::test]
async fn errors_and_debug_output_contain_no_secret() {
    let output = Output::default();
    run_without_requests(&output).await;
    let errors = run_with_faults(&output).await;
    assert!(errors > 500, "{errors}");
    let text = output.text();
    for line in text.lines() {
        for secret in [TOKEN, REFRESH, SECRET, BOT_SECRET, "canary"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

#[test]
fn debug_output_shows_no_token_and_no_message_text() {
    let token = PersonalToken::new(CANARY);
    let builder = Client::builder(token.clone()).base_url("http://127.0.0.1:9");
    let shown = format!(
        "{token:?} {:?} {builder:?}",
        Authentication::from(token.clone())
    );
    assert!(!shown.contains(CANARY), "{shown}");

    let client = builder.build().unwrap();
    let request = client
        .create_message(ChatId(7), "a private text")
        .metadata(serde_json::json!({ "note": "a private text" }));
    let shown = format!("{client:?} {request:?} {:?}", request.clone().send());
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
    assert!(shown.contains("ChatId(7)"), "{shown}");

    let edit = client.edit_message(MessageId(7), "a private text");
    let bot = client.bot("1:bot-canary").unwrap();
    let shown = format!("{edit:?} {bot:?} {:?} {:?}", bot.get_me(), bot.log_out());
    assert!(!shown.contains("private"), "{shown}");
    assert!(!shown.contains("bot-canary"), "{shown}");
    assert!(shown.contains("MessageId(7)"), "{shown}");
}

#[tokio::test]
async fn panic_with_an_error_contains_no_secret() {
    let emulator = emulator().await;
    let client = client(&emulator, PersonalToken::new(TOKEN).into());
    emulator
        .queue_response(500, &[], format!(r#"{{"message":"{TOKEN} came"}}"#))
        .unwrap();
    let result = client.get_chats().await;
    let shown = result.as_ref().unwrap_err().to_string();
    assert!(shown.contains("[redacted] came"), "{shown}");
    let panic = catch_unwind(AssertUnwindSafe(|| result.unwrap()));
    let panic = panic.unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("[redacted]") && !message.contains("canary"));
}

/// Runs all other tests in a child process with tracing enabled, and searches its output for secrets.
#[cfg(feature = "tracing")]
#[test]
fn output_of_all_other_tests_contains_no_secret() {
    if std::env::var_os(TRACED_CHILD).is_some() {
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.arg("--nocapture");
    // The tests of long lists and of many requests are skipped: they log the same as the others. So are those that fork:
    // another thread may hold the lock of the output at that moment, and the forked process would wait for it forever.
    for skipped in [
        "fork::",
        "message_stream::",
        "chat_stream::",
        "soak::",
        "thirty_percent_429",
        "limit_of_ten_requests",
        "permanent_faults",
        "a_thousand_requests",
        "watch::budget::",
        "watch::late_messages::",
        "watch::model::",
        "watch::paging::",
        "webhook_receiver::random_requests",
    ] {
        child.args(["--skip", skipped]);
    }
    let output = child
        .env(TRACED_CHILD, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let shown = [output.stdout, output.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    let lines: Vec<&str> = shown.lines().collect();
    let failed: Vec<&[&str]> = lines
        .windows(6)
        .filter(|lines| lines[0].contains("panicked at") || lines[0].contains("FAILED"))
        .collect();
    assert!(output.status.success(), "{failed:#?}");
    assert!(shown.contains("basalam_chat.call"));
    for line in shown.lines() {
        for part in SECRET_PARTS {
            // Names of tests may contain such a substring.
            let is_name = line.starts_with("test ");
            assert!(is_name || !line.contains(part), "{line}");
        }
    }
}
