//! Links between pages, to their headings, and to files of the repository.

use std::path::Path;

use super::{OUTPUT, run_tool};

/// Markdown that people read outside of the books.
const PAGES: [&str; 5] = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs",
    "crates/basalam-chat-emulator/README.md",
];

/// Checks the links of both books and of the Markdown files. Those to other hosts are not followed.
pub(super) fn check(root: &Path, tools: &Path) -> anyhow::Result<()> {
    let output = root.join(OUTPUT);
    let output = output.to_string_lossy();
    let mut arguments = vec!["--offline", "--include-fragments", "--no-progress"];
    arguments.extend(["--root-dir", &output, &output]);
    arguments.extend(PAGES);
    run_tool(root, tools, "lychee", &arguments)
}
