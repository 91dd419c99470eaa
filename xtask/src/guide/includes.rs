//! The code that chapters include: `{{#include FILE:ANCHOR}}`.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// An include of a part of a file.
pub(super) struct Include<'a> {
    /// The path, relative to the chapter.
    path: &'a str,
    anchor: &'a str,
}

impl<'a> Include<'a> {
    /// Parses a line of a chapter. Returns `None` if it is no include with an anchor.
    pub(super) fn parse(line: &'a str) -> Option<Include<'a>> {
        let include = line
            .trim()
            .strip_prefix("{{#include ")?
            .strip_suffix("}}")?;
        let (path, anchor) = include.split_once(':')?;
        Some(Include { path, anchor })
    }

    /// Returns the part of the file from the anchor to its end. mdBook shows nothing if it is missing.
    pub(super) fn read(&self, chapter: &Path) -> anyhow::Result<String> {
        let path = chapter.with_file_name(self.path);
        let file = fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let start = format!("ANCHOR: {}", self.anchor);
        let end = format!("ANCHOR_END: {}", self.anchor);
        let mut lines = file.lines();
        if !lines.any(|line| anchor_comment(line) == start) {
            bail!("{} has no comment `{start}`", path.display());
        }
        let part = lines.take_while(|line| !line.contains(&end));
        Ok(part.collect::<Vec<_>>().join("\n"))
    }

    /// Returns the file and the anchor, if the file is the one that ends in `suffix`.
    pub(super) fn is_of(&self, suffix: &str, anchor: &str) -> bool {
        self.path.ends_with(suffix) && self.anchor == anchor
    }
}

/// Returns the text of a comment of Rust and JavaScript, or of Python and YAML.
pub(super) fn anchor_comment(line: &str) -> &str {
    let line = line.trim();
    let comment = line.strip_prefix("// ").or(line.strip_prefix("# "));
    comment.unwrap_or(line)
}
