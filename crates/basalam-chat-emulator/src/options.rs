//! What the emulator does where nobody knows what the service does.

use std::fmt;
use std::sync::Arc;

use jiff::civil::DateTime;

use crate::clock::{Clock, SystemClock};

/// Whether a bound of time takes in the second that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeBound {
    /// The second itself belongs to the range.
    Inclusive,
    /// The second itself does not belong to the range.
    Exclusive,
}

/// The options of a running emulator.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) sender_ids_as_strings: bool,
    pub(crate) page_cap: Option<usize>,
    pub(crate) from_bound: TimeBound,
    pub(crate) before_bound: TimeBound,
    pub(crate) reading_marks_seen: bool,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Options {
    /// Gives the time, to the second.
    pub(crate) fn now(&self) -> DateTime {
        let now = self.clock.now();
        // Zero is in the range of every part of a time, so this never falls back.
        now.with().subsec_nanosecond(0).build().unwrap_or(now)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sender_ids_as_strings: false,
            page_cap: None,
            from_bound: TimeBound::Inclusive,
            before_bound: TimeBound::Exclusive,
            reading_marks_seen: false,
            clock: Arc::new(SystemClock),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("sender_ids_as_strings", &self.sender_ids_as_strings)
            .field("page_cap", &self.page_cap)
            .field("from_bound", &self.from_bound)
            .field("before_bound", &self.before_bound)
            .field("reading_marks_seen", &self.reading_marks_seen)
            .finish_non_exhaustive()
    }
}
