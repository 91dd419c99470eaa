//! State in an SQLite database.

mod connection;
mod database;
mod mount;
mod reader;
mod schema;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use basalam_chat::state::{
    DeleteMode, Entry, PutMode, PutRequest, StateError, StateErrorKind, StateFuture, StateKey,
    StateStore, Version, put_with_put_many,
};

use crate::threads::spawn_blocking;
use database::Database;
use reader::Reader;
use writer::Writer;

/// The default of [`SqliteState::busy_timeout`].
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A store in an SQLite database, which several processes of one machine can share. Clones share the store and its
/// two threads, one of which reads single values, and the other one writes.
///
/// SQLite is compiled in. The database is used in WAL mode, so reads do not wait for writers, with
/// `synchronous=FULL`: a write that has returned survives a crash of the process and of the machine.
/// [`put_many`](StateStore::put_many) is one transaction, so it needs one fsync, and writes of several tasks that wait
/// at the same time share one.
///
/// The database belongs to the store: do not create other tables in it. Deleted values can remain in free pages of
/// the file; use [`EncryptedState`](crate::EncryptedState) for secrets. Network file systems are refused where
/// they can be detected (on Linux), since SQLite cannot lock there reliably. All methods need a tokio runtime.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::state::{PutMode, StateKey, StateStore};
/// use basalam_chat_state::SqliteState;
///
/// # async fn run() -> Result<(), basalam_chat::state::StateError> {
/// let store = SqliteState::open("/var/lib/shop-bot/state.db").await?;
/// let key = StateKey::new("positions/183583802")?;
/// store.put(&key, b"1415", PutMode::Overwrite).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteState {
    database: Arc<Database>,
    reader: Reader,
    writer: Writer,
    busy_timeout: Duration,
}

impl SqliteState {
    /// Opens the database at a path, and creates it if it is missing. Its directory must exist. A symbolic link to a
    /// file is followed. On Unix the file is created with the mode `600`.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](StateError::is_configuration) if the file cannot be used: it is not a regular file, can
    /// be read by others, is on a network file system, or is a database of another program or of a newer version.
    /// [`is_corrupt`](StateError::is_corrupt) if it is damaged or not a database.
    /// [`is_unavailable`](StateError::is_unavailable) if another process writes for more than 5 seconds.
    pub async fn open(path: impl Into<PathBuf>) -> Result<SqliteState, StateError> {
        let path = path.into();
        let open = move || Database::open(&path, BUSY_TIMEOUT);
        let database = spawn_blocking(StateErrorKind::Unavailable, open).await?;
        let database = Arc::new(database);
        let failed = |error| {
            let message = format!("a thread of the store cannot be started: {error}");
            StateError::new(StateErrorKind::Unavailable, message)
        };
        Ok(SqliteState {
            reader: Reader::start(Arc::clone(&database)).map_err(failed)?,
            writer: Writer::start(Arc::clone(&database)).map_err(failed)?,
            database,
            busy_timeout: BUSY_TIMEOUT,
        })
    }

    /// Sets how long an operation of this handle waits for other writers before it fails with
    /// [`is_unavailable`](StateError::is_unavailable); 5 seconds by default, at most 24 days.
    pub fn busy_timeout(mut self, timeout: Duration) -> SqliteState {
        // SQLite takes milliseconds as a 32-bit integer.
        self.busy_timeout = timeout.min(Duration::from_secs(24 * 24 * 3600));
        self
    }

    /// Returns the path of the database, without symbolic links.
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    /// Runs an operation on a thread for blocking work. If that fails, the outcome of a write is unknown.
    async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        failure: StateErrorKind,
        operation: impl FnOnce(&Database, Instant) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let database = Arc::clone(&self.database);
        spawn_blocking(failure, move || operation(&database, deadline)).await
    }

    /// Returns when an operation that starts now no longer waits, in a queue or for other writers.
    fn deadline(&self) -> Instant {
        Instant::now() + self.busy_timeout
    }
}

impl StateStore for SqliteState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(async move { self.reader.get(key.clone(), self.deadline()).await })
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        put_with_put_many(self, key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        let key = key.clone();
        let delete = move |database: &Database, deadline| {
            database.write(deadline, |connection| connection.delete(&key, mode))?
        };
        Box::pin(self.run(self.deadline(), StateErrorKind::Unknown, delete))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        let (prefix, after) = (prefix.to_owned(), after.cloned());
        Box::pin(async move {
            let deadline = self.deadline();
            // It is never closed.
            let _permit = self.database.list_permits.acquire().await;
            let list = move |database: &Database, deadline| {
                database.read(deadline, |connection| {
                    connection.list(&prefix, after.as_ref(), limit)
                })
            };
            self.run(deadline, StateErrorKind::Unavailable, list).await
        })
    }

    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        Box::pin(self.writer.put_many(requests.to_vec(), self.deadline()))
    }
}

/// Contains no values.
impl fmt::Debug for SqliteState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteState")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
