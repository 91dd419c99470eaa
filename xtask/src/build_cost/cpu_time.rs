//! CPU time of child processes, which other load on the machine distorts less than wall time.

use std::fs;
use std::time::Duration;

/// Returns the user and system time of all terminated child processes and their descendants.
///
/// Linux only; `None` on other systems.
pub(super) fn of_children() -> Option<Duration> {
    parse(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Parses `cutime` and `cstime`, fields 16 and 17 of `proc_pid_stat(5)`.
fn parse(stat: &str) -> Option<Duration> {
    // Field 2 is the program name in parentheses, which can contain spaces and parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(16 - 3);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    // The unit is USER_HZ, which is 1/100 s on all common architectures.
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_child_times_after_any_program_name() {
        let stat = "7 (a ) 1 2) S 1 7 7 0 -1 4194304 100 200 0 0 11 12 130 20 20 0 1 0 5 1000 10 0";
        assert_eq!(parse(stat), Some(Duration::from_millis(1500)));
        assert_eq!(parse(""), None);
        assert_eq!(parse("7 (xtask) S 1"), None);
    }
}
