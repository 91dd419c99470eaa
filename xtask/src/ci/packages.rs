//! Whether what would be published builds from the packaged files alone, and works for whoever depends on
//! it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::workspace::Workspace;
use super::{Outcome, command, succeed};

/// A program outside of the workspace: the code of the quickstart, and what it depends on.
const DOWNSTREAM: &str = r#"[package]
name = "downstream"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
anyhow = "1"
basalam-chat = "0.1.0"
basalam-chat-emulator = "0.1.0"
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

/// Packages every crate that is published, unpacks them beside a program that depends on them, builds all
/// of it and runs the program.
///
/// cargo's own verification builds each package from nothing. Here they are built together, with the
/// dependencies that are built already, which tells the same in a tenth of the time.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let mut package = command(root, "cargo");
    package.args(["package", "--workspace", "--exclude", "xtask"]);
    package.args(["--exclude", "basalam-chat-bench"]);
    succeed(package.args(["--no-verify", "--allow-dirty", "--quiet"]))?;
    let Workspace { target, packages } = Workspace::read(root)?;
    let place = target.join("unpacked");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    for (name, version) in &packages {
        let file = target.join(format!("package/{name}-{version}.crate"));
        let mut unpack = command(root, "tar");
        succeed(unpack.arg("-xzf").arg(&file).arg("-C").arg(&place))?;
    }
    write_workspace(root, &place, &packages)?;
    let mut check = command(&place, "cargo");
    check.env("CARGO_TARGET_DIR", &target);
    succeed(check.args(["check", "--workspace"]))?;
    let mut run = command(&place, "cargo");
    run.env("CARGO_TARGET_DIR", &target);
    run.env_remove("BASALAM_TOKEN");
    succeed(run.args(["run", "--package", "downstream"]))
}

/// Writes a workspace of the unpacked packages, in which they stand for those of the registry.
fn write_workspace(root: &Path, place: &Path, packages: &[(String, String)]) -> anyhow::Result<()> {
    let mut manifest = String::from("[workspace]\nresolver = \"3\"\nmembers = [\"downstream\"");
    for (name, version) in packages {
        write!(manifest, ", \"{name}-{version}\"")?;
    }
    // The same profile as the workspace's own, so that dependencies are not built again.
    manifest.push_str("]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[patch.crates-io]\n");
    for (name, version) in packages {
        writeln!(manifest, "{name} = {{ path = \"{name}-{version}\" }}")?;
    }
    fs::write(place.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), place.join("Cargo.lock"))?;
    let downstream: PathBuf = place.join("downstream");
    fs::create_dir_all(downstream.join("src"))?;
    fs::write(downstream.join("Cargo.toml"), DOWNSTREAM)?;
    let quickstart = root.join("crates/basalam-chat/examples/quickstart.rs");
    fs::copy(quickstart, downstream.join("src/main.rs"))?;
    Ok(())
}
