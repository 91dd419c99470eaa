//! Every request that the facade can make is valid against the document, with a value of its own for
//! every parameter, and there is no operation, parameter, member or value that is never sent.

mod calls;
mod capture;
mod check;
mod coverage;
mod form;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use basalam_chat_openapi::{Document, Operation};

use capture::Call;

/// What the facade sends, which no document changes.
static CALLS: LazyLock<Vec<Call>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(calls::make())
});

/// What the facade's requests and a document have against each other.
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
fn every_request_is_what_the_document_asks_for_and_all_that_it_offers_is_sent() {
    crate::assert_none(&violations(&crate::committed()));
}

#[test]
fn no_two_values_of_a_call_are_equal_so_that_shifted_ones_are_seen() {
    for call in CALLS.iter() {
        let mut seen = BTreeSet::new();
        for value in capture::newtypes(&call.expected) {
            let Call { expected, .. } = call;
            assert!(
                seen.insert(value.clone()),
                "{} {} sends {value:?} twice",
                expected.operation,
                expected.what
            );
        }
    }
}

#[test]
fn two_parameters_that_changed_places_are_seen() {
    let document = crate::committed();
    let operations = document.operations().unwrap();
    let operation = operations
        .iter()
        .find(|it| it.id == Some("get_chats"))
        .unwrap();
    let call = CALLS
        .iter()
        .find(|call| call.expected.operation == "get_chats" && call.expected.what == "with all set")
        .unwrap();
    let mut shifted = Call {
        expected: call.expected.clone(),
        sent: call.sent.clone(),
    };
    for (name, _) in &mut shifted.sent.query {
        *name = match name.as_str() {
            "updated_from" => "updated_before".to_owned(),
            "updated_before" => "updated_from".to_owned(),
            _ => continue,
        };
    }
    let violations = check::violations(&document, operation, &shifted);
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(violations[0].contains("updated_before"), "{violations:?}");
}
