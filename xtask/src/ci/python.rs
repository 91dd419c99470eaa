//! Programs from PyPI, each set in an environment of its own.

use std::path::{Path, PathBuf};

use super::{command, is_there, succeed};

/// A Python with what a check needs, or why there is none here.
pub(super) enum Python {
    Ready(PathBuf),
    Missing(String),
}

/// Makes an environment in `target/<name>` with a package in it.
///
/// With `newest`, a package that is there already is brought up to date, where that can
/// be done.
pub(super) fn with_package(
    root: &Path,
    name: &str,
    package: &str,
    module: &str,
    newest: bool,
) -> anyhow::Result<Python> {
    if !is_there("python3", &["--version"]) {
        return Ok(Python::Missing("there is no python3 here".to_owned()));
    }
    let environment = root.join("target").join(name);
    let python = environment.join("bin/python");
    let shown = python.to_string_lossy();
    let import = ["-c", &format!("import {module}")];
    if is_there(&shown, &import) && !newest {
        return Ok(Python::Ready(python));
    }
    if !is_there(&shown, &["-m", "pip", "--version"]) {
        let made = succeed(
            command(root, "python3")
                .args(["-m", "venv"])
                .arg(&environment),
        );
        if let Err(error) = made {
            return Ok(Python::Missing(format!(
                "no virtual environment could be made ({error:#})"
            )));
        }
    }
    let mut install = command(root, &shown);
    install.args(["-m", "pip", "install", "--upgrade", "--quiet"]);
    install.args(["--disable-pip-version-check", "--retries", "1", package]);
    match succeed(&mut install) {
        Ok(_) => Ok(Python::Ready(python)),
        Err(error) if is_there(&shown, &import) => {
            println!("{package} stays as it is: {error:#}");
            Ok(Python::Ready(python))
        }
        Err(error) => Ok(Python::Missing(format!(
            "{package} could not be installed ({error:#})"
        ))),
    }
}
