//! A program outside of the workspace that has nothing of it but the packages.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::{Outcome, command, is_there, public_api, succeed};

/// The packages that the program needs, itself or through others.
const PACKAGES: [&str; 4] = [
    "basalam-chat",
    "basalam-chat-api",
    "basalam-chat-emulator",
    "basalam-chat-openapi",
];

/// Builds and runs the quickstart as a program of its own, from the packages of the step before.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    if !is_there("tar", &["--version"]) {
        return Ok(Outcome::Skipped(
            "there is no tar to unpack with".to_owned(),
        ));
    }
    let target = public_api::target(root)?;
    let folder = target.join("downstream");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("src"))?;
    let version = env!("CARGO_PKG_VERSION");
    let mut patches = String::new();
    for package in PACKAGES {
        let name = format!("{package}-{version}");
        let packed = target.join("package").join(format!("{name}.crate"));
        if !packed.exists() {
            bail!("{name} was not packaged; run `cargo package --workspace` first");
        }
        succeed(command(&folder, "tar").arg("xzf").arg(&packed))?;
        patches += &format!("{package} = {{ path = {name:?} }}\n");
    }
    fs::write(folder.join("Cargo.toml"), manifest(&patches))?;
    let quickstart = folder.join(format!("basalam-chat-{version}/examples/quickstart.rs"));
    fs::copy(&quickstart, folder.join("src/main.rs")).context("the package has no quickstart")?;
    // The versions that everything else was tried with.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut program = command(&folder, "cargo");
    // Beside the workspace's own builds, so that what is the same is not built again.
    program.arg("run").env("CARGO_TARGET_DIR", &target);
    succeed(&mut program)
}

fn manifest(patches: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"[package]
name = "basalam-chat-downstream"
edition = "2024"
publish = false

[dependencies]
anyhow = "1"
basalam-chat = "{version}"
basalam-chat-emulator = {{ version = "{version}", default-features = false }}
tokio = {{ version = "1", features = ["macros", "rt-multi-thread", "time"] }}

[patch.crates-io]
{patches}
[profile.dev]
debug = "line-tables-only"

[workspace]
"#
    )
}
