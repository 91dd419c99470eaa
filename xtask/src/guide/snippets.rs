//! All programs of the guide are tested: chapters include them, and README.md is a doctest.

use std::fs;
use std::path::Path;

use super::includes::{Include, anchor_comment};
use super::{CHAPTERS, markdown_files, report};

/// The crate of the programs, and the directories of its sources.
const PROGRAMS: &str = "crates/basalam-chat-guide";
const SOURCES: [&str; 2] = ["src", "tests"];

/// The programs in other languages.
const OTHER_LANGUAGES: &str = "examples/other-languages";

/// The languages of programs. Commands, settings and output are written in the chapters.
const LANGUAGES: [&str; 4] = ["rust", "python", "javascript", "yaml"];

const REMEDY: &str = "Put the code into crates/basalam-chat-guide, or into examples/other-languages, between \
                      `// ANCHOR: name` and `// ANCHOR_END: name`, test it there, and include it.";

pub(super) fn check(root: &Path) -> anyhow::Result<()> {
    let mut problems = Vec::new();
    let mut chapters = String::new();
    for directory in CHAPTERS {
        for path in markdown_files(&root.join(directory))? {
            let text = fs::read_to_string(&path)?;
            let name = path.strip_prefix(root).unwrap_or(&path);
            for problem in check_chapter(&path, &text) {
                problems.push(format!("{}: {problem}", name.display()));
            }
            chapters.push_str(&text);
        }
    }
    let mut programs = String::new();
    for source in SOURCES {
        add_lines(&root.join(PROGRAMS).join(source), &mut programs)?;
    }
    // Pages that are also read outside of the book cannot include anything, so they repeat a part of a program.
    for path in markdown_files(&root.join("docs"))? {
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        for block in code_blocks(&fs::read_to_string(&path)?, &["rust"]) {
            if !programs.contains(&trimmed(block)) {
                problems.push(format!("{name}: a block is not a part of any program"));
            }
        }
    }
    let readme = fs::read_to_string(root.join("README.md"))?;
    if readme.contains("```rust,ignore") {
        problems.push("README.md: a block of code is not compiled".to_owned());
    }
    let sources = SOURCES.map(|source| root.join(PROGRAMS).join(source));
    for directory in sources.iter().chain([&root.join(OTHER_LANGUAGES)]) {
        find_unused(directory, directory, &chapters, &mut problems)?;
    }
    report(&problems, REMEDY)
}

/// Returns the problems of the programs of a chapter.
fn check_chapter(path: &Path, text: &str) -> Vec<String> {
    let blocks = code_blocks(text, &LANGUAGES);
    let problems = blocks.iter().filter_map(|block| match block.as_slice() {
        [line] => match Include::parse(line) {
            Some(include) => include.read(path).err().map(|error| format!("{error:#}")),
            None => Some(format!("`{line}` is no include with an anchor")),
        },
        lines => Some(format!(
            "{} lines of code instead of an include",
            lines.len()
        )),
    });
    problems.collect()
}

/// Returns the lines of each block of code in one of these languages.
fn code_blocks<'a>(text: &'a str, languages: &[&str]) -> Vec<Vec<&'a str>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let block: Vec<&str> = lines
                .by_ref()
                .take_while(|line| !line.trim_start().starts_with("```"))
                .collect();
            if languages.iter().any(|it| language.starts_with(it)) {
                blocks.push(block);
            }
        }
    }
    blocks
}

/// Adds the lines of all programs in a directory, without their indentation.
fn add_lines(directory: &Path, lines: &mut String) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            add_lines(&path, lines)?;
        } else {
            lines.push_str(&trimmed(fs::read_to_string(path)?.lines()));
        }
    }
    Ok(())
}

/// Returns lines without their indentation.
fn trimmed<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    lines
        .into_iter()
        .map(|line| format!("{}\n", line.trim()))
        .collect()
}

/// Adds the parts of programs that no chapter includes.
fn find_unused(
    directory: &Path,
    sources: &Path,
    chapters: &str,
    problems: &mut Vec<String>,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            find_unused(&path, sources, chapters, problems)?;
            continue;
        }
        let relative = path.strip_prefix(sources).unwrap_or(&path);
        let suffix = relative.to_string_lossy().replace('\\', "/");
        let file = fs::read_to_string(&path)?;
        let anchors = file
            .lines()
            .filter_map(|line| anchor_comment(line).strip_prefix("ANCHOR: "));
        for anchor in anchors {
            let mut includes = chapters.lines().filter_map(Include::parse);
            if !includes.any(|include| include.is_of(&suffix, anchor)) {
                problems.push(format!("{suffix}: no chapter includes `{anchor}`"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_chapter, code_blocks};
    use std::fs;

    #[test]
    fn only_includes_of_existing_anchors_are_accepted() {
        let directory = tempfile::tempdir().unwrap();
        let code = "use a;\n// ANCHOR: part\nfn f() {}\n// ANCHOR_END: part\n";
        fs::write(directory.path().join("code.rs"), code).unwrap();
        let chapter = directory.path().join("chapter.md");
        let problems = |block: &str| check_chapter(&chapter, &format!("```rust\n{block}\n```\n"));
        assert!(problems("{{#include code.rs:part}}").is_empty());
        for block in [
            "fn pasted() {}",
            "{{#include code.rs}}",
            "{{#include code.rs:1:3}}",
            "{{#include code.rs:par}}",
            "{{#include other.rs:part}}",
            "{{#include code.rs:part}}\nfn pasted() {}",
        ] {
            assert_eq!(problems(block).len(), 1, "{block}");
        }
    }

    #[test]
    fn programs_in_other_languages_are_included_too() {
        let directory = tempfile::tempdir().unwrap();
        let code = "import a\n# ANCHOR: part\nf()\n# ANCHOR_END: part\n";
        fs::write(directory.path().join("code.py"), code).unwrap();
        let chapter = directory.path().join("chapter.md");
        let problems = |block: &str| check_chapter(&chapter, &format!("```python\n{block}\n```\n"));
        assert!(problems("{{#include code.py:part}}").is_empty());
        assert_eq!(problems("{{#include code.py:other}}").len(), 1);
        assert_eq!(problems("f()").len(), 1);
    }

    #[test]
    fn blocks_of_other_languages_are_not_rust() {
        let text =
            "```sh\ncargo run\n```\n   ```rust,no_run\n   a\n   b\n   ```\n```text\nrust\n```\n";
        assert_eq!(code_blocks(text, &["rust"]), [["   a", "   b"]]);
    }
}
