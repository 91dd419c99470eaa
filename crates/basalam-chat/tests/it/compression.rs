//! Whether answers come compressed is up to the feature `gzip`.

use httpmock::MockServer;
#[cfg(not(feature = "gzip"))]
use serde_json::json;

use super::client;

#[cfg(not(feature = "gzip"))]
#[tokio::test]
async fn without_the_feature_no_compression_is_asked_for() {
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
    use basalam_chat::{Client, PersonalToken};

    use super::*;

    /// `{"data":{"chats":[]},"padding":"…"}` with 2,000 dots, as `gzip -9` writes it.
    const COMPRESSED: [u8; 68] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x49, 0x2c,
        0x49, 0x54, 0xb2, 0xaa, 0x56, 0x4a, 0xce, 0x48, 0x2c, 0x29, 0x56, 0xb2, 0x8a, 0x8e, 0xad,
        0xd5, 0x51, 0x2a, 0x48, 0x4c, 0x49, 0xc9, 0xcc, 0x4b, 0x57, 0xb2, 0x52, 0xd2, 0x1b, 0x05,
        0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1, 0x90, 0x07, 0x4a, 0xb5, 0x00,
        0xc9, 0xbf, 0x71, 0x39, 0xf2, 0x07, 0x00, 0x00,
    ];

    /// How long that is before compression.
    const LENGTH: usize = 2034;

    /// Answers compressed, if it was asked to.
    fn compressing() -> MockServer {
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
    async fn compressed_answers_are_asked_for_and_read() {
        let server = compressing();
        let client = client(&server.base_url(), "token");
        assert!(client.get_chats().await.unwrap().chats.is_empty());
    }

    #[tokio::test]
    async fn the_size_of_an_answer_is_counted_after_decompression() {
        let server = compressing();
        let of_at_most = |bytes| {
            let token = PersonalToken::new("token");
            let client = Client::builder(token).base_url(server.base_url());
            client.max_response_bytes(bytes).build().unwrap()
        };
        assert!(of_at_most(LENGTH).get_chats().await.is_ok());
        let error = of_at_most(LENGTH - 1).get_chats().await.unwrap_err();
        assert!(error.is_response_too_large(), "{error}");
    }
}
