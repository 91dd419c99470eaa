//! Error answers: every one that the document describes becomes an `Error` with what it says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use basalam_chat::{Client, Error, PersonalToken, RequestOptions, RetryPolicy};
use basalam_chat_openapi::StatusPattern;
use httpmock::{HttpMockResponse, MockServer};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::instances::{self, Form};
use crate::schema::Schema;

/// A service that answers one thing after another.
struct Refusing {
    runtime: Runtime,
    client: Client,
    answer: Arc<Mutex<(u16, Value)>>,
    _server: MockServer,
}

impl Refusing {
    fn start() -> Refusing {
        let server = MockServer::start();
        let answer = Arc::new(Mutex::new((500, Value::Null)));
        let to_answer = answer.clone();
        server.mock(move |_when, then| {
            then.respond_with(move |_| {
                let answer = to_answer.lock().unwrap();
                HttpMockResponse::builder()
                    .status(answer.0)
                    .header("content-type", "application/json")
                    .body(answer.1.to_string())
                    .build()
            });
        });
        let client = Client::builder(PersonalToken::new("the-token"))
            .base_url(server.base_url())
            .build()
            .unwrap();
        let once = RequestOptions::new().retry_policy(RetryPolicy::never());
        Refusing {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            client: client.with_options(once).unwrap(),
            answer,
            _server: server,
        }
    }

    fn refuse(&self, status: u16, answer: &Value) -> Error {
        *self.answer.lock().unwrap() = (status, answer.clone());
        let call = self.client.get_chats().send();
        self.runtime.block_on(call).unwrap_err()
    }
}

/// What an error must say of the answer that it was read from.
fn violation(error: &Error, status: u16, answer: &Value) -> Option<String> {
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
        let problems = answer["detail"].as_array().map_or(0, Vec::len);
        let read = error.validation().len();
        return (read != problems).then(|| format!("{read} of {problems} problems were read"));
    }
    let problems = answer["errors"].as_array().into_iter().flatten();
    let mut messages = problems.filter_map(|problem| problem["message"].as_str());
    messages
        .find(|text| !text.is_empty() && !error.messages().iter().any(|it| it == text))
        .map(|text| format!("the message {text:?} was not read"))
}

#[test]
fn every_error_answer_that_the_document_describes_becomes_an_error_with_its_messages() {
    let document = crate::committed();
    let operations = document.operations().unwrap();
    let mut answers = BTreeMap::new();
    for response in operations.iter().flat_map(|operation| &operation.responses) {
        let status = match response.status {
            StatusPattern::Code(status) if status >= 400 => status,
            StatusPattern::Range(5) => 503,
            _ => continue,
        };
        let media = response.content.iter();
        for media in media.filter(|media| media.name == "application/json") {
            answers.insert(
                (response.pointer.to_string(), status),
                media.schema.unwrap(),
            );
        }
    }
    assert_eq!(answers.len(), 6, "{:?}", answers.keys());
    let service = Refusing::start();
    for ((at, status), schema) in answers {
        let schema = Schema::of(&document, schema).unwrap();
        for form in Form::ALL {
            let instances = instances::of(&schema, form).unwrap();
            let outcome = super::on_each(&instances, |answer| {
                let error = service.refuse(status, answer);
                violation(&error, status, answer).map_or(Ok(()), Err)
            });
            assert_eq!(outcome, Ok(()), "{at} {form:?}");
        }
    }
}
