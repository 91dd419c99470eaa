//! Each change of the document is reported with its place by the checks that cover it.

mod change;
#[cfg(feature = "schemars")]
mod derived_schemas;
mod requests;
mod responses;
mod sources;

/// Panics if no violation contains all of `expected`.
#[track_caller]
fn assert_reported(violations: &[String], expected: &[&str]) {
    let matches = |violation: &&String| expected.iter().all(|it| violation.contains(it));
    assert!(
        violations.iter().any(|it| matches(&it)),
        "none contains {expected:?} of:\n{}\n",
        violations.join("\n")
    );
}
