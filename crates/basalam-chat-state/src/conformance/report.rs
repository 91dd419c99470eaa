//! The outcomes of the tests.

use std::fmt;

use basalam_chat::state::StateError;

/// The outcome of each test of [`run`](super::run). Its `Display` lists them.
#[derive(Clone, Debug, Default)]
pub struct Report(Vec<(&'static str, CheckOutcome)>);

/// The outcome of one test.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CheckOutcome {
    /// The store behaves as promised.
    Passed,
    /// The factory does not support what the test needs.
    Skipped(String),
    /// The store does not behave as promised.
    Failed(String),
}

/// Why a test ended early.
#[derive(Debug)]
pub(super) enum Stop {
    Skip(&'static str),
    Fail(String),
}

/// The result of a test.
pub(super) type CheckResult = Result<(), Stop>;

impl Report {
    /// Returns `true` if no test has failed. Tests may be skipped.
    pub fn is_success(&self) -> bool {
        let mut outcomes = self.outcomes();
        !outcomes.any(|(_, outcome)| matches!(outcome, CheckOutcome::Failed(_)))
    }

    /// Returns the name and the outcome of each test.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, &CheckOutcome)> {
        self.0.iter().map(|(name, outcome)| (*name, outcome))
    }

    /// Returns the names of the skipped tests.
    pub fn skipped(&self) -> Vec<&'static str> {
        let outcomes = self.outcomes();
        let skipped = outcomes.filter(|(_, it)| matches!(it, CheckOutcome::Skipped(_)));
        skipped.map(|(name, _)| name).collect()
    }

    /// Returns the names of the failed tests.
    pub fn failed(&self) -> Vec<&'static str> {
        let outcomes = self.outcomes();
        let failed = outcomes.filter(|(_, it)| matches!(it, CheckOutcome::Failed(_)));
        failed.map(|(name, _)| name).collect()
    }

    pub(super) fn add(&mut self, name: &'static str, result: CheckResult) {
        let outcome = match result {
            Ok(()) => CheckOutcome::Passed,
            Err(Stop::Skip(reason)) => CheckOutcome::Skipped(reason.to_owned()),
            Err(Stop::Fail(reason)) => CheckOutcome::Failed(reason),
        };
        self.0.push((name, outcome));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, outcome) in self.outcomes() {
            match outcome {
                CheckOutcome::Passed => writeln!(f, "passed   {name}")?,
                CheckOutcome::Skipped(reason) => writeln!(f, "skipped  {name}: {reason}")?,
                CheckOutcome::Failed(reason) => writeln!(f, "FAILED   {name}: {reason}")?,
            }
        }
        Ok(())
    }
}

impl From<StateError> for Stop {
    fn from(error: StateError) -> Stop {
        Stop::Fail(format!("unexpected error ({:?}): {error}", error.kind()))
    }
}

/// Fails the test with a message unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::conformance::report::Stop::Fail(format!($($message)+)));
        }
    };
}

pub(super) use ensure;
