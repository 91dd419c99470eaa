//! `cargo xtask guide`: builds the guide and checks it.

mod includes;
mod links;
mod snippets;
mod terminal;
mod types;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::ci::python::{self, Python};
use crate::process::{Outcome, command, run_command};

/// The books, in this order: the output of the second one is below that of the first.
const BOOKS: [&str; 2] = ["docs/guide", "docs/fa"];

/// The directories of the chapters, which show code.
const CHAPTERS: [&str; 2] = ["docs/guide", "docs/fa"];

/// The output of both books, below the workspace.
const OUTPUT: &str = "target/guide";

const REQUIREMENTS: &str = "xtask/python/guide-requirements.txt";

/// Builds both books. Checks their code, the types that they explain, the picture of README.md, links and spelling.
pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    snippets::check(root)?;
    types::check(root)?;
    terminal::check(root)?;
    let tools = match python::with_requirements(root, "guide-tools", REQUIREMENTS)? {
        Python::Ready(python) => python.parent().map(Path::to_owned),
        Python::Unavailable(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let tools = tools.context("the virtual environment has no directory of programs")?;
    for book in BOOKS {
        run_tool(root, &tools, "mdbook", &["build", book])?;
    }
    links::check(root, &tools)?;
    run_tool(root, &tools, "typos", &["--config", "typos.toml"])?;
    println!("the guide is {OUTPUT}/index.html");
    Ok(Outcome::Passed)
}

fn run_tool(root: &Path, tools: &Path, name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let program = tools.join(name);
    let mut tool = command(root, &program.to_string_lossy());
    run_command(tool.args(arguments)).map(drop)
}

/// Returns the Markdown files of a directory, sorted, without those of its subdirectories.
fn markdown_files(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)
        .with_context(|| format!("{} cannot be read", directory.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    Ok(paths)
}

/// Fails with a list of problems, if there is one.
fn report(problems: &[String], remedy: &str) -> anyhow::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{}\n{remedy}", problems.join("\n"));
}
