//! No token and no secret is ever shown: not in an error, a trace, a panic or debug output.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "tracing")]
use std::process::Command;
use std::sync::Mutex;

use basalam_chat::auth::{
    Authentication, AuthorizationCode, ClientCredentials, FileTokenStore, MemoryTokenStore,
    TokenSet,
};
use basalam_chat::raw::operations;
use basalam_chat::{Client, Error, PersonalToken, RequestOptions, RetryPolicy, Scope};
use basalam_chat_emulator::{Emulator, FaultRule, NewBot, NewUser, OAuthClient, TOKEN_OPERATION};

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use super::clock::TestClock;
use super::every::{self, Things};
use super::faults::cases;

const TOKEN: &str = "canary-access-8f2c-user-1-token";
const REFRESH: &str = "canary-refresh-8f2c";
const SECRET: &str = "canary-secret-8f2c";
const BOT_SECRET: &str = "canary-bot-8f2c-canary-bot-8f2c-canary";

/// What every secret of every test of this binary has in it.
#[cfg(feature = "tracing")]
const SIGNS: [&str; 4] = [
    "canary",
    "-token-8f2c",
    "emulated-client-secret",
    "the-token-of-an-emulated-bot",
];

/// Everything that was shown.
#[derive(Default)]
struct Shown(Mutex<String>);

impl Shown {
    fn take(&self, text: &str) {
        let mut shown = self.0.lock().unwrap();
        shown.push_str(text);
        shown.push('\n');
    }

    fn debug(&self, value: &impl Debug) {
        self.take(&format!("{value:?} {value:#?}"));
    }

