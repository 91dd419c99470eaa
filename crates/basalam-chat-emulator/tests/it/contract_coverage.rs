use std::collections::BTreeSet;

use basalam_chat_openapi::Document;
use reqwest::Method;

use crate::support::{BufferedResponse, Service};

/// Fails if an operation is added to the contract but not to the emulator.
#[tokio::test]
async fn implements_every_documented_operation() {
    let document = Document::parse(include_str!("../../openapi/chat.json")).unwrap();
    let service = Service::start().await;
    let mut ids = BTreeSet::new();
    for operation in document.operations().unwrap() {
        let id = operation.id.unwrap();
        let path = operation
            .path
            .replace("{chat_id}", "1")
            .replace("{token}", "1:a")
            .replace("{webhook_id}", "1");
        let method = Method::from_bytes(operation.method.as_str().as_bytes()).unwrap();
        let request = service.request(method, &path, service.emulator.seller());
        let response = BufferedResponse::send(request).await;
        assert_eq!(
            response.media_type, "application/json",
            "{id}: {response:?}"
        );
        assert!(response.status < 500, "{id}: {response:?}");
        assert_eq!(service.emulator.request_count(id), Some(1), "{id}");
        ids.insert(id);
    }
    assert!(ids.len() >= 32, "{ids:?}");
}
