//! Tests of the state stores on real servers, which the tests start and stop themselves.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{Outcome, command, is_available, run_command};

/// The directory of Debian's packages of PostgreSQL.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// Debian's packages, and whether they are installed.
const PACKAGES: [(&str, fn() -> bool); 2] =
    [("postgresql", has_postgresql), ("redis-server", has_redis)];

/// Runs the tests that need PostgreSQL and Redis, and installs them from Debian's packages if they are missing.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let missing = || PACKAGES.iter().filter(|it| !it.1()).map(|it| it.0);
    if missing().next().is_some() {
        let packages: Vec<&str> = missing().collect();
        if let Err(error) = install(root, &packages) {
            return Ok(Outcome::Skipped(format!(
                "{} cannot be installed ({error:#})",
                packages.join(" and ")
            )));
        }
    }
    if let Some(package) = missing().next() {
        return Ok(Outcome::Skipped(format!("{package} is not installed")));
    }
    let mut tests = command(root, "cargo");
    tests.args(["test", "--package=basalam-chat-state", "--test=it"]);
    run_command(tests.args(["--", "--ignored"]))
}

fn has_postgresql() -> bool {
    fs::read_dir(POSTGRESQL).is_ok_and(|versions| {
        let mut versions = versions.flatten();
        versions.any(|version| version.path().join("bin/initdb").exists())
    })
}

fn has_redis() -> bool {
    is_available("redis-server", &["--version"]) && is_available("redis-cli", &["--version"])
}

fn install(root: &Path, packages: &[&str]) -> anyhow::Result<()> {
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
    run_command(install.args(packages)).map(drop)
}
