//! Debian's packages of programs that steps need.

use std::path::Path;
use std::process::Command;

use crate::process::{command, is_available, run_command};

/// Installs packages, without starting their services.
pub(super) fn install(root: &Path, packages: &[&str]) -> anyhow::Result<()> {
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
