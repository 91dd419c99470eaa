//! What cargo knows of the workspace.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use super::command;

/// Where cargo puts what it builds, and the crates that are published.
pub(crate) struct Workspace {
    pub(crate) target: PathBuf,
    /// Names and versions.
    pub(crate) packages: Vec<(String, String)>,
}

impl Workspace {
    pub(crate) fn read(root: &Path) -> anyhow::Result<Workspace> {
        let mut metadata = command(root, "cargo");
        metadata.args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ]);
        let output = metadata.output()?;
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let target = metadata["target_directory"].as_str();
        Ok(Workspace {
            target: target.context("cargo does not say where it builds")?.into(),
            packages: published(&metadata)?,
        })
    }
}

fn published(metadata: &Value) -> anyhow::Result<Vec<(String, String)>> {
    let packages = metadata["packages"].as_array().context("no packages")?;
    let published = packages
        .iter()
        // `publish = false` is an empty list of registries.
        .filter(|package| {
            package["publish"]
                .as_array()
                .is_none_or(|it| !it.is_empty())
        });
    let named = published.map(|package| {
        let text = |member: &str| package[member].as_str().map(str::to_owned);
        text("name").zip(text("version")).context("no name")
    });
    let packages: Vec<(String, String)> = named.collect::<anyhow::Result<_>>()?;
    if packages.is_empty() {
        bail!("no package is published");
    }
    Ok(packages)
}
