use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::state::{PutMode, StateKey};
use basalam_chat::watch::{HandlerFailure, Report};
use basalam_chat::{ChatId, Client, PersonalToken};
use basalam_chat_emulator::{Emulator, Fault};
use basalam_chat_guide::production::metrics::Metrics;
use basalam_chat_guide::production::{connect, logs, proxy, state};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::support::{builder, shop, shop_on};

#[tokio::test]
async fn rate_limit_is_an_error_if_a_person_waits() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    let client = connect::connect(builder(&emulator, &shop.seller)).unwrap();
    emulator
        .fail_next(Fault::status(429).retry_after("5"))
        .unwrap();
    let error = client.get_unseen_chat_count().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_show_calls_without_tokens_and_texts() {
    let shop = shop();
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = logs::log_calls(move || writer.clone());
    let guard = tracing::subscriber::set_default(subscriber);
    shop.client
        .create_message(shop.chat, "a private text")
        .await
        .unwrap();
    drop(guard);
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("create_message"), "{log}");
    assert!(
        !log.contains("a private text") && !log.contains(shop.seller.token()),
        "{log}"
    );
}

#[test]
fn reports_are_counted() {
    let metrics = Metrics::default();
    let failure = HandlerFailure::Panicked;
    let (chat, attempt) = (ChatId(7), 1);
    metrics.count(&Report::HandlerFailed {
        chat,
        attempt,
        failure,
    });
    metrics.count(&Report::DeadLetter(chat));
    metrics.count(&Report::Started);
    assert_eq!(metrics.failed_requests.load(Ordering::Relaxed), 0);
    assert_eq!(metrics.failed_attempts.load(Ordering::Relaxed), 1);
    assert_eq!(metrics.dead_letters.load(Ordering::Relaxed), 1);
}

/// A proxy that leads everything to an emulator, and returns the start of the first request.
async fn serve_proxy(listener: TcpListener, base_url: String) -> String {
    let (mut client, _) = listener.accept().await.unwrap();
    let address = base_url.trim_start_matches("http://");
    let mut service = TcpStream::connect(address).await.unwrap();
    let mut start = vec![0; 1024];
    let length = client.read(&mut start).await.unwrap();
    service.write_all(&start[..length]).await.unwrap();
    // Ends with the connection of the client.
    let _ = tokio::io::copy_bidirectional(&mut client, &mut service).await;
    String::from_utf8_lossy(&start[..length]).into_owned()
}

#[tokio::test]
async fn requests_go_through_the_proxy() {
    // Only the proxy knows this name.
    let name = "chat.invalid";
    let emulator = Emulator::builder().allow_host(name).start().await.unwrap();
    let user = emulator.seller();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(serve_proxy(listener, emulator.base_url().to_owned()));
    let builder = Client::builder(PersonalToken::new(user.token()))
        .base_url(format!("http://{name}"))
        .allow_plain_http_to(name);
    let client = proxy::behind_proxy(builder, &format!("http://me:secret@{address}")).unwrap();
    assert_eq!(client.current_user_id().await.unwrap().0, user.id);
    drop(client);
    let head = served.await.unwrap();
    assert!(
        head.starts_with("GET http://chat.invalid/v1/users/me"),
        "{head}"
    );
    assert!(
        head.to_lowercase().contains("proxy-authorization"),
        "{head}"
    );
}

#[test]
fn odd_proxy_is_an_error_when_the_client_is_built() {
    let builder = || Client::builder(PersonalToken::new("a-token"));
    for proxy in ["", "ftp://10.0.0.1", "http://"] {
        let error = proxy::behind_proxy(builder(), proxy).unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
}

#[tokio::test]
async fn store_is_opened_by_its_url() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("state.db").display());
    let key = StateKey::new("positions/1").unwrap();
    let store = state::open(&url).await.unwrap();
    store.put(&key, b"7", PutMode::Create).await.unwrap();
    drop(store);
    let again = state::open(&url).await.unwrap();
    assert_eq!(again.get(&key).await.unwrap().unwrap().value, b"7");
    assert!(
        state::open("mysql://host")
            .await
            .unwrap_err()
            .is_configuration()
    );
}
