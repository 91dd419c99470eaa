//! The two programs that are compared, and the building of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::cpu;
use crate::ci::workspace::Workspace;
use crate::ci::{command, succeed};

/// What both programs have in common.
const MANIFEST: &str = r#"[package]
name = "program"
version = "0.0.0"
edition = "2024"
publish = false

# A workspace of its own, which takes nothing from one around it.
[workspace]

[profile.release]
strip = true

[dependencies]
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

/// What a program takes that does without the SDK.
const BARE: &str = r#"reqwest = { version = "0.13", features = ["json", "query"] }
serde = { version = "1", features = ["derive"] }
"#;

/// Has crates that come by a path built as those of a registry are, which are not to be edited: cargo keeps no
/// notes of them for the next build.
const AS_FROM_A_REGISTRY: &str = "
[profile.dev.package.basalam-chat]
incremental = false
[profile.dev.package.basalam-chat-api]
incremental = false
";

/// A program outside of the workspace, with the versions that the workspace is locked to.
pub(super) struct Program {
    pub(super) name: &'static str,
    place: PathBuf,
}

/// How a program is built.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(super) enum Profile {
    Debug,
    Release,
}

/// What one build took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    pub(super) wall: Duration,
    /// Of all processes together; only where the system tells.
    pub(super) cpu: Option<Duration>,
}

impl Program {
    /// Writes the program without the SDK.
    pub(super) fn bare(root: &Path) -> anyhow::Result<Program> {
        Program::write(root, "bare", BARE, include_str!("bare/main.rs"))
    }

    /// Writes the program with the SDK.
    pub(super) fn sdk(root: &Path) -> anyhow::Result<Program> {
        let sdk = root.join("crates/basalam-chat");
        // A string of Rust is one of TOML.
        let dependency = format!("basalam-chat = {{ path = {sdk:?} }}\n{AS_FROM_A_REGISTRY}");
        Program::write(root, "sdk", &dependency, include_str!("sdk/main.rs"))
    }

    fn write(
        root: &Path,
        name: &'static str,
        dependencies: &str,
        source: &str,
    ) -> anyhow::Result<Program> {
        let place = Workspace::read(root)?.target.join("build-cost").join(name);
        fs::create_dir_all(place.join("src"))?;
        fs::write(
            place.join("Cargo.toml"),
            format!("{MANIFEST}{dependencies}"),
        )?;
        fs::write(place.join("src/main.rs"), source)?;
        fs::copy(root.join("Cargo.lock"), place.join("Cargo.lock"))?;
        Ok(Program { name, place })
    }

    /// Every crate that is built for it, as `cargo tree` writes them. What is not there yet is downloaded.
    pub(super) fn tree(&self) -> anyhow::Result<String> {
        let ask = |more: &[&str]| {
            let mut tree = command(&self.place, "cargo");
            tree.args(["tree", "--edges", "normal,build", "--prefix", "none"]);
            tree.args(more).output()
        };
        let mut output = ask(&["--offline"])?;
        if !output.status.success() {
            output = ask(&[])?;
        }
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            bail!(
                "cargo does not tell what `{}` is built of: {reason}",
                self.name
            );
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Builds it from nothing.
    pub(super) fn build(&self, profile: Profile) -> anyhow::Result<Cost> {
        let target = self.target();
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let mut build = command(&self.place, "cargo");
        build.env("CARGO_TARGET_DIR", &target);
        // A cache of compiled crates would be what is measured.
        build.env("RUSTC_WRAPPER", "");
        build.args(["build", "--quiet", "--offline"]);
        if profile == Profile::Release {
            build.arg("--release");
        }
        let cpu_before = cpu::of_children();
        let start = Instant::now();
        succeed(&mut build)?;
        let wall = start.elapsed();
        let cpu = cpu::of_children().zip(cpu_before);
        Ok(Cost {
            wall,
            cpu: cpu.map(|(after, before)| after.saturating_sub(before)),
        })
    }

    /// How many bytes the program has that was built in release last.
    pub(super) fn size(&self) -> anyhow::Result<u64> {
        let name = format!("program{}", std::env::consts::EXE_SUFFIX);
        let program = self.target().join("release").join(name);
        let metadata = fs::metadata(&program);
        Ok(metadata
            .with_context(|| program.display().to_string())?
            .len())
    }

    fn target(&self) -> PathBuf {
        self.place.join("target")
    }
}
