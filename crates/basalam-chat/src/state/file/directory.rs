//! The directory of a store: its files, their modes, and the lock.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::state::{StateError, StateErrorKind};

/// The pause between two attempts to take the lock. The lock is held for one write, a few milliseconds.
const LOCK_POLL: Duration = Duration::from_millis(1);

/// A directory that holds `lock`, which is never deleted, and `log.N`, of which the largest `N` is current.
pub(super) struct Directory {
    path: PathBuf,
    /// The lock file. The mutex excludes the threads of this process.
    lock: Mutex<File>,
}

/// The right to write, until it is dropped.
pub(super) struct Locked<'a>(MutexGuard<'a, File>);

impl Directory {
    /// Creates the directory if it is missing, and opens the lock file.
    pub(super) fn open(path: &Path) -> Result<Directory, StateError> {
        create_directory(path).map_err(|error| refused(path, "cannot be created", error))?;
        // A symbolic link is followed once, so that all files stay in the same directory.
        let path =
            fs::canonicalize(path).map_err(|error| refused(path, "cannot be used", error))?;
        if !path.is_dir() {
            return Err(refused(&path, "cannot be used", "it is not a directory"));
        }
        let lock = open_file(&path.join("lock"), true)
            .map_err(|error| refused(&path, "cannot be locked", error))?;
        let lock = Mutex::new(lock);
        Ok(Directory { path, lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the lock, for which it waits until `deadline`.
    pub(super) fn lock(&self, deadline: Instant) -> Result<Locked<'_>, StateError> {
        let mut file = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match file.try_lock() {
                Ok(()) if is_at(&file, &self.path.join("lock")) => return Ok(Locked(file)),
                // Somebody has deleted the lock file, so others would lock another one.
                Ok(()) => {
                    *file = open_file(&self.path.join("lock"), true).map_err(|error| {
                        self.unavailable("the lock file cannot be opened", error)
                    })?;
                }
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(LOCK_POLL);
                }
                Err(TryLockError::WouldBlock) => {
                    let message = "another process holds the lock of the store; try again later";
                    return Err(StateError::new(StateErrorKind::Unavailable, message));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(refused(&self.path, "cannot be locked", error));
                }
            }
        }
    }

    pub(super) fn log_path(&self, generation: u64) -> PathBuf {
        self.path.join(format!("log.{generation}"))
    }

    pub(super) fn open_log(&self, generation: u64) -> io::Result<File> {
        open_file(&self.log_path(generation), false)
    }

    /// Returns the generations of the logs in the directory, in no order.
    pub(super) fn generations(&self) -> io::Result<Vec<u64>> {
        let mut generations = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("log."));
            generations.extend(number.and_then(|number| number.parse::<u64>().ok()));
        }
        Ok(generations)
    }

    /// Writes the log of a generation: completely or not at all, even if the machine crashes.
    pub(super) fn create_log(&self, generation: u64, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.path.join("new");
        let created = self.create_log_from(&temporary, generation, bytes);
        if created.is_err() {
            // If the disk is full, other writes need the space.
            let _ = remove_if_exists(&temporary);
        }
        created
    }

    fn create_log_from(&self, temporary: &Path, generation: u64, bytes: &[u8]) -> io::Result<()> {
        remove_if_exists(temporary)?;
        let mut file = open_file(temporary, true)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(temporary, self.log_path(generation))?;
        self.sync()
    }

    /// Deletes a log that a newer one replaces.
    pub(super) fn remove_old_log(&self, generation: u64) -> io::Result<()> {
        // The process that renamed the newer one may have been killed before it did this.
        self.sync()?;
        remove_if_exists(&self.log_path(generation))
    }

    /// Checks that the file system does what the store relies on. Needs the lock.
    pub(super) fn probe(&self, _lock: &Locked<'_>) -> Result<(), StateError> {
        let path = self.path.join("probe");
        let probed = self.probe_file(&path);
        // It may not exist.
        let _ = fs::remove_file(&path);
        probed.map_err(|error| refused(&self.path, "cannot be used", error))
    }

    fn probe_file(&self, path: &Path) -> io::Result<()> {
        let renamed = self.path.join("new");
        remove_if_exists(path)?;
        remove_if_exists(&renamed)?;
        let first = open_file(path, true)?;
        let second = open_file(path, false)?;
        first.lock()?;
        if second.try_lock().is_ok() {
            let problem = "the file system does not support locks; use a local one";
            return Err(io::Error::other(problem));
        }
        first.unlock()?;
        second.try_lock().map_err(io::Error::from)?;
        (&first).write_all(b"probe")?;
        first.sync_all()?;
        fs::rename(path, &renamed)?;
        self.sync()?;
        fs::remove_file(&renamed)
    }

    /// Fsyncs the directory so a rename survives a power loss.
    fn sync(&self) -> io::Result<()> {
        sync_directory(&self.path)
    }

    pub(super) fn unavailable(&self, problem: &str, error: io::Error) -> StateError {
        let message = format!("{problem} in `{}`: {error}", self.path.display());
        StateError::new(StateErrorKind::Unavailable, message)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // If it fails, the lock is released with the file.
        let _ = self.0.unlock();
    }
}

pub(super) fn refused(path: &Path, problem: &str, cause: impl std::fmt::Display) -> StateError {
    let message = format!("the directory `{}` {problem}: {cause}", path.display());
    StateError::new(StateErrorKind::Configuration, message)
}

fn create_directory(path: &Path) -> io::Result<()> {
    let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    for parent in missing.into_iter().filter_map(Path::parent) {
        let is_current = parent.as_os_str().is_empty();
        // Not every parent can be opened, and most file systems do not need it.
        let _ = sync_directory(if is_current { Path::new(".") } else { parent });
    }
    Ok(())
}

/// Fsyncs a directory so that new names in it survive a power loss.
fn sync_directory(path: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(path)?.sync_all(),
        false => Ok(()),
    }
}

/// Opens a regular file that only its owner can read, for reading and writing: network file systems lock only
/// files that are open for writing.
fn open_file(path: &Path, create: bool) -> io::Result<File> {
    // Before opening, since opening a named pipe can block.
    match fs::symlink_metadata(path) {
        Ok(metadata) => check_file(path, &metadata)?,
        Err(error) if create && error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    check_file(path, &file.metadata()?)?;
    Ok(file)
}

fn check_file(path: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().display();
    if !metadata.is_file() {
        return Err(io::Error::other(format!("`{name}` is not a regular file")));
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(metadata) & 0o777;
        if mode & 0o077 != 0 {
            return Err(io::Error::other(format!(
                "`{name}` can be read by others: its mode is {mode:o}; set it to 600, on a file system that has modes"
            )));
        }
    }
    Ok(())
}

fn remove_if_exists(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns `true` if the file is the one at this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let file = file.metadata().map(identity).ok();
    file.is_some() && file == fs::metadata(path).map(identity).ok()
}

/// Files that are open cannot be deleted there.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests;
