//! Times of the service (feature `jiff`).

// ANCHOR: program
use basalam_chat::Timestamp;
use basalam_chat::jiff;

/// Converts a time of the service, if it is in Tehran's time. Unknown: whether it is.
pub fn in_tehran(time: &Timestamp) -> Option<jiff::Timestamp> {
    let tehran = jiff::tz::Offset::from_seconds(3 * 3600 + 1800).ok()?;
    time.instant(tehran)
}
// ANCHOR_END: program
