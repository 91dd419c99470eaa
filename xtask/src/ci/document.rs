//! Whether the document is valid OpenAPI, by a validator that shares no code with this project.

use std::path::Path;

use super::python::{self, Python};
use super::{Outcome, command, succeed};

/// The validator, as PyPI names it.
const VALIDATOR: &str = "openapi-spec-validator";

pub(super) fn validate(root: &Path) -> anyhow::Result<Outcome> {
    let module = "openapi_spec_validator";
    match python::with_package(root, "python", VALIDATOR, module, false)? {
        Python::Missing(reason) => Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => {
            let python = python.to_string_lossy();
            succeed(command(root, &python).args(["-m", module, "openapi/chat.json"]))
        }
    }
}
