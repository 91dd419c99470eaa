//! The time that processors worked, which tells more than a clock where a computer does other things too.

use std::fs;
use std::time::Duration;

/// What the processes that this one started and waited for took, and those that they did; only on Linux.
pub(super) fn of_children() -> Option<Duration> {
    read(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Reads what `proc(5)` calls `cutime` and `cstime`: members 16 and 17.
fn read(stat: &str) -> Option<Duration> {
    // The second member is a name in parentheses, which may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut members = rest.split_ascii_whitespace().skip(16 - 3);
    let user: u64 = members.next()?.parse().ok()?;
    let system: u64 = members.next()?.parse().ok()?;
    // A tick is a hundredth of a second to every program, whatever the kernel counts in.
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_children_are_read_behind_any_name() {
        let stat = "7 (a ) 1 2) S 1 7 7 0 -1 4194304 100 200 0 0 11 12 130 20 20 0 1 0 5 1000 10 0";
        assert_eq!(read(stat), Some(Duration::from_millis(1500)));
        assert_eq!(read(""), None);
        assert_eq!(read("7 (xtask) S 1"), None);
    }
}
