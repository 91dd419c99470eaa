//! Tests of the state stores on real servers, which the tests start and stop themselves.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{Outcome, command, is_available, run_command};

/// The directory of Debian's packages of PostgreSQL.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// Runs the tests that need PostgreSQL, and installs it from Debian's packages if it is missing.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    if !is_installed() {
        if let Err(error) = install(root) {
            return Ok(Outcome::Skipped(format!(
                "PostgreSQL cannot be installed ({error:#})"
            )));
        }
        if !is_installed() {
            return Ok(Outcome::Skipped("PostgreSQL is not installed".to_owned()));
        }
    }
    let mut tests = command(root, "cargo");
    tests.args(["test", "--package=basalam-chat-state", "--test=it"]);
    run_command(tests.args(["--", "--ignored"]))
}

fn is_installed() -> bool {
    fs::read_dir(POSTGRESQL).is_ok_and(|versions| {
        let mut versions = versions.flatten();
        versions.any(|version| version.path().join("bin/initdb").exists())
    })
}

fn install(root: &Path) -> anyhow::Result<()> {
    if !is_available("apt-get", &["--version"]) {
        anyhow::bail!("apt-get is missing");
    }
    let apt = || -> Command {
        let mut apt = command(root, "apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        // In this runlevel, packages do not start their services.
        apt.env("RUNLEVEL", "1");
        apt
    };
    // A stale list can still be good enough.
    let _ = run_command(apt().args(["update", "--quiet"]));
    let mut install = apt();
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]);
    run_command(install.arg("postgresql")).map(drop)
}
