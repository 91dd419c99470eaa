//! Chromium for the steps that need a browser.

use std::path::Path;

use super::debian;
use crate::process::{Outcome, is_available};

/// Debian's packages of the browser, and of fonts with Persian letters.
const PACKAGES: [&str; 2] = ["chromium", "fonts-noto-core"];

/// The browser; another one can be set with this variable.
const BROWSER: &str = "chromium";
const BROWSER_VARIABLE: &str = "CHROMIUM";

/// Runs a step that needs Chromium, whose name or path it is called with. Installs Debian's package if it is missing;
/// if that fails, the step is skipped.
pub(super) fn with_browser(
    root: &Path,
    run: impl FnOnce(&str) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    let browser = std::env::var(BROWSER_VARIABLE).unwrap_or_else(|_| BROWSER.to_owned());
    let has_browser = || is_available(&browser, &["--version"]);
    if !has_browser() {
        let reason = debian::install(root, &PACKAGES).err();
        if !has_browser() {
            let reason = reason.map_or_else(String::new, |error| format!(" ({error:#})"));
            return Ok(Outcome::Skipped(format!("{browser} cannot be run{reason}")));
        }
    }
    run(&browser)
}
