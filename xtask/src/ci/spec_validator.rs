//! Validation of the document by openapi-spec-validator, which shares no code with this project.

use std::path::Path;

use super::python::{self, Python};
use crate::process::{Outcome, command, run_command};

/// The name of the validator on PyPI.
const VALIDATOR: &str = "openapi-spec-validator";

pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let module = "openapi_spec_validator";
    match python::with_package(root, "python", VALIDATOR, module, false)? {
        Python::Unavailable(reason) => Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => {
            let python = python.to_string_lossy();
            run_command(command(root, &python).args(["-m", module, basalam_chat_drift::DOCUMENT]))
        }
    }
}
