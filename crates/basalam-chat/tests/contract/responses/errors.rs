//! Every documented error response becomes an `Error` with its messages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use basalam_chat::{Client, Error};
use basalam_chat_openapi::StatusPattern;
use httpmock::{HttpMockResponse, MockServer};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::instances::{self, Form};
use crate::schema::Schema;

/// A service that responds with one error after another.
struct ErrorServer {
    runtime: Runtime,
    client: Client,
    response: Arc<Mutex<(u16, Value)>>,
    _server: MockServer,
}

impl ErrorServer {
    fn start() -> ErrorServer {
        let server = MockServer::start();
        let response = Arc::new(Mutex::new((500, Value::Null)));
        let next = response.clone();
        server.mock(move |_when, then| {
            then.respond_with(move |_| {
                let (status, body) = &*next.lock().unwrap();
                HttpMockResponse::builder()
                    .status(*status)
                    .header("content-type", "application/json")
                    .body(body.to_string())
                    .build()
            });
        });
        ErrorServer {
            runtime: crate::runtime(),
            client: crate::client(&server.base_url(), "the-token"),
            response,
            _server: server,
        }
    }

    fn error_for(&self, status: u16, body: &Value) -> Error {
        *self.response.lock().unwrap() = (status, body.clone());
        let call = self.client.get_chats().send();
        self.runtime.block_on(call).unwrap_err()
    }
}

/// Returns what an error lacks of the response that it was decoded from.
fn violation(error: &Error, status: u16, body: &Value) -> Option<String> {
    let is_right = match status {
        401 => error.is_unauthorized(),
        403 => error.is_forbidden(),
        404 => error.is_not_found(),
        422 => error.is_validation(),
        429 => error.is_rate_limited(),
        _ => error.is_server_error(),
    };
    if !is_right || error.status() != Some(status) {
        return Some(format!("{status} became {error}"));
    }
    if status == 422 {
        let problems = body["detail"].as_array().map_or(0, Vec::len);
        let decoded = error.validation().len();
        return (decoded != problems)
            .then(|| format!("{decoded} of {problems} problems were decoded"));
    }
    let problems = body["errors"].as_array().into_iter().flatten();
    let mut messages = problems.filter_map(|problem| problem["message"].as_str());
    messages
        .find(|text| !text.is_empty() && !error.messages().iter().any(|it| it == text))
        .map(|text| format!("the message {text:?} was not decoded"))
}

#[test]
fn every_documented_error_response_becomes_an_error_with_its_messages() {
    let document = crate::committed_document();
    let operations = document.operations().unwrap();
    let mut schemas = BTreeMap::new();
    for response in operations.iter().flat_map(|operation| &operation.responses) {
        let status = match response.status {
            StatusPattern::Code(status) if status >= 400 => status,
            StatusPattern::Range(5) => 503,
            _ => continue,
        };
        let media = response.content.iter();
        for media in media.filter(|media| media.name == "application/json") {
            schemas.insert(
                (response.pointer.to_string(), status),
                media.schema.unwrap(),
            );
        }
    }
    assert_eq!(schemas.len(), 6, "{:?}", schemas.keys());
    let service = ErrorServer::start();
    for ((at, status), schema) in schemas {
        let schema = Schema::new(&document, schema).unwrap();
        for form in Form::ALL {
            let instances = instances::strategy(&schema, form).unwrap();
            let outcome = super::check_each(&instances, |body| {
                let error = service.error_for(status, body);
                violation(&error, status, body).map_or(Ok(()), Err)
            });
            assert_eq!(outcome, Ok(()), "{at} {form:?}");
        }
    }
}
