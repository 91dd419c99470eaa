//! Whether the vendor's own Python SDK gets along with the emulator, every method of it.

use std::path::Path;

use basalam_chat_emulator::Emulator;

use super::python::{self, Python};
use super::{Outcome, command, succeed};

/// The SDK, as PyPI names it.
const SDK: &str = "basalam-sdk";

/// Runs the newest SDK that can be had against an emulator of its own.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let python = match python::with_package(root, "python-sdk", SDK, "basalam_sdk", true)? {
        Python::Missing(reason) => return Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => python,
    };
    // The SDK reads no sender whose id is a number.
    let emulator = Emulator::builder()
        .sender_ids_as_strings(true)
        .start_blocking()?;
    let mut run = command(root, &python.to_string_lossy());
    run.args(["xtask/python/python_sdk.py", emulator.base_url()]);
    succeed(&mut run)
}
