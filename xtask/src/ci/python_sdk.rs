//! Clients in other languages against the emulator: every method of the vendor's Python SDK, and the examples.

use std::path::Path;

use basalam_chat_emulator::Emulator;

use super::python::{self, Python};
use crate::process::{Outcome, command, is_available, run_command};

/// The name of the SDK on PyPI.
const SDK: &str = "basalam-sdk";

/// The examples, which the guide includes.
const EXAMPLES: &str = "examples/other-languages";

/// Exits with 0 if `fetch` and the test runner of Node.js are stable.
const HAS_FETCH: [&str; 2] = [
    "--eval",
    "process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)",
];

/// Runs the newest available SDK, and the tests of the examples, against an emulator.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let python = match python::with_package(root, "python-sdk", SDK, "basalam_sdk", true)? {
        Python::Unavailable(reason) => return Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => python,
    };
    // The SDK only accepts senders whose id is a string.
    let emulator = Emulator::builder()
        .sender_ids_as_strings(true)
        .start_blocking()?;
    let url = emulator.base_url();
    let python = python.to_string_lossy();
    run_command(command(root, &python).args(["xtask/python/python_sdk.py", url]))?;

    let mut tests = command(&root.join(EXAMPLES).join("python"), &python);
    tests.env("PYTHONDONTWRITEBYTECODE", "1");
    run_command(tests.args(["-m", "unittest"]).env("BASALAM_URL", url))?;
    if !is_available("node", &HAS_FETCH) {
        return Ok(Outcome::Skipped(
            "Node.js 20 or newer is not installed; the Python part has passed".to_owned(),
        ));
    }
    let mut tests = command(&root.join(EXAMPLES).join("javascript"), "node");
    run_command(tests.arg("--test").env("BASALAM_URL", url))
}
