//! Mutated responses: one malformed item never fails its page, and everything that was received is found again
//! in typed fields, in `extra` or in unreadable items.

mod mutation;
mod recovery;

use basalam_chat::UnreadableItem;
use basalam_chat_openapi::Operation;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use super::decoders;
use super::instances::{self, Form};
use crate::schema::Schema;
use mutation::{Mutator, Random};

/// The number of mutated responses for each operation.
const CASES: u64 = 10_000;

/// The number of valid responses of each form that are mutated.
const RESPONSES: usize = 25;

/// A response that was decoded in the tolerant way.
pub(super) struct Decoded {
    /// Encoded again.
    pub(super) encoded: Value,
    pub(super) unreadable: Vec<UnreadableItem>,
}

/// Checks one operation, and returns the first violations with their seeds.
fn check(operation: &Operation<'_>, schema: &Schema, cases: u64) -> Vec<String> {
    let name = crate::operation_name(operation);
    let Some(decoder) = operation.id.and_then(decoders::tolerant_for_operation) else {
        return vec![format!("{name}: no generated type decodes its response")];
    };
    let responses = valid_responses(schema);
    let violation = |seed| {
        let mut random = Random::new(seed);
        let response = &responses[random.below(responses.len())];
        let mut mutator = Mutator::new(schema, response.clone(), random);
        let count = 1 + mutator.random.below(3);
        (0..count).for_each(|_| mutator.mutate());
        let json = mutator.to_json();
        let violation = match decoder(&json) {
            Ok(decoded) => recovery::losses(&mutator.response, &decoded).err(),
            Err(_) if mutator.may_fail() => None,
            Err(error) => Some(format!("the response fails: {error}")),
        };
        let shorten = |json: &str| json.chars().take(3_000).collect::<String>();
        violation.map(|it| format!("{name}, seed {seed}: {it}, in {}", shorten(&json)))
    };
    (0..cases).filter_map(violation).take(3).collect()
}

fn valid_responses(schema: &Schema) -> Vec<Value> {
    let seeded = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), seeded);
    let mut responses = Vec::new();
    for form in Form::ALL {
        let strategy = instances::strategy(schema, form).unwrap();
        for _ in 0..RESPONSES {
            responses.push(strategy.new_tree(&mut runner).unwrap().current());
        }
    }
    responses
}

fn check_all(is_selected: impl Fn(&str) -> bool + Sync) -> Vec<String> {
    let document = crate::committed_document();
    let operations = document.operations().unwrap();
    let selected: Vec<&Operation<'_>> = operations
        .iter()
        .filter(|operation| is_selected(&crate::operation_name(operation)))
        .collect();
    assert!(!selected.is_empty());
    let check = |operation: &&Operation<'_>| {
        let schema = crate::success_schema(operation).unwrap();
        check(operation, &Schema::new(&document, schema).unwrap(), CASES)
    };
    selected.iter().flat_map(check).collect()
}

#[test]
fn mutated_messages_are_found_again() {
    crate::assert_no_violations(&check_all(|operation| operation == "get_messages"));
}

#[test]
fn mutated_chats_are_found_again() {
    crate::assert_no_violations(&check_all(|operation| operation == "get_chats"));
}

/// These tests take long, so they are separate to run in parallel.
#[test]
fn mutated_responses_about_webhooks_are_found_again() {
    crate::assert_no_violations(&check_all(is_about_webhooks));
}

#[test]
fn mutated_responses_of_other_operations_are_found_again() {
    let violations = check_all(|operation| {
        !is_about_webhooks(operation) && !["get_messages", "get_chats"].contains(&operation)
    });
    crate::assert_no_violations(&violations);
}

fn is_about_webhooks(operation: &str) -> bool {
    operation.contains("webhook")
}

#[test]
fn losses_are_detected() {
    let decoded = |encoded: Value| Decoded {
        encoded,
        unreadable: Vec::new(),
    };
    for (received, encoded) in [
        (r#"{"a": 1}"#, r#"{}"#),
        (r#"{"a": "1x"}"#, r#"{"a": 1}"#),
        (r#"{"a": 2}"#, r#"{"a": true}"#),
        (r#"{"a": [1, 2]}"#, r#"{"a": [1]}"#),
        (r#"{"a": {"b": 1}}"#, r#"{"a": []}"#),
        (r#"{}"#, r#"{"a": 1}"#),
        (r#"{"a": 1.5}"#, r#"{"a": 1}"#),
        (r#"{"a": "x"}"#, r#"{}"#),
    ] {
        let [received, encoded] = [received, encoded].map(|it| serde_json::from_str(it).unwrap());
        assert!(recovery::losses(&received, &decoded(encoded)).is_err());
    }
}
