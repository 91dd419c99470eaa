//! What a difference means for users.

use std::fmt;

/// What a difference means for those who use this side and would go over to the other.
///
/// A request that takes less and an answer that holds more than was promised are what breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What was right before can be wrong now.
    Breaking,
    /// There is something new to use; what was right stays right.
    Additive,
    /// Nobody needs to care.
    Harmless,
}

impl Class {
    /// Every class, the worst first.
    pub const ALL: [Class; 3] = [Class::Breaking, Class::Additive, Class::Harmless];

    /// Gives the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Breaking => "breaking",
            Class::Additive => "additive",
            Class::Harmless => "harmless",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Which way a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Answer,
}

/// What the other side takes, compared with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Wider,
    Narrower,
    /// Neither holds all that the other does.
    Apart,
}

impl Direction {
    pub(super) fn class(self, change: Change) -> Class {
        match (self, change) {
            (Direction::Request, Change::Wider) | (Direction::Answer, Change::Narrower) => {
                Class::Harmless
            }
            _ => Class::Breaking,
        }
    }
}

impl Change {
    /// The change of something of which `here` and `there` tell whether it lets more through.
    pub(super) fn of(here: bool, there: bool) -> Change {
        match (here, there) {
            (false, true) => Change::Wider,
            (true, false) => Change::Narrower,
            _ => Change::Apart,
        }
    }
}
