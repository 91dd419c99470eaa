//! The two programs that are compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::cpu_time;
use crate::process::{command, run_command};
use crate::workspace::Workspace;

/// The common part of both manifests.
const MANIFEST: &str = r#"[package]
name = "program"
version = "0.0.0"
edition = "2024"
publish = false

# A separate workspace, which inherits nothing from the surrounding one.
[workspace]

[profile.release]
strip = true

[dependencies]
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

/// The dependencies of the program without the SDK.
const REQWEST: &str = r#"reqwest = { version = "0.13", features = ["json", "query"] }
serde = { version = "1", features = ["derive"] }
"#;

/// Disables incremental compilation of the SDK, as cargo does for crates from a registry.
const NON_INCREMENTAL: &str = "
[profile.dev.package.basalam-chat]
incremental = false
[profile.dev.package.basalam-chat-api]
incremental = false
";

/// A program outside of the workspace that uses the lock file of the workspace.
pub(super) struct Program {
    pub(super) name: &'static str,
    directory: PathBuf,
}

/// The cargo profile of a build.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(super) enum Profile {
    Debug,
    Release,
}

/// The duration of one build.
#[derive(Clone, Copy, Debug)]
pub(super) struct BuildTime {
    pub(super) wall: Duration,
    /// The CPU time of all processes; `None` if the system does not report it.
    pub(super) cpu: Option<Duration>,
}

impl Program {
    /// Writes the program with reqwest alone.
    pub(super) fn reqwest(root: &Path) -> anyhow::Result<Program> {
        Program::write(root, "reqwest", REQWEST, include_str!("reqwest/main.rs"))
    }

    /// Writes the program with the SDK.
    pub(super) fn sdk(root: &Path) -> anyhow::Result<Program> {
        let sdk = root.join("crates/basalam-chat");
        // The debug format of a path is also a valid TOML string.
        let dependency = format!("basalam-chat = {{ path = {sdk:?} }}\n{NON_INCREMENTAL}");
        Program::write(root, "sdk", &dependency, include_str!("sdk/main.rs"))
    }

    fn write(
        root: &Path,
        name: &'static str,
        dependencies: &str,
        source: &str,
    ) -> anyhow::Result<Program> {
        let target = Workspace::read(root)?.target;
        let directory = target.join("build-cost").join(name);
        fs::create_dir_all(directory.join("src"))?;
        let manifest = format!("{MANIFEST}{dependencies}");
        fs::write(directory.join("Cargo.toml"), manifest)?;
        fs::write(directory.join("src/main.rs"), source)?;
        fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock"))?;
        Ok(Program { name, directory })
    }

    /// Returns the output of `cargo tree`, which downloads missing crates.
    pub(super) fn tree(&self) -> anyhow::Result<String> {
        let run = |more: &[&str]| {
            let mut tree = command(&self.directory, "cargo");
            tree.args(["tree", "--edges", "normal,build", "--prefix", "none"]);
            tree.args(more).output()
        };
        let mut output = run(&["--offline"])?;
        if !output.status.success() {
            output = run(&[])?;
        }
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            bail!("`cargo tree` failed for `{}`: {reason}", self.name);
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Builds the program and all dependencies from scratch.
    pub(super) fn build(&self, profile: Profile) -> anyhow::Result<BuildTime> {
        let target = self.target();
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let mut build = command(&self.directory, "cargo");
        build.env("CARGO_TARGET_DIR", &target);
        // A compiler cache would distort the measurement.
        build.env("RUSTC_WRAPPER", "");
        build.args(["build", "--quiet", "--offline"]);
        if profile == Profile::Release {
            build.arg("--release");
        }
        let cpu_before = cpu_time::of_children();
        let start = Instant::now();
        run_command(&mut build)?;
        let wall = start.elapsed();
        let cpu = cpu_time::of_children().zip(cpu_before);
        Ok(BuildTime {
            wall,
            cpu: cpu.map(|(after, before)| after.saturating_sub(before)),
        })
    }

    /// Returns the size in bytes of the program that was built last in the release profile.
    pub(super) fn size(&self) -> anyhow::Result<u64> {
        let name = format!("program{}", std::env::consts::EXE_SUFFIX);
        let program = self.target().join("release").join(name);
        let metadata = fs::metadata(&program);
        Ok(metadata
            .with_context(|| program.display().to_string())?
            .len())
    }

    fn target(&self) -> PathBuf {
        self.directory.join("target")
    }
}
