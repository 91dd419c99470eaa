//! Python packages from PyPI, each in a separate virtual environment.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{command, is_available, run_command};

/// A Python interpreter with a package installed, or the reason why it is unavailable.
pub(crate) enum Python {
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
    let python = root.join("target").join(name).join("bin/python");
    let program = python.to_string_lossy();
    let import = ["-c", &format!("import {module}")];
    if is_available(&program, &import) && !upgrade {
        return Ok(Python::Ready(python));
    }
    if let Err(reason) = create_environment(root, name) {
        return Ok(Python::Unavailable(reason));
    }
    let arguments: Vec<&str> = ["--upgrade"]
        .into_iter()
        .chain(packages.iter().copied())
        .collect();
    match install(root, &program, &arguments) {
        Ok(()) => Ok(Python::Ready(python)),
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

/// Creates a virtual environment in `target/<name>` with the packages of a file, whose hashes are checked.
pub(crate) fn with_requirements(root: &Path, name: &str, file: &str) -> anyhow::Result<Python> {
    let environment = root.join("target").join(name);
    let python = environment.join("bin/python");
    let requirements = fs::read_to_string(root.join(file))?;
    // Written after the installation.
    let installed = environment.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|it| it == requirements) {
        return Ok(Python::Ready(python));
    }
    if let Err(reason) = create_environment(root, name) {
        return Ok(Python::Unavailable(reason));
    }
    let arguments = ["--require-hashes", "--only-binary=:all:", "-r", file];
    match install(root, &python.to_string_lossy(), &arguments) {
        Ok(()) => {
            fs::write(installed, requirements)?;
            Ok(Python::Ready(python))
        }
        Err(error) => Ok(Python::Unavailable(format!(
            "failed to install {file} ({error:#})"
        ))),
    }
}

/// Creates a virtual environment in `target/<name>`, unless it exists, or returns why that is impossible.
fn create_environment(root: &Path, name: &str) -> Result<(), String> {
    if !is_available("python3", &["--version"]) {
        return Err("python3 is not installed".to_owned());
    }
    let environment = root.join("target").join(name);
    let program = environment.join("bin/python");
    if is_available(&program.to_string_lossy(), &["-m", "pip", "--version"]) {
        return Ok(());
    }
    let mut create = command(root, "python3");
    let created = run_command(create.args(["-m", "venv"]).arg(&environment));
    created
        .map(drop)
        .map_err(|error| format!("failed to create a virtual environment ({error:#})"))
}

fn install(root: &Path, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let mut install = command(root, program);
    install.args(["-m", "pip", "install", "--quiet"]);
    install.args(["--disable-pip-version-check", "--retries", "1"]);
    run_command(install.args(arguments)).map(drop)
}
