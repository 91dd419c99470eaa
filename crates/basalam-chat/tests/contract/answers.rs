//! Every answer that the document allows is read by the generated types, and writing it again loses
//! no member that the document names; error answers are read into `Error`.

mod errors;
mod instances;
mod kept;
mod readers;

use std::cell::RefCell;
use std::collections::BTreeSet;

use basalam_chat_openapi::{Document, Operation};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_json::Value;

use crate::schema::Schema;
use instances::Form;
use kept::{Comparison, Normalisation};
use readers::Reader;

/// How many answers of each form are read, for each operation.
const CASES: u32 = 16;

/// What a check found in one document.
#[derive(Default)]
struct Findings {
    violations: Vec<String>,
    met: BTreeSet<Normalisation>,
}

/// Where the generated types do not read what a document allows one operation to answer.
pub(crate) fn violations(document: &Document, operation: &str) -> Vec<String> {
    find(document, |id| id == operation).violations
}

fn find(document: &Document, is_meant: impl Fn(&str) -> bool) -> Findings {
    let mut findings = Findings::default();
    let operations = match document.operations() {
        Ok(operations) => operations,
        Err(error) => {
            findings.violations.push(error.to_string());
            return findings;
        }
    };
    for operation in &operations {
        if !is_meant(&crate::name_of(operation)) {
            continue;
        }
        if let Err(violation) = read_all(document, operation, &mut findings) {
            let name = crate::name_of(operation);
            findings.violations.push(format!("{name}: {violation}"));
        }
    }
    findings
}

/// Reads answers of every form, up to the first that is not read.
fn read_all(
    document: &Document,
    operation: &Operation<'_>,
    findings: &mut Findings,
) -> Result<(), String> {
    let reader = operation
        .id
        .and_then(readers::of)
        .ok_or("no generated type reads its answer")?;
    let (_, schema) = crate::success(operation).ok_or("it documents no success answer")?;
    let schema = Schema::of(document, schema)?;
    for form in Form::ALL {
        let met = RefCell::new(&mut findings.met);
        let instances = instances::of(&schema, form)?;
        on_each(&instances, |answer| {
            let comparison = compare(&schema, reader, answer)?;
            met.borrow_mut().extend(comparison.met);
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
    reader: Reader,
    answer: &Value,
) -> Result<Comparison<'a>, String> {
    let errors = schema.errors(answer);
    if !errors.is_empty() {
        return Err(format!(
            "the generator broke the schema: {}",
            errors.join(", ")
        ));
    }
    let written = reader(&answer.to_string())?;
    let mut comparison = Comparison::new(schema);
    comparison.compare(schema.root(), answer, &written, "answer");
    Ok(comparison)
}

/// Runs a check on instances that are the same at every run; the violation shows one made small.
fn on_each(
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
fn every_answer_that_the_document_allows_is_read_and_nothing_it_names_is_lost() {
    let findings = find(&crate::committed(), |_| true);
    crate::assert_none(&findings.violations);
    // A normalisation that nothing needs would hide a loss one day.
    let all = BTreeSet::from(Normalisation::ALL);
    assert_eq!(findings.met, all);
}

#[test]
fn an_answer_that_is_not_read_is_shown_made_small() {
    let root = serde_json::json!({
        "type": "object",
        "required": ["count", "more_than_count"],
        "properties": {
            "count": { "type": "string" },
            "more_than_count": { "type": "boolean" },
        },
    });
    let schema = Schema::from_json_schema(root);
    let reader = readers::of("get_unseen_chat_count").unwrap();
    let instances = instances::of(&schema, Form::Whole).unwrap();
    let violation = on_each(&instances, |it| compare(&schema, reader, it).map(drop)).unwrap_err();
    let smallest = r#"{"count":"","more_than_count":false}"#;
    assert!(violation.contains(smallest), "{violation}");
    assert!(violation.starts_with("count: "), "{violation}");
}
