//! The bot under test.

// Shown if a test fails.
#![allow(clippy::print_stderr)]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use basalam_chat::state::{FileState, StateError, StateStore};
use basalam_chat::watch::{Delivery, Event};
use basalam_chat::webhooks::Receiver;
use basalam_chat::{Client, PersonalToken, UserId};
use tokio::net::TcpListener;

use super::faults::LONGEST_DELAY;

/// Has the [`Settings`] of a bot's process.
pub(super) const VARIABLE: &str = "BASALAM_CHAT_STATE_TEST_BOT";
/// The name of the test below.
pub(super) const TEST: &str = "chaos::bot::run";
pub(super) const WEBHOOK_SECRET: &str = "Bearer secret-of-the-tests";
pub(super) const WEBHOOK_PATH: &str = "/webhooks";

/// The shortest lease that a watcher accepts.
pub(super) const LEASE: Duration = Duration::from_secs(3);
pub(super) const OPERATION_TIMEOUT: Duration = Duration::from_secs(2);
/// Longer than any message is late.
pub(super) const RESYNC: Duration = LONGEST_DELAY.saturating_mul(2);

/// What a bot's process has to know.
pub(super) struct Settings {
    pub(super) service: String,
    pub(super) token: String,
    pub(super) user: i64,
    pub(super) store: String,
    pub(super) name: String,
    /// The local port for webhooks, if there are any.
    pub(super) webhook_port: Option<u16>,
}

impl Settings {
    pub(super) fn to_variable(&self) -> String {
        let port = self.webhook_port.map(|port| port.to_string());
        [
            self.service.clone(),
            self.token.clone(),
            self.user.to_string(),
            self.store.clone(),
            self.name.clone(),
            port.unwrap_or_default(),
        ]
        .join("\n")
    }

    fn from_variable(value: &str) -> Settings {
        let fields: Vec<&str> = value.split('\n').collect();
        let [service, token, user, store, name, port] = fields[..] else {
            panic!("{VARIABLE} is invalid");
        };
        Settings {
            service: service.to_owned(),
            token: token.to_owned(),
            user: user.parse().unwrap(),
            store: store.to_owned(),
            name: name.to_owned(),
            webhook_port: port.parse().ok(),
        }
    }
}

/// A bot, with several threads as most programs have. Does nothing unless a test has started it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the other tests"]
async fn run() {
    let Ok(settings) = std::env::var(VARIABLE) else {
        return;
    };
    let settings = Settings::from_variable(&settings);
    let client = Client::builder(PersonalToken::new(&settings.token))
        .base_url(&settings.service)
        .attempt_timeout(OPERATION_TIMEOUT / 2)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
        .unwrap();
    let mut watch = client
        .watch(open(&settings.store).await)
        .name(&settings.name)
        .from_the_beginning()
        .poll_interval(Duration::from_millis(200))
        .idle_interval(Duration::from_millis(500))
        .resync_interval(RESYNC)
        .lease_duration(LEASE)
        // A reply may be listed late, too.
        .visibility_lag(LONGEST_DELAY + Duration::from_millis(500))
        .max_attempts(1_000)
        .dead_letter(|letter| eprintln!("dead letter: {:?}", letter.reason));
    let receiver = Receiver::builder(UserId(settings.user), WEBHOOK_SECRET);
    let receiver = receiver.build().unwrap();
    if let Some(port) = settings.webhook_port {
        tokio::spawn(serve(port, receiver.axum_router(WEBHOOK_PATH).unwrap()));
        watch = watch
            .webhooks(&receiver)
            .poll_interval(Duration::from_secs(2))
            .idle_interval(Duration::from_secs(4))
            .webhook_interval(Duration::from_secs(8));
    }
    watch.run(answer).await.unwrap();
}

/// Serves a router, as soon as the port is free: a connection of another process may have it.
async fn serve(port: u16, router: axum::Router) {
    let listener = loop {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => break listener,
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    };
    axum::serve(listener, router).await.unwrap();
}

/// Opens a store, as soon as no paused process blocks it.
async fn open(url: &str) -> Arc<dyn StateStore> {
    loop {
        let store: Result<Arc<dyn StateStore>, StateError> = match url.strip_prefix("file:") {
            Some(path) => FileState::open(path).await.map(|it| Arc::new(it) as _),
            None => basalam_chat_state::connect(url).await,
        };
        match store {
            Ok(store) => return store,
            Err(error) if error.is_unavailable() => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Answers a message with its text and the id of this process.
async fn answer(delivery: Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
    match delivery.event() {
        Event::MessageReceived(message) => {
            let text = message.content.text.clone().ok_or("the text is missing")?;
            let answer = format!("re: {text} {}", std::process::id());
            delivery.reply(answer).await?;
        }
        // Faults remove senders and other fields. The next attempt reads the message again.
        Event::MessageOfUnknownSender(_) => return Err("the sender is missing".into()),
        Event::UnreadableMessage(_) => return Err("the message is damaged".into()),
        _ => {}
    }
    Ok(())
}
