//! The archive of an account: `sync`, `search`, `export` and `import`.

mod export;
mod search;
mod sync;

use std::path::{Path, PathBuf};

use basalam_chat_archive::{Archive, Error};
use tempfile::TempDir;

pub(crate) use export::{export, import};
pub(crate) use search::search;
pub(crate) use sync::sync;

use crate::command_line::quoted;
use crate::context::Context;
use crate::directories::Directories;
use crate::failure::{Failure, Kind};
use crate::prompt::blocking;

/// An open archive.
pub(crate) struct OpenArchive {
    archive: Archive,
    /// The directory of an archive that is thrown away.
    _temporary: Option<TempDir>,
}

impl OpenArchive {
    /// Opens the archive to write to it, and creates it if it is missing.
    async fn create(context: &Context<'_>, path: Option<&Path>) -> Result<OpenArchive, Failure> {
        if path.is_none() && context.emulated.is_some() {
            let directory = tempfile::tempdir()
                .map_err(|error| Failure::io("a temporary directory cannot be made", &error))?;
            let path = directory.path().join("archive.db");
            let archive = blocking(move || Archive::open(path)).await??;
            return Ok(OpenArchive {
                archive,
                _temporary: Some(directory),
            });
        }
        let path = match path {
            Some(path) => path.to_owned(),
            None => {
                let path = default_path(context)?;
                create_directory(&path)?;
                path
            }
        };
        let archive = blocking(move || Archive::open(path)).await??;
        Ok(OpenArchive {
            archive,
            _temporary: None,
        })
    }

    /// Opens an archive that exists. That of an emulator is made first.
    async fn existing(context: &Context<'_>, path: Option<&Path>) -> Result<OpenArchive, Failure> {
        if path.is_none() && context.emulated.is_some() {
            let open = OpenArchive::create(context, None).await?;
            let client = context.client().await?;
            let sync = open.archive.sync(client).into_future();
            context.interrupt.or(sync).await??;
            return Ok(open);
        }
        let (path, sync) = match path {
            Some(path) => {
                let option = quoted(&path.to_string_lossy());
                (path.to_owned(), format!("sync --archive {option}"))
            }
            None => (default_path(context)?, "sync".to_owned()),
        };
        let opened = blocking(move || Archive::open_existing(path)).await?;
        let archive = opened.map_err(|error| match error.is_not_found() {
            true => {
                let hint = format!("To create it, run: {}", context.command(&sync));
                Failure::failed(error.to_string()).hint(hint)
            }
            false => Failure::from(error),
        })?;
        Ok(OpenArchive {
            archive,
            _temporary: None,
        })
    }
}

/// Returns the path of the profile's archive.
pub(crate) fn default_path(context: &Context<'_>) -> Result<PathBuf, Failure> {
    Ok(Directories::find()?.archive(&context.options.profile))
}

/// Creates the directory of an archive, which only its user can read.
fn create_directory(path: &Path) -> Result<(), Failure> {
    let Some(directory) = path.parent() else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    let failed = |error| Failure::io("the directory of the archive cannot be created", &error);
    builder.create(directory).map_err(failed)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        if let Some(client) = error.client_error() {
            return Failure::from(client);
        }
        let kind = if error.is_locked() {
            Kind::TryLater
        } else if error.is_invalid_input() {
            Kind::Usage
        } else {
            Kind::Failed
        };
        Failure::new(kind, error.to_string())
    }
}
