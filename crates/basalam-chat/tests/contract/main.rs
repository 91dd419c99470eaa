//! The document is compared with the generated code and with the requests of the facade.
//!
//! Each check is a function that takes a document and returns a list of violations. Each violation names
//! the operation or the schema and the place in it. The tests assert that the committed document has no
//! violations, and `mutations` asserts that changed documents have some.

// A failed `unwrap` fails the test, as it should.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "schemars")]
mod derived_schemas;
mod mutations;
mod requests;
mod responses;
mod schema;
mod up_to_date;

use std::time::{Duration, Instant, SystemTime};

use basalam_chat::time::{Clock, Sleep, SleepReason, SystemClock};
use basalam_chat::{Client, PersonalToken, RetryPolicy};
use basalam_chat_openapi::{Document, Operation};
use serde_json::Value;
use tokio::runtime::Runtime;

/// The document that the crates are generated from.
const DOCUMENT: &str = include_str!("../../../../openapi/chat.json");

fn committed_document() -> Document {
    Document::parse(DOCUMENT).unwrap()
}

/// Returns the name of an operation in violations: its id, or its method and path without one.
fn operation_name(operation: &Operation<'_>) -> String {
    let by_path = || format!("{} {}", operation.method.as_str(), operation.path);
    operation.id.map_or_else(by_path, str::to_owned)
}

/// Returns the schema of the success response that an operation documents.
fn success_schema<'a>(operation: &Operation<'a>) -> Option<&'a Value> {
    let content = &operation.response(200)?.content;
    let json = content.iter().find(|it| it.name == "application/json")?;
    json.schema
}

/// The system clock without pauses, which a client would wait for after each 429.
#[derive(Debug)]
struct NoPauses;

impl Clock for NoPauses {
    fn instant(&self) -> Instant {
        SystemClock.instant()
    }

    fn system_time(&self) -> SystemTime {
        SystemClock.system_time()
    }

    fn sleep(&self, duration: Duration, reason: SleepReason) -> Sleep {
        match reason {
            SleepReason::Backoff => Box::pin(std::future::ready(())),
            _ => SystemClock.sleep(duration, reason),
        }
    }
}

/// Returns a client without retries for a mock server.
fn client(base_url: &str, token: &str) -> Client {
    Client::builder(PersonalToken::new(token))
        .base_url(base_url)
        .retry_policy(RetryPolicy::never())
        .clock(NoPauses)
        .build()
        .unwrap()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Panics with one violation per line.
#[track_caller]
fn assert_no_violations(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}
