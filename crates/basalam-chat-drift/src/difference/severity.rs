//! The severity of differences.

use std::fmt;

/// The effect of a difference on clients that move from the document to the contract.
///
/// A difference is breaking if requests accept less, or if responses can contain undocumented
/// values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Valid requests can be rejected, or responses can have unexpected values.
    Breaking,
    /// Clients can use something new, and are not affected otherwise.
    Additive,
    /// Clients are not affected.
    Harmless,
}

impl Severity {
    /// All severities, the most severe first.
    pub const ALL: [Severity; 3] = [Severity::Breaking, Severity::Additive, Severity::Harmless];

    /// Returns the name, such as `breaking`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Breaking => "breaking",
            Severity::Additive => "additive",
            Severity::Harmless => "harmless",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The direction in which a value is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// The set of values that the contract accepts, compared with the document's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Wider,
    Narrower,
    /// Each side accepts values that the other does not.
    Incomparable,
}

impl Direction {
    pub(super) fn severity(self, change: Change) -> Severity {
        match (self, change) {
            (Direction::Request, Change::Wider) | (Direction::Response, Change::Narrower) => {
                Severity::Harmless
            }
            _ => Severity::Breaking,
        }
    }
}

impl Change {
    /// Returns the change, given whether each side accepts every value that the other accepts.
    pub(super) fn new(base_includes_other: bool, other_includes_base: bool) -> Change {
        match (base_includes_other, other_includes_base) {
            (false, true) => Change::Wider,
            (true, false) => Change::Narrower,
            _ => Change::Incomparable,
        }
    }
}
