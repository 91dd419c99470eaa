//! Whether the document is valid OpenAPI, by a validator that shares no code with this project.

use std::path::Path;

use super::{Outcome, command, is_there, succeed};

/// The validator, as PyPI names it.
const VALIDATOR: &str = "openapi-spec-validator";

pub(super) fn validate(root: &Path) -> anyhow::Result<Outcome> {
    if !is_there("python3", &["--version"]) {
        return Ok(Outcome::Skipped("there is no python3 here".to_owned()));
    }
    let environment = root.join("target/python");
    let python = environment.join("bin/python");
    let python = python.to_string_lossy();
    if !is_there(&python, &["-c", "import openapi_spec_validator"]) {
        succeed(
            command(root, "python3")
                .args(["-m", "venv"])
                .arg(&environment),
        )?;
        let mut install = command(root, &python);
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        if let Err(error) = succeed(install.arg(VALIDATOR)) {
            return Ok(Outcome::Skipped(format!(
                "{VALIDATOR} could not be installed ({error:#})"
            )));
        }
    }
    succeed(command(root, &python).args(["-m", "openapi_spec_validator", "openapi/chat.json"]))
}
