//! Each kind of change, as a pair of small documents and the differences between them.
//!
//! The tests are named after the rules of oasdiff.

mod bodies;
mod moves;
mod operations;
mod parameters;
mod paths;
mod responses;

use serde_json::Value;

use crate::documents::differences;

/// Asserts that these are the differences from `base` to `other`.
fn assert_differences(base: Value, other: Value, expected: &[&str]) {
    assert_eq!(differences(&base, &other), expected, "{base} → {other}");
}

/// Asserts that there is one difference in each direction.
fn assert_both_ways(base: Value, other: Value, forward: &str, backward: &str) {
    assert_differences(base.clone(), other.clone(), &[forward]);
    assert_differences(other, base, &[backward]);
}
