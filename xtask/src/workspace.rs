//! Metadata of the workspace, read from `cargo metadata`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::process::command;

/// The target directory and the published packages.
pub(crate) struct Workspace {
    pub(crate) target: PathBuf,
    /// Names and versions.
    pub(crate) packages: Vec<(String, String)>,
    /// The names of the packages with a library.
    pub(crate) libraries: Vec<String>,
}

impl Workspace {
    pub(crate) fn read(root: &Path) -> anyhow::Result<Workspace> {
        let mut metadata = command(root, "cargo");
        metadata.args(["metadata", "--format-version", "1"]);
        metadata.args(["--no-deps", "--offline"]);
        let output = metadata.output()?;
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let target = metadata["target_directory"].as_str();
        Ok(Workspace {
            target: target
                .context("`cargo metadata` has no target_directory")?
                .into(),
            packages: published_packages(&metadata)?,
            libraries: published_libraries(&metadata)?,
        })
    }
}

fn published(metadata: &Value) -> anyhow::Result<impl Iterator<Item = &Value>> {
    let packages = metadata["packages"]
        .as_array()
        .context("`cargo metadata` has no packages")?;
    // `publish = false` becomes an empty list of registries.
    let is_published = |package: &&Value| {
        let registries = package["publish"].as_array();
        registries.is_none_or(|it| !it.is_empty())
    };
    Ok(packages.iter().filter(is_published))
}

fn published_libraries(metadata: &Value) -> anyhow::Result<Vec<String>> {
    let is_library = |target: &Value| target["kind"][0] == "lib";
    let has_library = |package: &&Value| {
        let targets = package["targets"].as_array();
        targets.is_some_and(|targets| targets.iter().any(is_library))
    };
    let libraries = published(metadata)?.filter(has_library);
    let names = libraries.filter_map(|package| package["name"].as_str());
    Ok(names.map(str::to_owned).collect())
}

fn published_packages(metadata: &Value) -> anyhow::Result<Vec<(String, String)>> {
    let published = published(metadata)?.map(|package| {
        let field = |name: &str| package[name].as_str().map(str::to_owned);
        let name_and_version = field("name").zip(field("version"));
        name_and_version.context("a package without name or version")
    });
    let published: Vec<(String, String)> = published.collect::<anyhow::Result<_>>()?;
    if published.is_empty() {
        bail!("the workspace has no published package");
    }
    Ok(published)
}
