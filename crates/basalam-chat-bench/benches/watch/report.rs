//! The table of results.

/// Prints a line for each result, and knows whether all were within their limits.
pub(crate) struct Report {
    is_within_limits: bool,
}

impl Report {
    pub(crate) fn new() -> Report {
        println!("{:<62} {:>16} {:>24}", "measured", "limit", "result");
        Report {
            is_within_limits: true,
        }
    }

    /// Adds a result that has a limit.
    pub(crate) fn check(&mut self, what: &str, limit: &str, result: &str, is_met: bool) {
        let verdict = if is_met { "" } else { "  EXCEEDED" };
        println!("{what:<62} {limit:>16} {result:>24}{verdict}");
        self.is_within_limits &= is_met;
    }

    /// Adds a result without a limit.
    pub(crate) fn show(&self, what: &str, result: &str) {
        println!("{what:<62} {:>16} {result:>24}", "");
    }

    pub(crate) fn is_within_limits(&self) -> bool {
        self.is_within_limits
    }
}
