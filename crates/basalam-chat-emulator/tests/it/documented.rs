use std::collections::BTreeSet;

use basalam_chat_openapi::Document;
use reqwest::Method;

use crate::support::{Answer, Service};

/// Asserts that whatever the document gains is spoken, too.
#[tokio::test]
async fn every_operation_of_the_document_is_spoken() {
    let document = Document::parse(include_str!("../../openapi/chat.json")).unwrap();
    let service = Service::start().await;
    let mut ids = BTreeSet::new();
    for operation in document.operations().unwrap() {
        let id = operation.id.unwrap();
        let path = operation
            .path
            .replace("{chat_id}", "1")
            .replace("{token}", "1:a");
        let method = Method::from_bytes(operation.method.as_str().as_bytes()).unwrap();
        let request = service.request(method, &path, service.emulator.seller());
        let answer = Answer::of(request).await;
        assert_eq!(answer.media_type, "application/json", "{id}: {answer:?}");
        assert!(answer.status < 500, "{id}: {answer:?}");
        assert_eq!(service.emulator.request_count(id), Some(1), "{id}");
        ids.insert(id);
    }
    assert!(ids.len() >= 20, "{ids:?}");
}