    fn error(&self, error: &Error) {
        self.debug(error);
        self.take(&format!("{error} {error:#} {:?}", error.messages()));
        self.take(&format!("{:?} {:?}", error.validation(), error.body()));
        let mut cause = error.source();
        while let Some(error) = cause {
            self.take(&format!("{error} {error:?} {error:#?}"));
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

/// Every way to log in, with canaries wherever something is secret, and what of it a token endpoint gets.
fn logins() -> Vec<(Authentication, String)> {
    let app = AuthorizationCode::new("shop", SECRET, "https://shop.example");
    let stale = TokenSet::new("refused").with_refresh_token(REFRESH);
    let wrong = format!("{SECRET}-wrong");
    vec![
        (PersonalToken::new(TOKEN).into(), TOKEN.to_owned()),
        (
            PersonalToken::new("refused")
                .refreshable(REFRESH, "shop", SECRET)
                .into(),
            format!("{REFRESH} {SECRET}"),
        ),
        (
            PersonalToken::new(TOKEN)
                .store(FileTokenStore::new("/no/such/directory/tokens.json"))
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
            app.resume(MemoryTokenStore::from(stale)).into(),
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

/// Meets every fault with every operation, and the token endpoint too.
async fn provoke(shown: &Shown) -> usize {
    let emulator = emulator().await;
    let mut errors = 0;
    let mut number = 900_000;
    let seller = client(&emulator, PersonalToken::new(TOKEN).into());
    for operation in operations::ALL {
        for case in cases().into_iter().filter(|case| !case.hangs()) {
            let mut things = Things::make(&emulator);
            number += 1;
            things.bot_token = format!("{number}:{BOT_SECRET}");
            let bot = NewBot::new("Helper").token(things.bot_token.clone());
            emulator.add_bot(bot).unwrap();
            // The service repeats what it was sent, secrets included.
            let fault = case
                .fault
                .body("text/plain", format!("{TOKEN} {}", things.bot_token));
            let rule = FaultRule::new(fault).operation(operation.id).times(1);
            emulator.add_fault(rule).unwrap();
            if let Err(error) = every::run(operation, &seller, &things).await {
                shown.error(&error);
                errors += 1;
            }
            emulator.clear_faults();
        }
    }
    for (login, secrets) in logins() {
        shown.debug(&login);
        for case in cases().into_iter().filter(|case| !case.hangs()) {
            let fault = case.fault.body("text/plain", secrets.clone());
            let rule = FaultRule::new(fault).operation(TOKEN_OPERATION).times(1);
            emulator.add_fault(rule).unwrap();
            let client = client(&emulator, login.clone());
            shown.debug(&client);
            match client.get_current_user().await {
                Ok(user) => assert_eq!(user.id.0, emulator.seller().id),
                Err(error) => {
                    shown.error(&error);
                    errors += 1;
                }
            }
            emulator.clear_faults();
        }
    }
    errors
}

/// What is shown without any request.
fn look(shown: &Shown) {
    let tokens = TokenSet::new(TOKEN).with_refresh_token(REFRESH);
    shown.debug(&tokens);
    shown.debug(&MemoryTokenStore::from(tokens));
    shown.debug(&ClientCredentials::new("shop", SECRET));
    let app = AuthorizationCode::new("shop", SECRET, "https://shop.example");
    shown.debug(&app);
    shown.debug(&app.code(REFRESH));
    let request = app
        .authorize_url_with_state([Scope::CustomerChatRead], REFRESH)
        .unwrap();
    shown.debug(&request);
    shown.error(
        &app.callback(REFRESH, "code=canary&state=canary")
            .unwrap_err(),
    );
    let refused = app.callback(REFRESH, &format!("state={REFRESH}&error=denied"));
    shown.error(&refused.unwrap_err());
    let builder = Client::builder(PersonalToken::new(TOKEN));
    shown.debug(&builder);
    let client = builder.base_url("http://127.0.0.1:9").build().unwrap();
    shown.debug(&client);
    shown.debug(&client.get_chats().options(RequestOptions::new()));
    let bot = client.bot(format!("1:{BOT_SECRET}")).unwrap();
    shown.debug(&bot);
    shown.debug(&bot.get_me());
    for token in ["canary canary", "canary\n", "canary:canary"] {
        shown.error(
            &Client::new(PersonalToken::new(token))
                .err()
                .unwrap_or_else(|| client.bot(token).unwrap_err()),
        );
    }
}

#[tokio::test]
async fn no_error_and_no_debug_output_shows_a_token_or_a_secret() {
    let shown = Shown::default();
    look(&shown);
    let errors = provoke(&shown).await;
    assert!(errors > 500, "{errors}");
    let text = shown.text();
    for line in text.lines() {
        for secret in [TOKEN, REFRESH, SECRET, BOT_SECRET, "canary"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

#[tokio::test]
async fn a_panic_with_an_error_shows_no_secret() {
    let emulator = emulator().await;
    let client = client(&emulator, PersonalToken::new(TOKEN).into());
    emulator
        .queue_response(500, &[], format!("{TOKEN} came"))
        .unwrap();
    let result = client.get_chats().await;
    let shown = result.as_ref().unwrap_err().to_string();
    assert!(shown.contains("[redacted] came"), "{shown}");
    let panic = catch_unwind(AssertUnwindSafe(|| result.unwrap()));
    let panic = panic.unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("[redacted]") && !message.contains("canary"));
}

/// Set where this binary runs as a child of the test below.
const LISTENING: &str = "BASALAM_CHAT_TESTS_LISTEN";

/// Writes every trace of a child to its standard error.
pub(crate) fn listen() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    if std::env::var_os(LISTENING).is_some() {
        ONCE.call_once(|| {
            // The mock server of some tests lives in this process, and traces what it is sent.
            let ours = filter_fn(|metadata| !metadata.target().starts_with("httpmock"));
            let traces = fmt::layer().with_writer(io::stderr).with_filter(ours);
            tracing_subscriber::registry().with(traces).init();
        });
    }
}

/// Without the traces there is nothing to hear that the other tests do not look at themselves.
#[cfg(feature = "tracing")]
#[test]
fn nothing_that_all_the_other_tests_print_trace_or_panic_with_shows_a_secret() {
    if std::env::var_os(LISTENING).is_some() {
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    // The long walks show nothing that the short ones do not.
    child.args([
        "--nocapture",
        "--skip",
        "history::",
        "--skip",
        "listing::",
        "--skip",
        "soak::",
    ]);
    let output = child
        .env(LISTENING, "1")
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
        for sign in SIGNS {
            // The names of tests are no secrets.
            let is_name = line.starts_with("test ");
            assert!(is_name || !line.contains(sign), "{line}");
        }
    }
}
