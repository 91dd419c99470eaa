//! Python packages from PyPI, each in a separate virtual environment.

use std::path::{Path, PathBuf};

use crate::process::{command, is_available, run_command};

/// A Python interpreter with a package installed, or the reason why it is unavailable.
pub(super) enum Python {
    Ready(PathBuf),
    Unavailable(String),
}

/// Creates a virtual environment in `target/<name>` with a package in it.
///
/// With `upgrade`, an installed package is upgraded if PyPI can be reached.
pub(super) fn with_package(
    root: &Path,
    name: &str,
    package: &str,
    module: &str,
    upgrade: bool,
) -> anyhow::Result<Python> {
    with_packages(root, name, &[package], module, upgrade)
}

/// Like [`with_package`], but with several packages, the last of which to be installed has the module.
pub(super) fn with_packages(
    root: &Path,
    name: &str,
    packages: &[&str],
    module: &str,
    upgrade: bool,
) -> anyhow::Result<Python> {
    if !is_available("python3", &["--version"]) {
        return Ok(Python::Unavailable("python3 is not installed".to_owned()));
    }
    let environment = root.join("target").join(name);
    let python = environment.join("bin/python");
    let program = python.to_string_lossy();
    let import = ["-c", &format!("import {module}")];
    if is_available(&program, &import) && !upgrade {
        return Ok(Python::Ready(python));
    }
    if !is_available(&program, &["-m", "pip", "--version"]) {
        let mut create = command(root, "python3");
        if let Err(error) = run_command(create.args(["-m", "venv"]).arg(&environment)) {
            return Ok(Python::Unavailable(format!(
                "failed to create a virtual environment ({error:#})"
            )));
        }
    }
    let mut install = command(root, &program);
    install.args(["-m", "pip", "install", "--upgrade", "--quiet"]);
    install.args(["--disable-pip-version-check", "--retries", "1"]);
    install.args(packages);
    match run_command(&mut install) {
        Ok(_) => Ok(Python::Ready(python)),
        Err(error) if is_available(&program, &import) => {
            println!("{} was not upgraded: {error:#}", packages.join(" and "));
            Ok(Python::Ready(python))
        }
        Err(error) => Ok(Python::Unavailable(format!(
            "failed to install {} ({error:#})",
            packages.join(" and ")
        ))),
    }
}
