//! Property-based tests of the emulator against the document by schemathesis, which shares no
//! code with this project.

use std::fs;
use std::path::Path;

use basalam_chat_emulator::Emulator;

use super::python::{self, Python};
use crate::process::{Outcome, command, run_command};

/// The checks that every response must pass.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_schema_conformance";

/// The time limit in seconds.
const MAX_TIME: &str = "35";

/// Runs schemathesis against an emulator.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let name = "schemathesis";
    let python = match python::with_package(root, name, name, name, false)? {
        Python::Unavailable(reason) => return Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => python,
    };
    let seed = root.join("crates/basalam-chat-emulator/seeds/shop.json");
    let emulator = Emulator::builder().seed_file(seed).start_blocking()?;
    // schemathesis stores findings in its working directory and would replay those of earlier runs.
    let directory = root.join("target/schemathesis-run");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    let mut run = command(&directory, &python.to_string_lossy());
    run.args(["-m", "schemathesis.cli", "run"]);
    run.arg(root.join(basalam_chat_drift::DOCUMENT));
    run.args(["--url", emulator.base_url()]);
    // The token of a user of the seed file; it is not a secret.
    run.args(["--header", "Authorization: Bearer sara-token"]);
    run.args(["--checks", CHECKS, "--max-time", MAX_TIME, "--seed", "1"]);
    run.args(["--generation-database", "none", "--warnings", "off"]);
    run.args(["--continue-on-failure", "--no-color"]);
    run.env("SCHEMATHESIS_HOOKS", "schemathesis_hooks");
    run.env("PYTHONPATH", root.join("xtask/python"));
    run_command(&mut run)
}
