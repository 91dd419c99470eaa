//! A document that changed is seen: each change by the check that promises to see it, with its place.

mod answers;
mod change;
mod requests;
#[cfg(feature = "schemars")]
mod schemas;
mod sources;

/// Fails where no violation names the change.
#[track_caller]
fn assert_seen(violations: &[String], named: &[&str]) {
    let is_named = |violation: &&String| named.iter().all(|it| violation.contains(it));
    assert!(
        violations.iter().any(|it| is_named(&it)),
        "none names {named:?} of:\n{}\n",
        violations.join("\n")
    );
}
