//! The collected texts of errors.

use std::error::Error as _;
use std::fmt::Write;

use basalam_chat::{Error, ErrorKind};

use crate::support::CANARY;

/// Collects the texts of errors.
#[derive(Default)]
pub(super) struct Snapshot {
    pub(super) text: String,
    pub(super) kinds: Vec<ErrorKind>,
}

impl Snapshot {
    pub(super) fn title(&mut self, title: &str) {
        writeln!(self.text, "# {title}\n").unwrap();
    }

    /// Adds the texts of an error and its sources.
    pub(super) fn add(&mut self, name: &str, error: impl Into<Option<Error>>) {
        let error = error.into().unwrap_or_else(|| panic!("{name}: no error"));
        self.kinds.push(error.kind());
        let mut shown = format!("## {name}\n\n{error}\n\n");
        let debug = format!("{error:?}");
        // The sources are of other crates.
        let debug = debug.split(", source: ").next().unwrap();
        writeln!(shown, "    {debug}").unwrap();
        writeln!(
            shown,
            "    is_transient: {}, needs_login: {}, may_have_succeeded: {}",
            error.is_transient(),
            error.needs_login(),
            error.may_have_succeeded()
        )
        .unwrap();
        let mut source = error.source();
        while let Some(cause) = source {
            writeln!(shown, "    caused by: {cause}").unwrap();
            source = cause.source();
        }
        assert!(!shown.contains(CANARY), "{shown}");
        writeln!(self.text, "{}", without_local_facts(&shown)).unwrap();
    }
}

/// Replaces ports, and the codes of errors of the operating system.
fn without_local_facts(text: &str) -> String {
    let mut replaced = text.to_owned();
    for (prefix, replacement) in [("127.0.0.1:", "PORT"), ("(os error ", "CODE")] {
        let mut parts = replaced.split(prefix);
        let mut result = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|it: char| !it.is_ascii_digit());
            let rest = &part[end.unwrap_or(part.len())..];
            result.push_str(&format!("{prefix}{replacement}{rest}"));
        }
        replaced = result;
    }
    replaced
}
