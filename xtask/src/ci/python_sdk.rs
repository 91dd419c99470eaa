//! Every method of the vendor's Python SDK, run against the emulator.

use std::path::Path;

use basalam_chat_emulator::Emulator;

use super::python::{self, Python};
use crate::process::{Outcome, command, run_command};

/// The name of the SDK on PyPI.
const SDK: &str = "basalam-sdk";

/// Runs the newest available SDK against an emulator.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let python = match python::with_package(root, "python-sdk", SDK, "basalam_sdk", true)? {
        Python::Unavailable(reason) => return Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => python,
    };
    // The SDK only accepts senders whose id is a string.
    let emulator = Emulator::builder()
        .sender_ids_as_strings(true)
        .start_blocking()?;
    let mut run = command(root, &python.to_string_lossy());
    run.args(["xtask/python/python_sdk.py", emulator.base_url()]);
    run_command(&mut run)
}
