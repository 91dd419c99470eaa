//! The file of an archive: its creation, its mode, and the lock of writers.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};

/// Creates the file if it is missing, since SQLite would create one that others can read. The files that SQLite
/// creates next to it have the same mode.
pub(crate) fn create(path: &Path) -> Result<(), Error> {
    // Closing a file drops all locks (POSIX) that this process has on it. So a file that another thread has created,
    // and may have opened with SQLite, must not be opened here.
    static CREATING: Mutex<()> = Mutex::new(());
    let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    match fs::metadata(path) {
        Ok(_) => check(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            open_private(path).map_err(|error| Error::refused(path, error))?;
            check(path)
        }
        Err(error) => Err(Error::refused(path, error)),
    }
}

/// Checks that an existing file can be an archive.
pub(crate) fn check(path: &Path) -> Result<(), Error> {
    // Before opening, since opening a named pipe can block.
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let message = format!(
                "the archive `{}` does not exist; sync or import to create it",
                path.display()
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        Err(error) => return Err(Error::refused(path, error)),
    };
    if !metadata.is_file() {
        return Err(Error::refused(path, "it is not a regular file"));
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777;
        if mode & 0o077 != 0 {
            let cause = format!("it can be read by others: its mode is {mode:o}; set it to 600");
            return Err(Error::refused(path, cause));
        }
    }
    Ok(())
}

/// Creates a file that only its owner can read.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a directory, and those above it, that only its owner can read.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Appends a suffix to the name of a file.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// How long a writer waits for the lock of another.
const PATIENCE: Duration = Duration::from_millis(500);

/// The right to sync or import. It ends when it is dropped, and when the process ends.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock of the archive at `path`.
    pub(crate) fn take(path: &Path) -> Result<WriterLock, Error> {
        let lock_path = with_suffix(path, ".lock");
        let file = open_private(&lock_path);
        let file = file.map_err(|error| Error::io("open", &lock_path, error))?;
        let started_at = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(WriterLock { _file: file }),
                // A sync that was dropped still commits what it has fetched.
                Err(TryLockError::WouldBlock) if started_at.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => {
                    let message = format!(
                        "another process syncs or imports into `{}`; wait until it has finished",
                        path.display()
                    );
                    return Err(Error::new(ErrorKind::Locked, message));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(Error::io("lock", &lock_path, error));
                }
            }
        }
    }
}
