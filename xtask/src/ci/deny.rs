//! Licences, sources, duplicate versions and advisories of the dependencies, by cargo-deny.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, command, run_command};
use crate::workspace::Workspace;

/// The version of cargo-deny. Newer ones may have other rules.
const VERSION: &str = "0.20.2";

/// Checks licences, sources and duplicate versions against `deny.toml`.
pub(super) fn check(root: &Path) -> anyhow::Result<Outcome> {
    match install(root)? {
        Ok(program) => {
            run_command(deny(root, &program).args(["check", "licenses", "bans", "sources"]))
        }
        Err(reason) => Ok(Outcome::Skipped(reason)),
    }
}

/// Checks the locked versions against the advisories of RustSec, if their database can be fetched.
pub(super) fn check_advisories(root: &Path) -> anyhow::Result<Outcome> {
    let program = match install(root)? {
        Ok(program) => program,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    if let Err(error) = run_command(deny(root, &program).args(["fetch", "db"])) {
        return Ok(Outcome::Skipped(format!(
            "the advisory database cannot be fetched ({error:#})"
        )));
    }
    let mut check = deny(root, &program);
    run_command(check.args(["--offline", "check", "advisories"]))
}

fn deny(root: &Path, program: &Path) -> Command {
    let mut command = command(root, &program.to_string_lossy());
    command.args(["--color", "never"]);
    command
}

/// Installs cargo-deny below the target directory, unless it is there, or returns why that is impossible.
fn install(root: &Path) -> anyhow::Result<Result<PathBuf, String>> {
    let directory = Workspace::read(root)?.target.join("ci-tools");
    let program = directory.join("bin/cargo-deny");
    let expected = format!("cargo-deny {VERSION}");
    let version = Command::new(&program).arg("--version").output();
    if version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == expected) {
        return Ok(Ok(program));
    }
    let mut install = command(root, "cargo");
    install.args(["install", "cargo-deny", "--locked", "--version", VERSION]);
    // Optimizing it would take longer than running it does.
    install
        .args(["--debug", "--quiet", "--root"])
        .arg(&directory);
    install.env("CARGO_PROFILE_DEV_DEBUG", "none");
    match run_command(&mut install) {
        Ok(_) => Ok(Ok(program)),
        Err(error) => Ok(Err(format!("cargo-deny cannot be installed ({error:#})"))),
    }
}
