//! Messages with uploaded files.

use basalam_chat::{ChatId, MessageType, NewFile};
use basalam_chat_emulator::Emulator;
use httpmock::prelude::*;
use serde_json::json;

use super::upload_result;
use crate::support::json::message;
use crate::support::{CANARY, client, customer, open_chat, seller};

#[tokio::test]
async fn uploaded_picture_is_sent_and_read_by_the_other_user() {
    for include_upload_url in [true, false] {
        let emulator = Emulator::builder().include_upload_url(include_upload_url);
        let emulator = emulator.start().await.unwrap();
        let seller = seller(&emulator);
        let chat = open_chat(&seller, &emulator).await;

        let parcel = NewFile::from_bytes("مرسوله.png", "bytes");
        let upload = seller.upload_picture(parcel).await.unwrap();
        assert_eq!(upload.url.is_some(), include_upload_url);
        assert_eq!(upload.mime_type.as_deref(), Some("image/png"));
        let message = upload.clone().caption("در راه است");
        seller.create_message(chat, message).await.unwrap();

        let page = customer(&emulator).get_messages(chat).await.unwrap();
        assert_eq!(page.items[0].message_type, MessageType::Picture);
        let content = &page.items[0].content;
        assert_eq!(content.text.as_deref(), Some("در راه است"));
        let file = &content.files.as_ref().unwrap()[0];
        assert_eq!(file.id, Some(upload.id));
        assert_eq!(file.url.as_deref(), Some(upload.url()));
        assert_eq!(file.name.as_deref(), Some("مرسوله.png"));
        assert_eq!(file.size, Some(5));
    }
}

#[tokio::test]
async fn upload_result_becomes_a_message() {
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.method(POST).path("/v1/files");
        then.status(200).json_body(upload_result());
    });
    let file = json!({
        "id": 71, "url": "https://example.com/abc.jpg", "name": "parcel.jpg", "width": 800,
        "height": 600, "size": 5,
    });
    let sent = server.mock(|when, then| {
        when.method(POST)
            .path("/v1/chats/9/messages")
            .json_body(json!({
                "message_type": "picture",
                "content": { "text": "On its way!" },
                "attachment": { "files": [file] },
            }));
        then.status(200).json_body(json!({ "data": message(5) }));
    });
    let client = client(&server.base_url(), CANARY);
    let parcel = NewFile::from_bytes("parcel.jpg", "bytes");
    let upload = client.upload_picture(parcel).await.unwrap();
    let request = client.create_message(ChatId(9), upload.caption("On its way!"));
    request.await.unwrap();
    sent.assert();
}
