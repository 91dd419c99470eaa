//! Every request of the facade is valid against the document, with a distinct value for every parameter,
//! and every documented operation, parameter, property and enum value is sent.

mod calls;
mod check;
mod coverage;
mod multipart;
mod recorder;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use basalam_chat_openapi::{Document, Operation};

use recorder::Call;

/// The requests of the facade, which do not depend on the document.
static CALLS: LazyLock<Vec<Call>> = LazyLock::new(|| crate::runtime().block_on(calls::make()));

/// Returns the differences between the requests of the facade and a document.
pub(crate) fn violations(document: &Document) -> Vec<String> {
    let operations = match document.operations() {
        Ok(operations) => operations,
        Err(error) => return vec![error.to_string()],
    };
    let mut violations = Vec::new();
    for call in CALLS.iter() {
        let with_id = |it: &&Operation<'_>| it.id == Some(call.expected.operation);
        match operations.iter().find(with_id) {
            Some(operation) => violations.extend(check::violations(document, operation, call)),
            None => violations.push(format!(
                "{}: the facade can call it, and the document does not have it",
                call.expected.operation
            )),
        }
    }
    for operation in &operations {
        let calls: Vec<&Call> = CALLS
            .iter()
            .filter(|call| operation.id == Some(call.expected.operation))
            .collect();
        violations.extend(coverage::violations(document, operation, &calls));
    }
    let mut seen = BTreeSet::new();
    violations.retain(|violation| seen.insert(violation.clone()));
    violations
}

#[test]
fn every_request_matches_the_document_and_everything_documented_is_sent() {
    crate::assert_no_violations(&violations(&crate::committed_document()));
}

#[test]
fn values_of_each_call_are_distinct() {
    for call in CALLS.iter() {
        let mut seen = BTreeSet::new();
        for value in recorder::expected_values(&call.expected) {
            let Call { expected, .. } = call;
            assert!(
                seen.insert(value.clone()),
                "{} {} sends {value:?} twice",
                expected.operation,
                expected.description
            );
        }
    }
}

#[test]
fn swapped_parameters_are_reported() {
    let document = crate::committed_document();
    let operations = document.operations().unwrap();
    let operation = operations
        .iter()
        .find(|it| it.id == Some("get_chats"))
        .unwrap();
    let call = CALLS
        .iter()
        .find(|call| {
            call.expected.operation == "get_chats" && call.expected.description == "with all set"
        })
        .unwrap();
    let mut swapped = Call {
        expected: call.expected.clone(),
        sent: call.sent.clone(),
    };
    for (name, _) in &mut swapped.sent.query {
        *name = match name.as_str() {
            "updated_from" => "updated_before".to_owned(),
            "updated_before" => "updated_from".to_owned(),
            _ => continue,
        };
    }
    let violations = check::violations(&document, operation, &swapped);
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(violations[0].contains("updated_before"), "{violations:?}");
}
