//! A mock server that records the requests of the facade.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use basalam_chat::{Client, Error};
use basalam_chat_openapi::Document;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::{Map, Value};

/// The access token of every call that needs one.
pub(super) const TOKEN: &str = "the-token";

/// The expected request of a call.
#[derive(Clone, Default)]
pub(super) struct Expected {
    pub(super) operation: &'static str,
    /// Describes the call in violations.
    pub(super) description: String,
    pub(super) path: BTreeMap<&'static str, String>,
    pub(super) query: BTreeMap<&'static str, String>,
    pub(super) headers: BTreeMap<&'static str, String>,
    pub(super) body: Option<Value>,
}

impl Expected {
    pub(super) fn new(operation: &'static str, description: impl Into<String>) -> Expected {
        Expected {
            operation,
            description: description.into(),
            ..Expected::default()
        }
    }

    pub(super) fn path(mut self, name: &'static str, value: impl ToString) -> Expected {
        self.path.insert(name, value.to_string());
        self
    }

    pub(super) fn query(mut self, name: &'static str, value: impl ToString) -> Expected {
        self.query.insert(name, value.to_string());
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: impl ToString) -> Expected {
        self.headers.insert(name, value.to_string());
        self
    }

    pub(super) fn body(mut self, body: Value) -> Expected {
        self.body = Some(body);
        self
    }
}

/// A call of the facade: the expected request and the sent one.
pub(super) struct Call {
    pub(super) expected: Expected,
    pub(super) sent: Sent,
}

/// A received request.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// The names are in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Sent {
    fn read(request: &HttpMockRequest) -> Sent {
        let headers = request.headers_vec().iter();
        Sent {
            method: request.method_str().to_owned(),
            path: request.uri().path().to_owned(),
            query: request.query_params(),
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                .collect(),
            body: request.body_vec(),
        }
    }
}

/// A server that accepts every request, and responds with the examples of the document.
pub(super) struct Recorder {
    pub(super) client: Client,
    document: Document,
    response: Arc<Mutex<Value>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    calls: Vec<Call>,
    _server: MockServer,
}

impl Recorder {
    pub(super) async fn start() -> Recorder {
        let response = Arc::new(Mutex::new(Value::Null));
        let sent = Arc::new(Mutex::new(Vec::new()));
        let server = MockServer::start_async().await;
        let (next, requests) = (response.clone(), sent.clone());
        server
            .mock_async(move |_when, then| {
                then.respond_with(move |request| {
                    requests.lock().unwrap().push(Sent::read(request));
                    HttpMockResponse::builder()
                        .status(200)
                        .header("content-type", "application/json")
                        .body(next.lock().unwrap().to_string())
                        .build()
                });
            })
            .await;
        Recorder {
            client: crate::client(&server.base_url(), TOKEN),
            document: crate::committed_document(),
            response,
            sent,
            calls: Vec::new(),
            _server: server,
        }
    }

    /// Runs one call, which must succeed with one request.
    pub(super) async fn run<T>(
        &mut self,
        expected: Expected,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) {
        *self.response.lock().unwrap() = self.example(expected.operation);
        let name = format!("{} {}", expected.operation, expected.description);
        if let Err(error) = call.await {
            panic!("{name}: {error}");
        }
        let mut sent = std::mem::take(&mut *self.sent.lock().unwrap());
        assert_eq!(sent.len(), 1, "{name}: requests");
        let sent = sent.remove(0);
        self.calls.push(Call { expected, sent });
    }

    pub(super) fn into_calls(self) -> Vec<Call> {
        self.calls
    }

    /// Returns the example of the response of an operation.
    fn example(&self, id: &str) -> Value {
        let operations = self.document.operations().unwrap();
        let operation = operations.iter().find(|it| it.id == Some(id)).unwrap();
        let schema = crate::success_schema(operation).unwrap();
        let schema = self.document.resolve(schema, &operation.pointer).unwrap();
        schema.get("example").unwrap().clone()
    }
}

/// Returns every string, number and boolean that a call is expected to send.
pub(super) fn expected_values(expected: &Expected) -> Vec<String> {
    fn walk(value: &Value, values: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, values)),
            Value::Object(fields) => Map::values(fields).for_each(|it| walk(it, values)),
            Value::String(string) => values.push(string.clone()),
            other => values.push(other.to_string()),
        }
    }
    let parameters = [&expected.path, &expected.query, &expected.headers];
    let mut values: Vec<String> = parameters
        .into_iter()
        .flat_map(|it| it.values().cloned())
        .collect();
    if let Some(body) = &expected.body {
        walk(body, &mut values);
    }
    values
}
