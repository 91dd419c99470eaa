//! Calls outside a tokio runtime.

use std::future::{Future, IntoFuture};
use std::io;
use std::net::TcpListener;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use basalam_chat::auth::{ClientCredentials, TokenStore};
use basalam_chat::{ChatId, Client, Error, MessageId, NewFile, PersonalToken, UserId};

use super::support::listen;

/// Polls a future once on a thread without a runtime.
fn poll_outside_a_runtime<T>(future: impl IntoFuture<Output = T>) -> T {
    assert!(tokio::runtime::Handle::try_current().is_err());
    let mut future = pin!(future.into_future());
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something that never happens"),
    }
}

fn error_of<T>(future: impl IntoFuture<Output = Result<T, Error>>) -> Error {
    match poll_outside_a_runtime(future) {
        Ok(_) => panic!("the call did not fail"),
        Err(error) => error,
    }
}

fn assert_no_runtime(error: &Error) {
    assert!(error.is_configuration(), "{error}");
    assert!(!error.may_have_succeeded(), "{error}");
    assert_eq!(error.attempts(), 0);
    let message = error.to_string();
    assert!(message.contains("tokio runtime"), "{message}");
    assert!(message.contains("blocking"), "{message}");
}

fn assert_nothing_was_sent(server: &TcpListener) {
    server.set_nonblocking(true).unwrap();
    let error = server.accept().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn requests_outside_a_runtime_fail_before_anything_is_sent() {
    let (server, base_url) = listen();
    let client = Client::builder(PersonalToken::new("access-token"))
        .base_url(base_url)
        .build()
        .unwrap();
    let chat = ChatId(1);
    let unread = NewFile::from("Cargo.toml");
    for error in [
        error_of(client.get_chats()),
        error_of(client.get_chats().send()),
        error_of(client.get_messages(chat)),
        error_of(client.create_message(chat, "Hello")),
        error_of(client.delete_message([MessageId(1)])),
        error_of(client.create_chat(UserId(1))),
        error_of(client.upload_file(unread)),
        error_of(client.upload_file(NewFile::from_bytes("a.txt", "a"))),
        error_of(client.bot("1:secret").unwrap().get_me()),
        error_of(client.authenticate()),
        error_of(client.current_user_id()),
        error_of(client.follow(chat).new_messages()),
    ] {
        assert_no_runtime(&error);
    }
    let error = error_of(client.get_chats());
    assert_eq!(error.operation(), Some("get_chats"));
    assert_nothing_was_sent(&server);
}

#[test]
fn streams_outside_a_runtime_yield_the_error_once() {
    let (server, base_url) = listen();
    let client = Client::builder(PersonalToken::new("access-token"))
        .base_url(base_url)
        .build()
        .unwrap();
    for read_ahead in [true, false] {
        let mut chats = client.get_chats().read_ahead(read_ahead).stream();
        assert_no_runtime(&error_of(chats.try_next()));
        assert!(poll_outside_a_runtime(chats.next()).is_none());
        let mut pages = client
            .get_messages(ChatId(1))
            .read_ahead(read_ahead)
            .pages();
        assert_no_runtime(&error_of(pages.try_next()));
        assert!(poll_outside_a_runtime(pages.next()).is_none());
    }
    assert_nothing_was_sent(&server);
}

#[test]
fn token_requests_outside_a_runtime_fail_before_anything_is_sent() {
    let (server, base_url) = listen();
    let logins = [
        ClientCredentials::new("id", "secret").into(),
        ClientCredentials::new("id", "secret")
            .store(TokenStore::directory("/dev/null/tokens"))
            .into(),
        PersonalToken::new("access-token")
            .refreshable("refresh-token", "id", "secret")
            .into(),
    ];
    for login in logins {
        let login: basalam_chat::auth::Authentication = login;
        let client = Client::builder(login).base_url(&base_url).build().unwrap();
        assert_no_runtime(&error_of(client.get_chats()));
        assert_no_runtime(&error_of(client.authenticate()));
    }
    assert_nothing_was_sent(&server);
}

#[test]
fn token_store_outside_a_runtime_is_an_error() {
    let store = TokenStore::directory("/dev/null/tokens");
    let error = poll_outside_a_runtime(store.tokens()).unwrap_err();
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[test]
fn clients_work_in_a_runtime_after_a_call_outside() {
    let emulator = basalam_chat_emulator::Emulator::builder()
        .start_blocking()
        .unwrap();
    let client = super::support::seller(&emulator);
    assert_no_runtime(&error_of(client.get_chats()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    assert!(runtime.block_on(client.get_chats().send()).is_ok());
}
