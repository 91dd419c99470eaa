//! What a person still has to do for a contract, in order.

use std::fmt::Write as _;

use basalam_chat_openapi::Pointer;
use serde_json::Value;

use crate::deviations;
use crate::difference::{Addition, Difference, Kind};
use crate::report::Report;

/// The extension of the document that lists what a person still has to write or decide.
pub(crate) const NEEDS: &str = "x-needs";

/// A mark in the document: its line, its owner, and what a person has to write.
pub(crate) struct Need {
    line: usize,
    at: Pointer,
    what: String,
}

/// Returns the marks in a formatted document, in the order of their lines.
pub(crate) fn needs(json: &str, document: &Value) -> Vec<Need> {
    let mut found = Vec::new();
    add_needs(document, &Pointer::default(), &mut found);
    let is_mark = |(_, line): &(usize, &str)| line.trim_start().starts_with("\"x-needs\"");
    let lines = json.lines().enumerate().filter(is_mark);
    for (need, (index, _)) in found.iter_mut().zip(lines) {
        need.line = index + 1;
    }
    found
}

fn add_needs(value: &Value, at: &Pointer, found: &mut Vec<Need>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Value::Array(items) => (0..).map(|it: usize| it.to_string()).zip(items).collect(),
        _ => return,
    };
    for (name, child) in children {
        match child.as_array().filter(|_| name == NEEDS) {
            Some(list) => {
                let what: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                found.push(Need {
                    line: 0,
                    at: at.clone(),
                    what: what.join(", "),
                });
            }
            None => add_needs(child, &at.child(name), found),
        }
    }
}

/// What a new operation needs outside of the document.
const NEW_OPERATION: [&str; 3] = [
    "crates/basalam-chat-emulator/src/operations.rs: a handler",
    "crates/basalam-chat/src: a method of the client",
    "crates/basalam-chat/tests: a run in it/support/all_operations.rs, samples in contract",
];

/// What every change of the document needs.
const AT_LAST: [&str; 4] = [
    "run `cargo xtask generate`, and drift again until nothing is left",
    "openapi/vendor-shape.json: record the contract with `--record`",
    "CHANGELOG.md: describe the changes that users see",
    "docs/public-api: run `cargo xtask public-api`",
];

/// Lists every file that a person has to edit, with a box for each place in it.
pub(crate) fn checklist(report: &Report) -> String {
    let mut text = String::new();
    let mut step = 0;
    let mut section = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            step += 1;
            let _ = writeln!(text, "{step}. {title}");
            for item in items {
                let _ = writeln!(text, "   - [ ] {item}");
            }
        }
    };
    let is_new = |it: &&Difference| it.addition == Some(Addition::Operation);
    if report.skipped.is_empty() && report.differences.iter().any(|it| it.addition.is_some()) {
        section(
            "Additions",
            vec!["run the same command with `--apply`".to_owned()],
        );
    }
    let marks = report.needs.iter().map(|Need { line, at, what }| {
        format!("line {line}, `{at}`: write {what}; then remove `{NEEDS}`")
    });
    let differences = report.differences.iter().map(|it| decision(it, report));
    section(crate::DOCUMENT, marks.chain(differences).collect());
    let stale = report.stale.iter();
    let stale = stale.map(|it| format!("`{}`: remove {:?}", it.place, it.statement));
    section(deviations::PATH, stale.collect());
    let operations = report.needs.iter().filter_map(|it| operation(&it.at));
    let skipped = report
        .differences
        .iter()
        .filter(is_new)
        .map(|it| it.place.operation());
    for operation in operations.chain(skipped) {
        section(
            &format!("The new operation {operation}"),
            NEW_OPERATION.map(str::to_owned).into(),
        );
    }
    section("At last", AT_LAST.map(str::to_owned).into());
    text
}

/// Describes what to decide about a difference.
fn decision(difference: &Difference, report: &Report) -> String {
    let line = format!("{}: {}", difference.place, difference.statement());
    let skipped = report.skipped.iter().find(|(skipped, _)| *skipped == line);
    let todo = match (difference.kind, skipped) {
        (_, Some((_, reason))) => reason,
        (Kind::Moved, _) => "change the path here, and in the places of openapi/deviations.json",
        _ => "follow the contract, or explain it in openapi/deviations.json",
    };
    format!("`{}`: {}; {todo}", difference.place, difference.statement())
}

/// Returns the operation at a location, such as `GET /v1/chats`.
fn operation(at: &Pointer) -> Option<String> {
    let segments: Vec<String> = at.segments().collect();
    match segments.as_slice() {
        [paths, path, method] if paths == "paths" => {
            Some(format!("{} {path}", method.to_ascii_uppercase()))
        }
        _ => None,
    }
}
