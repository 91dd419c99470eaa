//! Times of the archive.

use std::sync::Arc;

use basalam_chat::time::{Clock, SystemClock};

/// The clock that dates what the archive observes.
#[derive(Clone, Debug)]
pub(crate) struct ArchiveClock(Arc<dyn Clock>);

impl ArchiveClock {
    pub(crate) fn new(clock: impl Clock + 'static) -> ArchiveClock {
        ArchiveClock(Arc::new(clock))
    }

    /// Returns the time in the format of RFC 3339, in UTC and whole seconds.
    pub(crate) fn now(&self) -> String {
        let now = jiff::Timestamp::try_from(self.0.system_time());
        // Fails only for years that no clock has.
        let now = now.unwrap_or_default();
        format!("{now:.0}")
    }
}

impl Default for ArchiveClock {
    fn default() -> ArchiveClock {
        ArchiveClock::new(SystemClock)
    }
}
