//! The connections to the database: one that writes, and several that read.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use basalam_chat::state::{StateError, StateErrorKind};
use rusqlite::{ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::Semaphore;

use super::connection::{Connection, refused, write_error};
use super::{mount, schema};

/// The number of connections for reading. More would not read faster, and each needs memory and open files.
const MAX_READERS: usize = 4;

/// The first version without the WAL-reset bug, which can damage a database that several connections use.
const MIN_SQLITE_VERSION: i32 = 3_051_003;

/// An open database. Its methods block.
pub(super) struct Database {
    path: PathBuf,
    writer: Mutex<Connection>,
    idle_readers: Mutex<Vec<Connection>>,
    /// One permit for each list that is read, so that others do not occupy a thread while they wait for a connection.
    pub(super) list_permits: Semaphore,
}

impl Database {
    pub(super) fn open(path: &Path, busy_timeout: Duration) -> Result<Database, StateError> {
        let version = rusqlite::version_number();
        if version < MIN_SQLITE_VERSION {
            let cause = format!(
                "SQLite {} can damage it; link 3.51.3 or newer",
                rusqlite::version()
            );
            return Err(refused(path, cause));
        }
        create_file(path).map_err(|error| refused(path, error))?;
        // A symbolic link is followed once, so that the files next to the database stay in the same directory.
        let path = fs::canonicalize(path).map_err(|error| refused(path, error))?;
        if let Some(file_system) = mount::network_file_system(&path) {
            let cause = format!("it is on a network file system ({file_system}); use a local one");
            return Err(refused(&path, cause));
        }
        let writer = schema::connect(&path, busy_timeout)?;
        Ok(Database {
            path,
            writer: Mutex::new(writer),
            idle_readers: Mutex::default(),
            // One connection reads single values.
            list_permits: Semaphore::new(MAX_READERS - 1),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a read on an idle or a new connection.
    pub(super) fn read<T>(
        &self,
        deadline: Instant,
        read: impl FnOnce(&Connection) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let idle = lock(&self.idle_readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::connect(&self.path, time_left(deadline))?,
        };
        connection.wait_until(deadline)?;
        let result = read(&connection)?;
        // After an error, the connection is closed.
        let mut idle = lock(&self.idle_readers);
        if idle.len() < MAX_READERS {
            idle.push(connection);
        }
        Ok(result)
    }

    /// Runs a write in a transaction, which is rolled back if it fails.
    pub(super) fn write<T>(
        &self,
        deadline: Instant,
        write: impl FnOnce(&Connection) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let connection = lock(&self.writer);
        connection.wait_until(deadline)?;
        // A deferred transaction could not wait for another writer after it has read.
        let transaction = Transaction::new_unchecked(&connection.0, TransactionBehavior::Immediate);
        let transaction = transaction.map_err(write_error)?;
        let result = write(&connection)?;
        transaction.commit().map_err(commit_error)?;
        Ok(result)
    }
}

impl Connection {
    /// Lets the next statements wait for other connections until `deadline`. If it has passed, they do not wait.
    fn wait_until(&self, deadline: Instant) -> Result<(), StateError> {
        let timeout = time_left(deadline);
        self.0.busy_timeout(timeout).map_err(write_error)
    }
}

fn time_left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A transaction is rolled back if it panics, so the connections stay usable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn commit_error(error: rusqlite::Error) -> StateError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DiskFull) => write_error(error),
        _ => {
            let message = "the commit failed, so the write may or may not be made";
            StateError::new(StateErrorKind::Unknown, message).with_source(error)
        }
    }
}

/// Creates the file if it is missing, since SQLite would create one that others can read. The files that
/// SQLite creates next to it have the same mode.
fn create_file(path: &Path) -> io::Result<()> {
    // Closing a file drops all locks (POSIX) that this process has on it. So a file that another thread has created,
    // and may have opened with SQLite, must not be opened here.
    static CREATING: Mutex<()> = Mutex::new(());
    let _creating = lock(&CREATING);
    match fs::metadata(path) {
        // Before opening, since opening a named pipe can block.
        Ok(metadata) => check_file(&metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            check_file(&options.open(path)?.metadata()?)
        }
        Err(error) => Err(error),
    }
}

fn check_file(metadata: &fs::Metadata) -> io::Result<()> {
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(metadata) & 0o777;
        if mode & 0o077 != 0 {
            return Err(io::Error::other(format!(
                "it can be read by others: its mode is {mode:o}; set it to 600, on a file system that has modes"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_whose_time_has_passed_in_a_queue_does_not_wait_for_writers() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let database = Database::open(&path, Duration::from_secs(5)).unwrap();
        let other = rusqlite::Connection::open(&path).unwrap();
        let passed = Instant::now();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = database.write(passed, |_| Ok(())).unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        database.read(passed, |_| Ok(())).unwrap();
        other.execute_batch("COMMIT").unwrap();
        database.write(passed, |_| Ok(())).unwrap();
    }

    #[test]
    fn errors_name_their_cause() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let database = Database::open(&path, Duration::from_secs(5)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        let fail = |sql: &'static str| {
            let result = database.write(deadline, |connection| {
                connection.0.execute_batch(sql).map_err(write_error)
            });
            result.unwrap_err().to_string()
        };
        let full = "PRAGMA max_page_count = 1; CREATE TABLE large (value TEXT);
            INSERT INTO large VALUES (hex(zeroblob(1000000)))";
        assert!(fail(full).contains("disk is full"), "{}", fail(full));
        let read_only = "PRAGMA query_only = on; DELETE FROM state";
        assert!(fail(read_only).contains("read-only"), "{}", fail(read_only));
    }
}
