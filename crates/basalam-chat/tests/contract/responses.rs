//! The generated types decode every response that the document allows, and encoding it again loses no
//! documented property. Error responses become an `Error`.

mod decoders;
mod errors;
mod instances;
mod roundtrip;
mod tolerance;

use std::cell::RefCell;
use std::collections::BTreeSet;

use basalam_chat_openapi::{Document, Operation};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_json::Value;

use crate::schema::Schema;
use decoders::Decoder;
use instances::Form;
use roundtrip::{Comparison, Normalization};

/// The number of responses of each form, for each operation.
const CASES: u32 = 16;

/// The findings of a check in one document.
#[derive(Default)]
struct Findings {
    violations: Vec<String>,
    normalizations: BTreeSet<Normalization>,
}

/// Returns the responses of one operation that a document allows and the generated types do not decode.
pub(crate) fn violations(document: &Document, operation: &str) -> Vec<String> {
    find(document, |id| id == operation).violations
}

fn find(document: &Document, is_selected: impl Fn(&str) -> bool) -> Findings {
    let mut findings = Findings::default();
    let operations = match document.operations() {
        Ok(operations) => operations,
        Err(error) => {
            findings.violations.push(error.to_string());
            return findings;
        }
    };
    for operation in &operations {
        if !is_selected(&crate::operation_name(operation)) {
            continue;
        }
        if let Err(violation) = decode_all(document, operation, &mut findings) {
            let name = crate::operation_name(operation);
            findings.violations.push(format!("{name}: {violation}"));
        }
    }
    findings
}

/// Decodes responses of every form, up to the first violation.
fn decode_all(
    document: &Document,
    operation: &Operation<'_>,
    findings: &mut Findings,
) -> Result<(), String> {
    let decoder = operation
        .id
        .and_then(decoders::for_operation)
        .ok_or("no generated type decodes its response")?;
    let schema = crate::success_schema(operation).ok_or("it documents no success response")?;
    let schema = Schema::new(document, schema)?;
    for form in Form::ALL {
        let normalizations = RefCell::new(&mut findings.normalizations);
        let instances = instances::strategy(&schema, form)?;
        check_each(&instances, |response| {
            let comparison = compare(&schema, decoder, response)?;
            normalizations
                .borrow_mut()
                .extend(comparison.normalizations);
            match comparison.losses.is_empty() {
                true => Ok(()),
                false => Err(comparison.losses.join(", ")),
            }
        })
        .map_err(|violation| format!("{form:?}: {violation}"))?;
    }
    Ok(())
}

fn compare<'a>(
    schema: &'a Schema,
    decoder: Decoder,
    response: &Value,
) -> Result<Comparison<'a>, String> {
    let errors = schema.errors(response);
    if !errors.is_empty() {
        return Err(format!(
            "the generator broke the schema: {}",
            errors.join(", ")
        ));
    }
    let encoded = decoder(&response.to_string())?;
    let mut comparison = Comparison::new(schema);
    comparison.compare(schema.root(), response, &encoded, "response");
    Ok(comparison)
}

/// Runs a check on instances that are the same in every run. The violation shows a shrunk instance.
fn check_each(
    instances: &impl Strategy<Value = Value>,
    check: impl Fn(&Value) -> Result<(), String>,
) -> Result<(), String> {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let seeded = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, seeded).run(instances, |instance| {
        check(&instance).map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(reason, smallest)) => Err(format!("{reason}, as in {smallest}")),
        Err(TestError::Abort(reason)) => Err(reason.to_string()),
    }
}

#[test]
fn every_documented_response_is_decoded_without_losses() {
    let findings = find(&crate::committed_document(), |_| true);
    crate::assert_no_violations(&findings.violations);
    // An unused normalization could hide a loss later.
    let all = BTreeSet::from(Normalization::ALL);
    assert_eq!(findings.normalizations, all);
}

#[test]
fn violations_show_a_shrunk_response() {
    let root = serde_json::json!({
        "type": "object",
        "required": ["count", "more_than_count"],
        "properties": {
            "count": { "type": "string" },
            "more_than_count": { "type": "boolean" },
        },
    });
    let schema = Schema::from_json_schema(root);
    let decoder = decoders::for_operation("get_unseen_chat_count").unwrap();
    let instances = instances::strategy(&schema, Form::Complete).unwrap();
    let violation =
        check_each(&instances, |it| compare(&schema, decoder, it).map(drop)).unwrap_err();
    let smallest = r#"{"count":"","more_than_count":false}"#;
    assert!(violation.contains(smallest), "{violation}");
    assert!(violation.starts_with("count: "), "{violation}");
}
