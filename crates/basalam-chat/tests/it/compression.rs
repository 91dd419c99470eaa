//! Compressed responses, with and without the feature `gzip`.

use httpmock::MockServer;
#[cfg(not(feature = "gzip"))]
use serde_json::json;

use super::support::client;

#[cfg(not(feature = "gzip"))]
#[tokio::test]
async fn sends_no_accept_encoding_without_the_feature() {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.path("/v1/chats").header_missing("accept-encoding");
        then.status(200)
            .json_body(json!({ "data": { "chats": [] } }));
    });
    let client = client(&server.base_url(), "token");
    client.get_chats().await.unwrap();
    mock.assert();
}

#[cfg(feature = "gzip")]
mod with_the_feature {
    use super::*;
    use crate::support::builder;
    use crate::support::clock::TestClock;

    /// `{"data":{"chats":[]},"padding":"…"}` with 2,000 dots, compressed by `gzip -9`.
    const COMPRESSED: [u8; 68] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x49, 0x2c,
        0x49, 0x54, 0xb2, 0xaa, 0x56, 0x4a, 0xce, 0x48, 0x2c, 0x29, 0x56, 0xb2, 0x8a, 0x8e, 0xad,
        0xd5, 0x51, 0x2a, 0x48, 0x4c, 0x49, 0xc9, 0xcc, 0x4b, 0x57, 0xb2, 0x52, 0xd2, 0x1b, 0x05,
        0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1, 0x90, 0x07, 0x4a, 0xb5, 0x00,
        0xc9, 0xbf, 0x71, 0x39, 0xf2, 0x07, 0x00, 0x00,
    ];

    /// The length before compression.
    const LENGTH: usize = 2034;

    /// Responds compressed to requests that accept gzip.
    fn compressing_server() -> MockServer {
        let server = MockServer::start();
        server.mock(|when, then| {
            when.path("/v1/chats").header("accept-encoding", "gzip");
            then.status(200)
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
                .body(COMPRESSED);
        });
        server
    }

    #[tokio::test]
    async fn requests_and_decompresses_gzip() {
        let server = compressing_server();
        let client = client(&server.base_url(), "token");
        assert!(client.get_chats().await.unwrap().items.is_empty());
    }

    #[tokio::test]
    async fn size_limit_applies_after_decompression() {
        let server = compressing_server();
        let client_with_limit = |bytes| {
            let client = builder(&server.base_url(), "token", &TestClock::new());
            client.max_response_bytes(bytes).build().unwrap()
        };
        assert!(client_with_limit(LENGTH).get_chats().await.is_ok());
        let error = client_with_limit(LENGTH - 1).get_chats().await.unwrap_err();
        assert!(error.is_response_too_large(), "{error}");
    }
}
