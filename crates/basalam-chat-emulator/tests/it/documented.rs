use basalam_chat_openapi::Document;
use reqwest::Method;

use crate::support::{Answer, Service};

const SPOKEN: [&str; 5] = [
    "create_chat",
    "create_message",
    "get_chats",
    "get_current_user",
    "get_messages",
];

/// Asserts what the crate's documentation says about each operation of the document.
#[tokio::test]
async fn every_operation_of_the_document_is_spoken_or_an_unknown_route() {
    let document = Document::parse(include_str!("../../openapi/chat.json")).unwrap();
    let service = Service::start().await;
    for operation in document.operations().unwrap() {
        let id = operation.id.unwrap();
        let path = operation
            .path
            .replace("{chat_id}", "1")
            .replace("{token}", "1:a");
        let method = Method::from_bytes(operation.method.as_str().as_bytes()).unwrap();
        let request = service.request(method, &path, service.emulator.seller());
        let answer = Answer::of(request).await;
        if SPOKEN.contains(&id) {
            assert_eq!(answer.media_type, "application/json", "{id}: {answer:?}");
            assert!(answer.status < 500, "{id}: {answer:?}");
        } else {
            answer.assert_unknown_route();
        }
        assert_eq!(service.emulator.requests(id), Some(1), "{id}");
    }
}
