//! Handshakes with a server that does not speak TLS: their error is that of the TLS library.

use std::error::Error as _;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::{Client, Error, PersonalToken, RequestOptions, RetryPolicy};

/// Returns the error of a request to a server that does not speak TLS.
async fn handshake_error() -> Error {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", server.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        // The start of the TLS handshake.
        let mut start = [0; 5];
        stream.read_exact(&mut start).unwrap();
        assert_eq!(start[0], 22, "no TLS handshake");
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let client = Client::builder(PersonalToken::new("access-token"))
        .base_url(base_url)
        .build()
        .unwrap();
    let options = RequestOptions::new().retry_policy(RetryPolicy::never());
    let error = client.get_chats().options(options).await.unwrap_err();
    server.join().unwrap();
    error
}

/// Returns the message of the deepest cause, which is that of the TLS library.
fn root_cause(error: &Error) -> String {
    let mut cause = error.source().unwrap();
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn the_feature_rustls_selects_rustls() {
    let error = handshake_error().await;
    assert!(error.is_connect(), "{error}");
    let cause = root_cause(&error);
    assert!(cause.contains("InvalidContentType"), "{cause}");
}

#[cfg(all(
    target_os = "linux",
    feature = "native-tls",
    not(any(feature = "rustls", feature = "rustls-no-provider"))
))]
#[tokio::test]
async fn the_feature_native_tls_selects_openssl_on_linux() {
    let cause = root_cause(&handshake_error().await);
    assert!(cause.contains("SSL routines"), "{cause}");
}
