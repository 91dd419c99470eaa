//! Making the facade send, and keeping what it sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use basalam_chat::{Client, Error, PersonalToken, RequestOptions, RetryPolicy};
use basalam_chat_openapi::Document;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::{Map, Value};

/// The token that every call which needs one must bring.
pub(super) const TOKEN: &str = "the-token";

/// What a call must put where.
#[derive(Clone, Default)]
pub(super) struct Expected {
    pub(super) operation: &'static str,
    /// The call in words, for violations.
    pub(super) what: String,
    pub(super) path: BTreeMap<&'static str, String>,
    pub(super) query: BTreeMap<&'static str, String>,
    pub(super) headers: BTreeMap<&'static str, String>,
    pub(super) body: Option<Value>,
}

impl Expected {
    pub(super) fn of(operation: &'static str, what: impl Into<String>) -> Expected {
        Expected {
            operation,
            what: what.into(),
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

/// A call of the facade: what it must send, and what it sent.
pub(super) struct Call {
    pub(super) expected: Expected,
    pub(super) sent: Sent,
}

/// A request as it came over the wire.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// With names in lower case.
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

/// A service that takes every request, and answers as the document's examples do.
pub(super) struct Recorder {
    pub(super) client: Client,
    document: Document,
    answer: Arc<Mutex<Value>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    calls: Vec<Call>,
    _server: MockServer,
}

impl Recorder {
    pub(super) async fn start() -> Recorder {
        let answer = Arc::new(Mutex::new(Value::Null));
        let sent = Arc::new(Mutex::new(Vec::new()));
        let server = MockServer::start_async().await;
        let (to_answer, to_keep) = (answer.clone(), sent.clone());
        server
            .mock_async(move |_when, then| {
                then.respond_with(move |request| {
                    to_keep.lock().unwrap().push(Sent::read(request));
                    HttpMockResponse::builder()
                        .status(200)
                        .header("content-type", "application/json")
                        .body(to_answer.lock().unwrap().to_string())
                        .build()
                });
            })
            .await;
        let client = Client::builder(PersonalToken::new(TOKEN))
            .base_url(server.base_url())
            .build()
            .unwrap();
        let once = RequestOptions::new().retry_policy(RetryPolicy::never());
        Recorder {
            client: client.with_options(once).unwrap(),
            document: crate::committed(),
            answer,
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
        *self.answer.lock().unwrap() = self.example(expected.operation);
        let what = format!("{} {}", expected.operation, expected.what);
        if let Err(error) = call.await {
            panic!("{what}: {error}");
        }
        let mut sent = std::mem::take(&mut *self.sent.lock().unwrap());
        assert_eq!(sent.len(), 1, "{what}: requests");
        let sent = sent.remove(0);
        self.calls.push(Call { expected, sent });
    }

    pub(super) fn into_calls(self) -> Vec<Call> {
        self.calls
    }

    /// The example of an operation's answer.
    fn example(&self, id: &str) -> Value {
        let operations = self.document.operations().unwrap();
        let operation = operations.iter().find(|it| it.id == Some(id)).unwrap();
        let (_, schema) = crate::success(operation).unwrap();
        let schema = self.document.resolve(schema, &operation.pointer).unwrap();
        schema.get("example").unwrap().clone()
    }
}

/// Every text, number and truth value that a call is expected to send.
pub(super) fn newtypes(expected: &Expected) -> Vec<String> {
    fn walk(value: &Value, newtypes: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, newtypes)),
            Value::Object(members) => Map::values(members).for_each(|it| walk(it, newtypes)),
            Value::String(text) => newtypes.push(text.clone()),
            other => newtypes.push(other.to_string()),
        }
    }
    let parameters = [&expected.path, &expected.query, &expected.headers];
    let mut newtypes: Vec<String> = parameters
        .into_iter()
        .flat_map(|values| values.values().cloned())
        .collect();
    if let Some(body) = &expected.body {
        walk(body, &mut newtypes);
    }
    newtypes
}
