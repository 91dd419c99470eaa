//! The public API of every published crate, compared with committed listings.
//!
//! The listings are made from rustdoc's JSON, which a stable toolchain only writes with
//! `RUSTC_BOOTSTRAP`. Setting that variable for all of cargo would rebuild everything, because
//! build scripts depend on it. This program is therefore passed to cargo as rustdoc (`RUSTDOC`),
//! and runs the real rustdoc with the variable set.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use anyhow::bail;
use similar::TextDiff;

use crate::process::{Outcome, command, run_command};
use crate::workspace::Workspace;

/// The directory of the committed listings.
const LISTINGS: &str = "docs/public-api";

const CHANGELOG: &str = "CHANGELOG.md";

/// Holds the path of the real rustdoc if this program runs in its place.
const REAL_RUSTDOC: &str = "XTASK_RUSTDOC";

/// Prints a diff and fails if the public API of a crate differs from its listing.
pub(super) fn check(root: &Path) -> anyhow::Result<Outcome> {
    let listings = match read_listings(root)? {
        Ok(listings) => listings,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let changed = print_changes(&listings);
    if let Some(first) = changed.first() {
        bail!(
            "the public API of {} changed: describe the change in {CHANGELOG}, then run \
             `cargo xtask public-api` and commit the listings",
            first.name
        );
    }
    println!("{} listings are up to date", listings.len());
    Ok(Outcome::Passed)
}

/// Writes the listings, provided that the changelog has changed as well.
pub(crate) fn update(root: &Path) -> anyhow::Result<()> {
    let listings = read_listings(root)?.map_err(anyhow::Error::msg)?;
    let changed = print_changes(&listings);
    if !changed.is_empty() && is_changelog_unchanged(root) {
        bail!(
            "{CHANGELOG} has not changed since the last listings; describe the changes there first"
        );
    }
    for listing in &changed {
        basalam_chat_drift::file::write(&listing.path, &listing.current)?;
        println!("wrote {LISTINGS}/{}.txt", listing.name);
    }
    println!("{} of {} listings changed", changed.len(), listings.len());
    Ok(())
}

/// Runs rustdoc with `RUSTC_BOOTSTRAP` if this program was started in its place.
pub(crate) fn run_as_rustdoc() -> Option<ExitCode> {
    let rustdoc = env::var_os(REAL_RUSTDOC)?;
    let mut command = Command::new(rustdoc);
    command
        .args(env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1");
    Some(match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Lets `cargo doc` use unstable features of rustdoc, with this program in its place.
pub(super) fn allow_unstable_rustdoc(cargo: &mut Command) -> anyhow::Result<()> {
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    cargo.env("RUSTDOC", env::current_exe()?);
    cargo.env(REAL_RUSTDOC, rustdoc);
    Ok(())
}

/// The current and the committed public API of a crate.
struct Listing {
    name: String,
    path: PathBuf,
    current: String,
    committed: String,
}

/// Prints a diff of every changed listing and returns those listings.
fn print_changes(listings: &[Listing]) -> Vec<&Listing> {
    let changed = listings.iter().filter(|it| it.current != it.committed);
    changed
        .inspect(|listing| {
            let diff = TextDiff::from_lines(listing.committed.as_str(), listing.current.as_str());
            let from = format!("{} (committed)", listing.name);
            print!(
                "{}",
                diff.unified_diff()
                    .context_radius(0)
                    .header(&from, "(current)")
            );
        })
        .collect()
}

/// Lists the API of every published crate, or returns the reason why this toolchain cannot.
fn read_listings(root: &Path) -> anyhow::Result<Result<Vec<Listing>, String>> {
    let mut document = command(root, "cargo");
    document
        .args(["doc", "--quiet", "--workspace", "--exclude", "xtask"])
        .args(["--lib", "--no-deps", "--all-features"])
        .env(
            "RUSTDOCFLAGS",
            "-Z unstable-options --output-format json --cap-lints allow",
        );
    allow_unstable_rustdoc(&mut document)?;
    if let Err(error) = run_command(&mut document) {
        return Ok(Err(format!("rustdoc did not write JSON ({error:#})")));
    }
    let Workspace {
        target, libraries, ..
    } = Workspace::read(root)?;
    let directory = target.join("doc");
    let mut listings = Vec::new();
    for name in libraries {
        let json = directory.join(format!("{}.json", name.replace('-', "_")));
        let api = public_api::Builder::from_rustdoc_json(&json)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(true)
            .build();
        let api = match api {
            Ok(api) => api,
            Err(error) => {
                return Ok(Err(format!(
                    "the rustdoc JSON of this toolchain is not supported ({error})"
                )));
            }
        };
        let mut current: Vec<_> = api.items().map(|item| format!("{item}\n")).collect();
        current.dedup();
        let path = root.join(LISTINGS).join(format!("{name}.txt"));
        listings.push(Listing {
            name,
            committed: fs::read_to_string(&path).unwrap_or_default(),
            current: current.concat(),
            path,
        });
    }
    Ok(Ok(listings))
}

/// Returns `true` if the changelog is the same as in the last commit that changed a listing, and
/// `false` if it differs or git cannot compare them.
fn is_changelog_unchanged(root: &Path) -> bool {
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
