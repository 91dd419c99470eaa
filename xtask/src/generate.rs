//! `cargo xtask generate`: the sources that come from the document.

use std::path::Path;
use std::{fs, io};

use anyhow::{Context, bail};
use similar::TextDiff;

/// The one source of truth.
const DOCUMENT: &str = "openapi/chat.json";

/// Copies of the document, for crates whose package must hold it.
const COPIES: [&str; 2] = [
    "crates/basalam-chat-api/openapi/chat.json",
    "crates/basalam-chat-emulator/openapi/chat.json",
];

/// A file that comes from the document.
struct Generated {
    path: &'static str,
    text: String,
}

/// Writes every generated file below `root`, or, with `check`, shows where one is stale and fails.
pub(crate) fn run(root: &Path, check: bool) -> anyhow::Result<()> {
    let files = generate(root)?;
    if check {
        return check_files(root, &files);
    }
    let mut written = 0;
    for file in &files {
        if read(&root.join(file.path))?.as_deref() != Some(&file.text) {
            write(&root.join(file.path), &file.text)?;
            println!("wrote {}", file.path);
            written += 1;
        }
    }
    println!("{written} of {} generated files changed", files.len());
    Ok(())
}

fn generate(root: &Path) -> anyhow::Result<Vec<Generated>> {
    let document = fs::read_to_string(root.join(DOCUMENT)).context(DOCUMENT)?;
    let sources = basalam_chat_codegen::generate(&document).context(DOCUMENT)?;
    let mut files = vec![
        Generated {
            path: "crates/basalam-chat-api/src/generated/client.rs",
            text: sources.client,
        },
        Generated {
            path: "crates/basalam-chat-api/src/generated/operations.rs",
            text: sources.operations,
        },
        Generated {
            path: "crates/basalam-chat-api/src/generated/newtypes.rs",
            text: sources.newtypes,
        },
        Generated {
            path: "crates/basalam-chat-mock/src/generated/mock.rs",
            text: sources.mock,
        },
    ];
    files.extend(COPIES.map(|path| Generated {
        path,
        text: document.clone(),
    }));
    Ok(files)
}

fn check_files(root: &Path, files: &[Generated]) -> anyhow::Result<()> {
    let stale = stale(root, files)?;
    for (_, difference) in &stale {
        print!("{difference}");
    }
    if !stale.is_empty() {
        let paths: Vec<&str> = stale.iter().map(|(path, _)| *path).collect();
        bail!(
            "stale: {}. Run `cargo xtask generate` and commit what it writes",
            paths.join(", ")
        );
    }
    println!("{} generated files are fresh", files.len());
    Ok(())
}

/// The files below `root` that are not what would be written, each with the difference.
fn stale(root: &Path, files: &[Generated]) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut stale = Vec::new();
    for file in files {
        let found = read(&root.join(file.path))?;
        if found.as_deref() != Some(&file.text) {
            stale.push((file.path, difference(file, &found.unwrap_or_default())));
        }
    }
    Ok(stale)
}

fn difference(file: &Generated, found: &str) -> String {
    TextDiff::from_lines(found, file.text.as_str())
        .unified_diff()
        .header(&format!("{} (found)", file.path), "(generated)")
        .to_string()
}

/// The text of a file, or nothing where there is no such file.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read(path) {
        // What is not UTF-8 is stale like any other change.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Writes beside the file first, so that an interrupted run leaves no half of one.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let context = || path.display().to_string();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(context)?;
    }
    let beside = path.with_extension("tmp");
    fs::write(&beside, text).with_context(context)?;
    fs::rename(&beside, path).with_context(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with the document in it and nothing else.
    fn empty_workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("openapi")).unwrap();
        fs::copy(
            crate::workspace_root().join(DOCUMENT),
            folder.path().join(DOCUMENT),
        )
        .unwrap();
        folder
    }

    #[test]
    fn generating_at_another_path_and_again_gives_the_committed_bytes() {
        let folder = empty_workspace();
        for _ in 0..2 {
            run(folder.path(), false).unwrap();
            for file in generate(folder.path()).unwrap() {
                let committed = fs::read(crate::workspace_root().join(file.path)).unwrap();
                let written = fs::read(folder.path().join(file.path)).unwrap();
                assert!(written == committed, "{}", file.path);
            }
        }
    }

    #[test]
    fn a_change_to_any_generated_file_is_shown_by_line() {
        let folder = empty_workspace();
        run(folder.path(), false).unwrap();
        let files = generate(folder.path()).unwrap();
        assert!(stale(folder.path(), &files).unwrap().is_empty());
        for file in &files {
            let path = folder.path().join(file.path);
            fs::write(&path, format!("{}// touched\n", file.text)).unwrap();
            let found = stale(folder.path(), &files).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].0, file.path);
            assert!(found[0].1.contains("\n-// touched\n"), "{}", found[0].1);
            assert!(found[0].1.contains(file.path));
            assert!(run(folder.path(), true).is_err());
            fs::write(&path, &file.text).unwrap();
        }
    }

    #[test]
    fn a_missing_file_is_stale_and_is_written() {
        let folder = empty_workspace();
        assert!(run(folder.path(), true).is_err());
        run(folder.path(), false).unwrap();
        run(folder.path(), true).unwrap();
    }

    #[test]
    fn a_document_that_cannot_be_generated_from_changes_no_file() {
        let folder = empty_workspace();
        run(folder.path(), false).unwrap();
        let files = generate(folder.path()).unwrap();
        fs::write(folder.path().join(DOCUMENT), "{}").unwrap();
        assert!(run(folder.path(), false).is_err());
        assert!(stale(folder.path(), &files).unwrap().is_empty());
    }
}
