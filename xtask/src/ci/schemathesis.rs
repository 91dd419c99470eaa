//! Whether the emulator keeps to the document whatever it is asked, by a tester that shares no
//! code with this project.

use std::fs;
use std::path::Path;

use basalam_chat_emulator::Emulator;

use super::python::{self, Python};
use super::{Outcome, command, succeed};

/// What an answer is held against.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_schema_conformance";

/// How long it may look, in seconds.
const SECONDS: &str = "35";

/// Runs the tester against an emulator of its own, with the document.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let name = "schemathesis";
    let python = match python::with_package(root, name, name, name, false)? {
        Python::Missing(reason) => return Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => python,
    };
    let seed = root.join("crates/basalam-chat-emulator/seeds/shop.json");
    let emulator = Emulator::builder().seed_file(seed).start_blocking()?;
    // It keeps what it has found where it is run, and would ask for that again.
    let folder = root.join("target/schemathesis-run");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut run = command(root, &python.to_string_lossy());
    run.current_dir(&folder);
    run.args(["-m", "schemathesis.cli", "run"]);
    run.arg(root.join("openapi/chat.json"));
    run.args(["--url", emulator.base_url()]);
    // A user of the seed, whose token is no secret.
    run.args(["--header", "Authorization: Bearer sara-token"]);
    run.args(["--checks", CHECKS, "--max-time", SECONDS, "--seed", "1"]);
    run.args(["--generation-database", "none", "--warnings", "off"]);
    run.args(["--continue-on-failure", "--no-color"]);
    run.env("SCHEMATHESIS_HOOKS", "schemathesis_hooks");
    run.env("PYTHONPATH", root.join("xtask/python"));
    succeed(&mut run)
}
