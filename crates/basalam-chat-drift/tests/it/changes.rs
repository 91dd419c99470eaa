//! Each class of change, as a pair of small documents and the lines it is told by.
//!
//! After the rules of oasdiff, whose names the tests bear where it has one.

mod answers;
mod bodies;
mod operations;
mod parameters;

use serde_json::Value;

use crate::documents::lines;

/// Going over from `here` to `there` is told by just these lines.
fn told(here: Value, there: Value, wanted: &[&str]) {
    assert_eq!(lines(&here, &there), wanted, "{here} → {there}");
}

/// A change, and what it is told by there and back.
fn told_both(here: Value, there: Value, going: &str, coming_back: &str) {
    told(here.clone(), there.clone(), &[going]);
    told(there, here, &[coming_back]);
}
