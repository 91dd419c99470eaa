//! `cargo xtask generate`: the files that are generated from the document.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, bail};
use basalam_chat_drift::DOCUMENT;
use basalam_chat_drift::file::write;
use similar::TextDiff;

/// Copies of the document for crates that include it in their package.
const COPIES: [&str; 2] = [
    "crates/basalam-chat-api/openapi/chat.json",
    "crates/basalam-chat-emulator/openapi/chat.json",
];

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Writes nothing; prints a diff and fails if a generated file is stale.
    #[arg(long, conflicts_with = "document")]
    check: bool,
    /// Generates from this OpenAPI document (JSON, 3.0 or 3.1) instead of openapi/chat.json.
    #[arg(long, requires = "out")]
    document: Option<PathBuf>,
    /// The directory for the sources of `--document`, which are the files of one Rust module.
    #[arg(long, requires = "document")]
    out: Option<PathBuf>,
}

/// A generated file.
struct GeneratedFile {
    path: &'static str,
    content: String,
}

/// Runs the command in the workspace at `root`.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    if let (Some(document), Some(out)) = (&arguments.document, &arguments.out) {
        return generate_module(document, out);
    }
    match arguments.check {
        true => check(root),
        false => write_files(root),
    }
}

/// Writes the sources of a document as the files of one module.
fn generate_module(document: &Path, out: &Path) -> anyhow::Result<()> {
    let context = || document.display().to_string();
    let text = fs::read_to_string(document).with_context(context)?;
    let sources = basalam_chat_codegen::generate(&text).with_context(context)?;
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    for (name, source) in sources.files() {
        write(&out.join(name), source)?;
        println!("wrote {}", out.join(name).display());
    }
    Ok(())
}

/// Fails if a generated file below `root` is stale.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    check_files(root, &generate(root)?)
}

/// Writes the generated files below `root`.
pub(crate) fn write_files(root: &Path) -> anyhow::Result<()> {
    let files = generate(root)?;
    let mut written = 0;
    for file in &files {
        if read(&root.join(file.path))?.as_deref() != Some(&file.content) {
            write(&root.join(file.path), &file.content)?;
            println!("wrote {}", file.path);
            written += 1;
        }
    }
    println!("{written} of {} generated files changed", files.len());
    Ok(())
}

fn generate(root: &Path) -> anyhow::Result<Vec<GeneratedFile>> {
    let document = fs::read_to_string(root.join(DOCUMENT)).context(DOCUMENT)?;
    let sources = basalam_chat_codegen::generate(&document).context(DOCUMENT)?;
    let mut files = vec![
        GeneratedFile {
            path: "crates/basalam-chat-api/src/generated/client.rs",
            content: sources.client,
        },
        GeneratedFile {
            path: "crates/basalam-chat-api/src/generated/operations.rs",
            content: sources.operations,
        },
        GeneratedFile {
            path: "crates/basalam-chat-api/src/generated/newtypes.rs",
            content: sources.newtypes,
        },
        GeneratedFile {
            path: "crates/basalam-chat-mock/src/generated/mock.rs",
            content: sources.mock,
        },
    ];
    files.extend(COPIES.map(|path| GeneratedFile {
        path,
        content: document.clone(),
    }));
    Ok(files)
}

fn check_files(root: &Path, files: &[GeneratedFile]) -> anyhow::Result<()> {
    let stale = stale_files(root, files)?;
    for (_, diff) in &stale {
        print!("{diff}");
    }
    if !stale.is_empty() {
        let paths: Vec<&str> = stale.iter().map(|(path, _)| *path).collect();
        bail!(
            "stale files: {}; run `cargo xtask generate` and commit the changes",
            paths.join(", ")
        );
    }
    println!("{} generated files are up to date", files.len());
    Ok(())
}

/// Returns the paths of the stale files below `root`, each with a diff.
fn stale_files(
    root: &Path,
    files: &[GeneratedFile],
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut stale = Vec::new();
    for file in files {
        let found = read(&root.join(file.path))?;
        if found.as_deref() != Some(&file.content) {
            stale.push((file.path, diff(file, &found.unwrap_or_default())));
        }
    }
    Ok(stale)
}

fn diff(file: &GeneratedFile, found: &str) -> String {
    TextDiff::from_lines(found, file.content.as_str())
        .unified_diff()
        .header(&format!("{} (current)", file.path), "(generated)")
        .to_string()
}

/// Returns the content of a file, or `None` if the file does not exist.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read(path) {
        // A file that is not UTF-8 counts as stale.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a directory that contains only the document.
    fn document_only_workspace() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("openapi")).unwrap();
        fs::copy(
            crate::workspace_root().join(DOCUMENT),
            directory.path().join(DOCUMENT),
        )
        .unwrap();
        directory
    }

    #[test]
    fn generates_the_committed_bytes_at_any_path_and_repeatedly() {
        let directory = document_only_workspace();
        for _ in 0..2 {
            write_files(directory.path()).unwrap();
            for file in generate(directory.path()).unwrap() {
                let committed = fs::read(crate::workspace_root().join(file.path)).unwrap();
                let written = fs::read(directory.path().join(file.path)).unwrap();
                assert!(written == committed, "{}", file.path);
            }
        }
    }

    #[test]
    fn check_prints_changed_lines_of_every_generated_file() {
        let directory = document_only_workspace();
        write_files(directory.path()).unwrap();
        let files = generate(directory.path()).unwrap();
        assert!(stale_files(directory.path(), &files).unwrap().is_empty());
        for file in &files {
            let path = directory.path().join(file.path);
            fs::write(&path, format!("{}// touched\n", file.content)).unwrap();
            let found = stale_files(directory.path(), &files).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].0, file.path);
            assert!(found[0].1.contains("\n-// touched\n"), "{}", found[0].1);
            assert!(found[0].1.contains(file.path));
            assert!(check(directory.path()).is_err());
            fs::write(&path, &file.content).unwrap();
        }
    }

    #[test]
    fn missing_files_are_stale_and_get_written() {
        let directory = document_only_workspace();
        assert!(check(directory.path()).is_err());
        write_files(directory.path()).unwrap();
        check(directory.path()).unwrap();
    }

    #[test]
    fn invalid_document_changes_no_file() {
        let directory = document_only_workspace();
        write_files(directory.path()).unwrap();
        let files = generate(directory.path()).unwrap();
        fs::write(directory.path().join(DOCUMENT), "{}").unwrap();
        assert!(write_files(directory.path()).is_err());
        assert!(stale_files(directory.path(), &files).unwrap().is_empty());
    }
}
