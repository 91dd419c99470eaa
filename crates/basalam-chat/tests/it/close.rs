//! Programs that end while a token endpoint is slow to respond.

use std::io::BufReader;
use std::sync::mpsc;
use std::time::Duration;

use basalam_chat::auth::{TokenSet, TokenStore};
use basalam_chat::time::Clock;
use basalam_chat::{Client, ClientBuilder, PersonalToken};
use basalam_chat_emulator::Emulator;
use serde_json::json;
use tokio::sync::oneshot;

use super::support::auth::{HOUR, current_user};
use super::support::clock::TestClock;
use super::support::http_server::{read_body, read_head, respond};
use super::support::listen;

/// The time that a request waits for an early refresh before it uses the current token.
const EARLY_REFRESH_WAIT: Duration = Duration::from_secs(5);

/// An emulator, and a token endpoint that handles one request.
struct Service {
    emulator: Emulator,
    clock: TestClock,
    store: TokenStore,
    url: String,
    /// Receives when a request has reached the token endpoint.
    reached: oneshot::Receiver<()>,
    /// Lets the token endpoint respond. It closes the connection instead if this is dropped.
    response: mpsc::Sender<()>,
}

impl Service {
    fn start() -> Service {
        let (listener, url) = listen();
        let (reached_sender, reached) = oneshot::channel();
        let (response, responds) = mpsc::channel();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(&stream);
            let head = read_head(&mut reader);
            read_body(&head, &mut reader);
            reached_sender.send(()).unwrap();
            if responds.recv().is_ok() {
                let tokens =
                    json!({ "access_token": "new", "refresh_token": "next", "expires_in": 3600 });
                respond(&stream, &tokens);
            }
        });
        Service {
            emulator: Emulator::builder().start_blocking().unwrap(),
            clock: TestClock::new(),
            store: TokenStore::in_memory(),
            url,
            reached,
            response,
        }
    }

    fn builder(&self) -> ClientBuilder {
        let token = self.emulator.seller().token();
        let login = PersonalToken::new(token).refreshable("first", "client-id", "secret");
        Client::builder(login.store(self.store.clone()))
            .base_url(self.emulator.base_url())
            .auth_base_url(&self.url)
            .clock(self.clock.clone())
    }

    /// Saves a token that is valid for an hour.
    async fn save_tokens(&self) {
        let tokens = TokenSet::new(self.emulator.seller().token())
            .with_refresh_token("first")
            .with_expiry(self.clock.system_time() + HOUR);
        self.store.save(&tokens).await.unwrap();
    }

    /// Returns the refresh token that the next start of the program uses.
    async fn stored_refresh_token(&self) -> String {
        let tokens = self.store.tokens().await.unwrap().unwrap();
        tokens.expose_refresh_token().unwrap().to_owned()
    }

    /// Sends a request with a token that is due soon. It succeeds, and a refresh is running.
    async fn start_refresh(&mut self, client: &Client) {
        current_user(client).await.unwrap();
        self.clock.advance(HOUR - Duration::from_secs(100));
        let reached = async {
            (&mut self.reached).await.unwrap();
            self.clock.advance(EARLY_REFRESH_WAIT);
        };
        let (user, ()) = tokio::join!(current_user(client), reached);
        user.unwrap();
        assert_eq!(self.stored_refresh_token().await, "first");
    }
}

#[tokio::test]
async fn close_saves_the_tokens_of_a_slow_token_endpoint() {
    let mut service = Service::start();
    service.save_tokens().await;
    let client = service.builder().build().unwrap();
    service.start_refresh(&client).await;
    let response = service.response.clone();
    let respond = async { response.send(()).unwrap() };
    let (closed, ()) = tokio::join!(client.close(), respond);
    closed.unwrap();
    assert_eq!(service.stored_refresh_token().await, "next");
}

#[tokio::test]
async fn close_of_one_login_waits_for_the_refresh_of_another() {
    let mut service = Service::start();
    service.save_tokens().await;
    let client = service.builder().build().unwrap();
    let other = client
        .with_authentication(PersonalToken::new("other"))
        .unwrap();
    service.start_refresh(&client).await;
    drop(client);
    let response = service.response.clone();
    let respond = async { response.send(()).unwrap() };
    let (closed, ()) = tokio::join!(other.close(), respond);
    closed.unwrap();
    assert_eq!(service.stored_refresh_token().await, "next");
}

#[tokio::test]
async fn close_reports_a_refresh_that_fails() {
    let mut service = Service::start();
    service.save_tokens().await;
    let client = service.builder().build().unwrap();
    service.start_refresh(&client).await;
    let fail = async { drop(std::mem::replace(&mut service.response, mpsc::channel().0)) };
    let (closed, ()) = tokio::join!(client.close(), fail);
    let error = closed.unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert_eq!(service.stored_refresh_token().await, "first");
}

#[cfg(feature = "blocking")]
mod blocking {
    use basalam_chat::blocking;

    use super::*;

    /// Starts a refresh as [`Service::start_refresh`] does, ends the client with `end` while the refresh is running, and
    /// returns the stored refresh token.
    fn end_during_refresh(responds: bool, end: impl FnOnce(blocking::Client) + Send) -> String {
        let mut service = Service::start();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(service.save_tokens());
        let client = service.builder().build_blocking().unwrap();
        client.get_current_user().send().unwrap();
        service.clock.advance(HOUR - Duration::from_secs(100));
        let (ending, is_ending) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                client.get_current_user().send().unwrap();
                ending.send(()).unwrap();
                end(client);
            });
            runtime.block_on(&mut service.reached).unwrap();
            service.clock.advance(EARLY_REFRESH_WAIT);
            is_ending.recv().unwrap();
            assert_eq!(runtime.block_on(service.stored_refresh_token()), "first");
            match responds {
                true => service.response.send(()).unwrap(),
                false => drop(std::mem::replace(&mut service.response, mpsc::channel().0)),
            }
        });
        runtime.block_on(service.stored_refresh_token())
    }

    #[test]
    fn dropping_the_last_client_finishes_a_running_refresh() {
        assert_eq!(end_during_refresh(true, drop), "next");
    }

    #[test]
    fn dropping_the_last_client_of_several_logins_finishes_a_running_refresh() {
        let refresh_token = end_during_refresh(true, |client| {
            let other = client.with_authentication(PersonalToken::new("other"));
            drop(client);
            drop(other);
        });
        assert_eq!(refresh_token, "next");
    }

    #[test]
    fn dropping_the_last_client_ends_if_a_running_refresh_fails() {
        assert_eq!(end_during_refresh(false, drop), "first");
    }

    #[test]
    fn close_finishes_a_running_refresh() {
        let refresh_token = end_during_refresh(true, |client| client.close().unwrap());
        assert_eq!(refresh_token, "next");
    }
}
