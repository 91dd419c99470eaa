//! The public API of every published crate, held against a listing that is committed.
//!
//! rustdoc tells it as JSON, which a stable toolchain only does when it is told that it may. Only
//! rustdoc itself is told: build scripts that ask for the same variable would have everything built
//! anew. So this program stands in for rustdoc, and passes everything on.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use anyhow::bail;
use similar::TextDiff;

use super::workspace::Workspace;
use super::{Outcome, command, succeed};

/// Where the listings stand.
const LISTINGS: &str = "docs/public-api";

const CHANGELOG: &str = "CHANGELOG.md";

/// Set where this program stands in for rustdoc; holds the real one.
const RUSTDOC: &str = "XTASK_RUSTDOC";

/// Fails, and shows the lines, where a crate's API is not what its listing says.
pub(super) fn check(root: &Path) -> anyhow::Result<Outcome> {
    let listed = match list(root)? {
        Ok(listed) => listed,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let changed: Vec<&Listing> = listed.iter().filter(|it| it.is_changed()).collect();
    for listing in &changed {
        print!("{}", listing.difference());
    }
    if let Some(first) = changed.first() {
        bail!(
            "the public API changed, first in {}: say in {CHANGELOG} what users notice, then run \
             `cargo xtask public-api` and commit what it writes",
            first.name
        );
    }
    println!("{} listings are fresh", listed.len());
    Ok(Outcome::Passed)
}

/// Writes the listings, once the changelog says something of what changed.
pub(crate) fn accept(root: &Path) -> anyhow::Result<()> {
    let listed = list(root)?.map_err(|reason| anyhow::anyhow!("{reason}"))?;
    let changed: Vec<&Listing> = listed.iter().filter(|it| it.is_changed()).collect();
    for listing in &changed {
        print!("{}", listing.difference());
    }
    if !changed.is_empty() && is_changelog_silent(root) {
        bail!(
            "{CHANGELOG} says nothing new since the listings were last changed; say what users notice"
        );
    }
    for listing in &changed {
        crate::generate::write(&listing.path, &listing.now)?;
        println!("wrote {LISTINGS}/{}.txt", listing.name);
    }
    println!("{} of {} listings changed", changed.len(), listed.len());
    Ok(())
}

/// Stands in for rustdoc, where this program was started as it.
pub(crate) fn as_rustdoc() -> Option<ExitCode> {
    let rustdoc = env::var_os(RUSTDOC)?;
    let mut command = Command::new(rustdoc);
    command
        .args(env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1");
    Some(match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// The API of a crate as it is, and as it was accepted.
struct Listing {
    name: String,
    path: PathBuf,
    now: String,
    before: String,
}

impl Listing {
    fn is_changed(&self) -> bool {
        self.now != self.before
    }

    fn difference(&self) -> String {
        TextDiff::from_lines(self.before.as_str(), self.now.as_str())
            .unified_diff()
            .context_radius(0)
            .header(&format!("{} (accepted)", self.name), "(as it is)")
            .to_string()
    }
}

/// Lists every crate's API, or tells why this toolchain cannot.
fn list(root: &Path) -> anyhow::Result<Result<Vec<Listing>, String>> {
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let mut document = command(root, "cargo");
    document
        .args([
            "doc",
            "--quiet",
            "--workspace",
            "--exclude",
            "xtask",
            "--lib",
        ])
        .args(["--no-deps", "--all-features"])
        .env(
            "RUSTDOCFLAGS",
            "-Z unstable-options --output-format json --cap-lints allow",
        )
        .env("RUSTDOC", env::current_exe()?)
        .env(RUSTDOC, rustdoc);
    if let Err(error) = succeed(&mut document) {
        return Ok(Err(format!("rustdoc gave no JSON ({error:#})")));
    }
    let Workspace { target, packages } = Workspace::read(root)?;
    let folder = target.join("doc");
    let mut listed = Vec::new();
    for (name, _) in packages {
        let json = folder.join(format!("{}.json", name.replace('-', "_")));
        let api = public_api::Builder::from_rustdoc_json(&json)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(true)
            .build();
        let api = match api {
            Ok(api) => api,
            Err(error) => {
                return Ok(Err(format!(
                    "this toolchain's JSON cannot be read ({error})"
                )));
            }
        };
        let mut now = api
            .items()
            .map(|item| format!("{item}\n"))
            .collect::<Vec<_>>();
        now.dedup();
        let path = root.join(LISTINGS).join(format!("{name}.txt"));
        listed.push(Listing {
            name,
            before: fs::read_to_string(&path).unwrap_or_default(),
            now: now.concat(),
            path,
        });
    }
    Ok(Ok(listed))
}

/// Whether the changelog is as it was when the listings last changed, as far as git can tell.
fn is_changelog_silent(root: &Path) -> bool {
    let git = |arguments: &[&str]| command(root, "git").args(arguments).output();
    let Ok(last) = git(&["log", "-1", "--format=%H", "--", LISTINGS]) else {
        return false;
    };
    let last = String::from_utf8_lossy(&last.stdout).trim().to_owned();
    if last.is_empty() {
        return false;
    }
    git(&["diff", "--quiet", &last, "--", CHANGELOG]).is_ok_and(|output| output.status.success())
}
