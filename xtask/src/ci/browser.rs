//! Tests that need a browser.

use std::path::Path;

use super::chromium;
use super::steps::WORKSPACE_TESTS;
use crate::process::{Outcome, command, run_command};

/// Runs the tests that need Chromium.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    chromium::with_browser(root, |browser| {
        let mut tests = command(root, "cargo");
        tests.env("CHROMIUM", browser).arg("test");
        tests.args(WORKSPACE_TESTS).arg("--test=it");
        run_command(tests.args(["--", "--ignored", "browser::"]))
    })
}
