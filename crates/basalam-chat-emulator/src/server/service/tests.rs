use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::Emulator;

/// Returns the response to `get_current_user` if `handler` handles it.
fn response_of(handler: Handler) -> (u16, String) {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let service = emulator.service();
    let authorization = format!("Bearer {}", emulator.seller().token());
    let request = RequestParts {
        path: Vec::new(),
        query: Vec::new(),
        headers: &HeaderMap::from_iter([(AUTHORIZATION, authorization.parse().unwrap())]),
        body: &Bytes::new(),
        form: None,
    };
    let operation = service.contract().operation("get_current_user").unwrap();
    let response = service.handle(operation, handler, &request, &LogContext::default());
    (response.status, response.body)
}

#[test]
fn responses_that_violate_the_document_become_500() {
    let (status, body) = response_of(Handler::Json(|_, _| Ok(json!({ "id": [] }))));
    assert_eq!(status, 500);
    for part in ["get_current_user", "/id", "bug"] {
        assert!(body.contains(part), "{body}");
    }
    // The operation documents no 404.
    let (status, _) = response_of(Handler::Json(|_, _| Err(ServiceError::NotFound)));
    assert_eq!(status, 500);
    let (status, _) = response_of(Handler::Json(|_, _| Ok(json!({ "id": 1 }))));
    assert_eq!(status, 200);
}
