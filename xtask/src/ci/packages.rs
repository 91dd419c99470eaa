//! A build from the packaged crates alone, as for a user of the published crates.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::process::{Outcome, command, run_command};
use crate::workspace::Workspace;

/// The manifest of a program outside of the workspace that runs the quickstart example.
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

/// Packages every published crate, unpacks the packages next to a program that depends on them,
/// builds everything and runs the program.
///
/// `cargo package` would verify each package with a separate build. Building them together reuses
/// the dependencies of earlier steps and takes a tenth of the time.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let Workspace {
        target, packages, ..
    } = Workspace::read(root)?;
    let mut package = command(root, "cargo");
    package.args(["package", "--no-verify", "--allow-dirty", "--quiet"]);
    for (name, _) in &packages {
        package.args(["--package", name]);
    }
    run_command(&mut package)?;
    let unpacked = target.join("unpacked");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    fs::create_dir_all(&unpacked)?;
    for (name, version) in &packages {
        let archive = target.join(format!("package/{name}-{version}.crate"));
        let mut tar = command(root, "tar");
        // With current times: those in packages are constant, so cargo would take artifacts of an earlier run as fresh.
        run_command(tar.arg("-xzmf").arg(&archive).arg("-C").arg(&unpacked))?;
    }
    write_workspace(root, &unpacked, &packages)?;
    let mut check = command(&unpacked, "cargo");
    check.env("CARGO_TARGET_DIR", &target);
    run_command(check.args(["check", "--workspace"]))?;
    let mut run = command(&unpacked, "cargo");
    run.env("CARGO_TARGET_DIR", &target);
    run.env_remove("BASALAM_TOKEN");
    run_command(run.args(["run", "--package", "downstream"]))
}

/// Writes a workspace of the unpacked packages, patched in for those of the registry.
fn write_workspace(
    root: &Path,
    unpacked: &Path,
    packages: &[(String, String)],
) -> anyhow::Result<()> {
    let mut manifest = String::from("[workspace]\nresolver = \"3\"\nmembers = [\"downstream\"");
    for (name, version) in packages {
        write!(manifest, ", \"{name}-{version}\"")?;
    }
    // The profile of the main workspace, so that cargo reuses the built dependencies.
    manifest.push_str("]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[patch.crates-io]\n");
    for (name, version) in packages {
        writeln!(manifest, "{name} = {{ path = \"{name}-{version}\" }}")?;
    }
    fs::write(unpacked.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), unpacked.join("Cargo.lock"))?;
    let downstream = unpacked.join("downstream");
    fs::create_dir_all(downstream.join("src"))?;
    fs::write(downstream.join("Cargo.toml"), DOWNSTREAM)?;
    let quickstart = root.join("crates/basalam-chat/examples/quickstart.rs");
    fs::copy(quickstart, downstream.join("src/main.rs"))?;
    Ok(())
}
