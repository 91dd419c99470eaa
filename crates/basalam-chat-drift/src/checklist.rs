//! What a person still has to do for a contract, in order.

use std::fmt::Write as _;

use basalam_chat_openapi::Pointer;

use crate::deviations;
use crate::difference::{Addition, Difference, Kind};
use crate::needs::{NEEDS, Need};
use crate::report::Report;

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

impl Report {
    /// Returns every file that a person has to edit, in order, as a list in Markdown.
    #[must_use]
    pub fn checklist(&self) -> String {
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
        let differences = self.differences.iter();
        if self.skipped.is_empty() && differences.clone().any(|it| it.addition.is_some()) {
            let command = "run the same command with `--apply`".to_owned();
            section("Additions", vec![command]);
        }
        let marks = self.needs.iter().map(|Need { line, at, what }| {
            format!("line {line}, `{at}`: write {what}; then remove `{NEEDS}`")
        });
        let decisions = differences.clone().map(|it| decision(it, self));
        section(crate::DOCUMENT, marks.chain(decisions).collect());
        let stale = self.stale.iter();
        let stale = stale.map(|it| format!("`{}`: remove {:?}", it.place, it.statement));
        section(deviations::PATH, stale.collect());
        let applied = self.needs.iter().filter_map(|it| operation(&it.at));
        let skipped = differences.filter(|it| it.addition == Some(Addition::Operation));
        for operation in applied.chain(skipped.map(|it| it.place.operation())) {
            let title = format!("The new operation {operation}");
            section(&title, NEW_OPERATION.map(str::to_owned).into());
        }
        section("At last", AT_LAST.map(str::to_owned).into());
        text
    }
}

/// Describes what to decide about a difference.
fn decision(difference: &Difference, report: &Report) -> String {
    let line = difference.line();
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
