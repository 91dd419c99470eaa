//! Proxies that the builder sets, against small ones in this process.

#[cfg(feature = "socks")]
mod socks;

use std::io::BufReader;
use std::net::TcpStream;
use std::thread::{self, JoinHandle};

use basalam_chat::{Client, ClientBuilder, PersonalToken};
use serde_json::json;

use super::support::http_server::{read_head, respond};
use super::support::listen;

/// Returns a builder for a host that only a proxy can resolve.
fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(PersonalToken::new("access-token"))
        .base_url(base_url)
        .allow_plain_http_to("chat.invalid")
}

/// Returns the number of unseen chats, as the server in [`serve`] returns it.
async fn unseen_chats(client: &Client) -> i64 {
    client.get_unseen_chat_count().await.unwrap().count
}

/// Responds to one request, and returns its head.
fn serve(stream: TcpStream) -> String {
    let head = read_head(&mut BufReader::new(&stream));
    respond(&stream, &json!({ "count": 7, "more_than_count": false }));
    head
}

/// An HTTP proxy that responds to one request itself, and returns its head.
fn http_proxy() -> (JoinHandle<String>, String) {
    let (proxy, url) = listen();
    let thread = thread::spawn(move || serve(proxy.accept().unwrap().0));
    (thread, url)
}

#[tokio::test]
async fn http_proxy_receives_the_whole_url_and_the_password() {
    let (proxy, url) = http_proxy();
    let url = url.replace("http://", "http://me:secret@");
    let client = builder("http://chat.invalid:81")
        .proxy(url)
        .build()
        .unwrap();
    assert_eq!(unseen_chats(&client).await, 7);
    let head = proxy.join().unwrap();
    assert!(head.starts_with("GET http://chat.invalid:81/v1/"), "{head}");
    // The base 64 form of `me:secret`.
    assert!(head.contains("Basic bWU6c2VjcmV0"), "{head}");
}

#[tokio::test]
async fn proxy_without_a_scheme_is_an_http_proxy() {
    let (proxy, url) = http_proxy();
    let url = url.replace("http://", "");
    let client = builder("http://chat.invalid").proxy(url).build().unwrap();
    assert_eq!(unseen_chats(&client).await, 7);
    assert!(
        proxy
            .join()
            .unwrap()
            .starts_with("GET http://chat.invalid/")
    );
}

#[tokio::test]
async fn loopback_addresses_are_reached_without_a_proxy() {
    let (proxy, proxy_url) = listen();
    let (server, base_url) = listen();
    let server = thread::spawn(move || serve(server.accept().unwrap().0));
    let client = builder(&base_url).proxy(proxy_url).build().unwrap();
    assert_eq!(unseen_chats(&client).await, 7);
    server.join().unwrap();
    proxy.set_nonblocking(true).unwrap();
    assert!(proxy.accept().is_err());
}

#[test]
fn proxies_that_cannot_be_used_are_errors_when_the_client_is_built() {
    for (proxy, problem) in [
        ("", "is not a valid URL"),
        ("http://", "is not a valid URL"),
        ("ftp://me:hidden@127.0.0.1", "the unknown scheme `ftp`"),
        ("socks://127.0.0.1", "the unknown scheme `socks`"),
    ] {
        let error = builder("http://chat.invalid").proxy(proxy).build();
        let error = error.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        let message = error.to_string();
        assert!(message.contains("`proxy`"), "{message}");
        assert!(message.contains(problem), "{message}");
        assert!(!message.contains("hidden"), "{message}");
    }
    // The last choice counts.
    let builder = builder("http://chat.invalid").proxy("ftp://127.0.0.1");
    assert!(builder.no_proxy().build().is_ok());
}

#[cfg(not(feature = "socks"))]
#[test]
fn socks_proxy_requires_the_feature() {
    for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
        let proxy = format!("{scheme}://127.0.0.1:1080");
        let error = builder("http://chat.invalid").proxy(proxy).build();
        let message = error.unwrap_err().to_string();
        assert!(message.contains(&format!("`{scheme}`")), "{message}");
        assert!(message.contains("the feature `socks`"), "{message}");
    }
}
