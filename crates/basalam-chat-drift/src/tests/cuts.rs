//! Applying the recorded contracts to the committed document without some of its parts.

use std::collections::BTreeMap;

use super::*;
use crate::apply::parse;
use crate::difference::Kind;

fn committed(path: &str) -> String {
    fs::read_to_string(workspace_root().join(path)).unwrap()
}

/// Creates a workspace with a document and the committed deviations and record.
fn workspace_with(document: &Value) -> tempfile::TempDir {
    let folder = workspace(&(format!("{document:#}") + "\n"));
    for path in [deviations::PATH, recorded::PATH] {
        fs::write(folder.path().join(path), committed(path)).unwrap();
    }
    folder
}

fn apply_recorded(document: &Value) -> (Report, Value) {
    let folder = workspace_with(document);
    let options = Options {
        apply: true,
        ..Options::default()
    };
    let report = run(folder.path(), &options).unwrap();
    let json = fs::read_to_string(folder.path().join(DOCUMENT)).unwrap();
    (report, parse(&json).unwrap())
}

fn schema_names(document: &Value) -> Vec<&String> {
    let schemas = document["components"]["schemas"].as_object().unwrap();
    schemas.keys().collect()
}

#[test]
fn every_removed_operation_is_applied_again_with_the_types_of_the_document() {
    let document = parse(&committed(DOCUMENT)).unwrap();
    let full = read_shape(&document.to_string()).unwrap();
    let mut problems: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in full.operations() {
        let name = format!("{} {}", operation.method, operation.path);
        // No contract describes it.
        if name == "GET /v1/users/me" {
            continue;
        }
        let mut cut = document.clone();
        let path = cut["paths"][&operation.path].as_object_mut().unwrap();
        path.shift_remove(operation.method.key()).unwrap();
        let (report, applied) = apply_recorded(&cut);
        let mut found: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
        found.extend(
            report
                .stale
                .iter()
                .map(|it| format!("stale {} {}", it.place, it.statement)),
        );
        found.extend(report.skipped.iter().map(|it| format!("skipped {it:?}")));
        let shape = read_shape(&applied.to_string()).unwrap();
        // A person decides on security, and no contract describes most errors.
        let differences = compare(&full, &shape);
        let is_decided = |it: &&difference::Difference| {
            it.kind == Kind::Security
                || (it.kind == Kind::Response && !it.place.to_string().contains("→ 2"))
        };
        found.extend(
            differences
                .iter()
                .filter(|it| !is_decided(it))
                .map(ToString::to_string),
        );
        let responses = &applied["paths"][&operation.path][operation.method.key()]["responses"];
        if let Some(response) = responses.get("422").filter(|it| it.get("$ref").is_none()) {
            found.push(format!("written out: {response}"));
        }
        let new = schema_names(&applied);
        let known = schema_names(&document);
        found.extend(
            new.iter()
                .filter(|it| !known.contains(it))
                .map(|it| format!("new schema {it}")),
        );
        if !found.is_empty() {
            problems.insert(name, found);
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}
