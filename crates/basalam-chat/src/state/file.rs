//! State in a directory.

mod directory;
mod log;
mod store;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{
    DeleteMode, Entry, PutMode, PutRequest, StateError, StateErrorKind, StateFuture, StateKey,
    StateStore, Version, put_with_put_many,
};
use crate::runtime::spawn_blocking;
use store::Store;

/// The default of [`FileState::lock_timeout`].
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// A store in a directory, which several processes of one machine can share. Clones share the store.
///
/// Values are appended to a log with checksums, which is compacted from time to time. A write returns after the
/// data is on disk (fsync), so it survives a crash of the process and of the machine. A write that was
/// interrupted by a crash is undone. [`put_many`](StateStore::put_many) needs one fsync for about 4 MiB.
/// Reads do not wait for writers.
///
/// On Unix the directory is created with the mode `700`, and its files with `600`; files that others can read are
/// refused. On other systems, choose a private directory. Each process holds all values in memory.
///
/// Keep the directory on a local file system. Stop all processes before you restore a backup, and do not delete
/// single files. All methods need a tokio runtime.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::state::{FileState, PutMode, StateKey, StateStore};
///
/// # async fn run() -> Result<(), basalam_chat::state::StateError> {
/// let store = FileState::open("/var/lib/shop-bot").await?;
/// let key = StateKey::new("positions/183583802")?;
/// store.put(&key, b"1415", PutMode::Overwrite).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FileState {
    store: Arc<Store>,
    lock_timeout: Duration,
}

impl FileState {
    /// Opens the store in a directory, and creates it if it is missing. A symbolic link to a directory is followed.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](StateError::is_configuration) if the directory cannot be used: it is not a directory,
    /// its files are not regular files or can be read by others, or its file system does not support locks,
    /// renames, fsync or modes. [`is_corrupt`](StateError::is_corrupt) if the log is damaged.
    /// [`is_unavailable`](StateError::is_unavailable) if another process holds the lock for more than 5 seconds.
    pub async fn open(path: impl Into<PathBuf>) -> Result<FileState, StateError> {
        let path = path.into();
        run(StateErrorKind::Unavailable, move || {
            FileState::open_blocking(path)
        })
        .await
    }

    /// Opens the store and blocks the thread meanwhile, for programs without `async`. All other methods are
    /// asynchronous; a blocking client awaits them on its own thread.
    ///
    /// # Errors
    ///
    /// Those of [`open`](FileState::open).
    ///
    /// # Examples
    ///
    /// ```
    /// use basalam_chat::state::FileState;
    ///
    /// # let directory = std::env::temp_dir().join(format!("basalam-chat-example-{}", std::process::id()));
    /// let store = FileState::open_blocking(&directory)?;
    /// # drop(store);
    /// # std::fs::remove_dir_all(directory).unwrap();
    /// # Ok::<(), basalam_chat::state::StateError>(())
    /// ```
    pub fn open_blocking(path: impl AsRef<Path>) -> Result<FileState, StateError> {
        let store = Store::open(path.as_ref(), Instant::now() + LOCK_TIMEOUT)?;
        Ok(FileState {
            store: Arc::new(store),
            lock_timeout: LOCK_TIMEOUT,
        })
    }

    /// Sets how long this handle waits for writers of other processes before it fails with
    /// [`is_unavailable`](StateError::is_unavailable); 5 seconds by default.
    pub fn lock_timeout(mut self, timeout: Duration) -> FileState {
        self.lock_timeout = timeout;
        self
    }

    /// Returns the path of the directory, without symbolic links.
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// Runs an operation on a thread for blocking work. If that fails, the outcome of a write is unknown.
    async fn run<T: Send + 'static>(
        &self,
        failure: StateErrorKind,
        operation: impl FnOnce(&Store, Instant) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let store = Arc::clone(&self.store);
        // An instant cannot represent every timeout.
        let deadline = Instant::now() + self.lock_timeout.min(Duration::from_secs(365 * 24 * 3600));
        run(failure, move || operation(&store, deadline)).await
    }
}

async fn run<T: Send + 'static>(
    failure: StateErrorKind,
    operation: impl FnOnce() -> Result<T, StateError> + Send + 'static,
) -> Result<T, StateError> {
    let failed =
        |error: io::Error| StateError::new(failure, format!("the blocking work failed: {error}"));
    spawn_blocking(operation).await.map_err(failed)?
}

impl StateStore for FileState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        let key = key.clone();
        Box::pin(
            self.run(StateErrorKind::Unavailable, move |store, deadline| {
                store.read(deadline, |values| values.get(&key))
            }),
        )
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
        Box::pin(self.run(StateErrorKind::Unknown, move |store, deadline| {
            store.delete(&key, mode, deadline)
        }))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        let (prefix, after) = (prefix.to_owned(), after.cloned());
        Box::pin(
            self.run(StateErrorKind::Unavailable, move |store, deadline| {
                store.read(deadline, |values| {
                    values.list(&prefix, after.as_ref(), limit)
                })
            }),
        )
    }

    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        let requests = requests.to_vec();
        Box::pin(self.run(StateErrorKind::Unknown, move |store, deadline| {
            store.put_many(&requests, deadline)
        }))
    }
}

/// Contains no values.
impl fmt::Debug for FileState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileState")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn is_a_store() {
        let directory = tempfile::tempdir().unwrap();
        let store = FileState::open(directory.path().join("state"))
            .await
            .unwrap();
        let key = StateKey::new("tokens/1").unwrap();
        let version = store.put(&key, b"canary", PutMode::Create).await.unwrap();
        let conflict = store.put(&key, b"canary", PutMode::Create).await;
        assert!(conflict.unwrap_err().is_conflict());
        assert_eq!(store.get(&key).await.unwrap().unwrap().version, version);
        assert_eq!(store.list("tokens/", None, 9).await.unwrap().len(), 1);
        assert!(!format!("{store:?}").contains("canary"));
        let delete = DeleteMode::Version(version);
        store.delete(&key, delete).await.unwrap();
        assert!(store.delete(&key, delete).await.unwrap_err().is_conflict());
    }

    #[tokio::test]
    async fn writes_wait_for_the_lock_no_longer_than_the_timeout() {
        let directory = tempfile::tempdir().unwrap();
        let store = FileState::open(directory.path()).await.unwrap();
        let impatient = store.clone().lock_timeout(Duration::ZERO);
        let lock = std::fs::File::open(directory.path().join("lock")).unwrap();
        lock.lock().unwrap();
        let key = StateKey::new("a").unwrap();
        let result = impatient.put(&key, b"1", PutMode::Create).await;
        assert!(result.unwrap_err().is_unavailable());
        assert!(impatient.get(&key).await.unwrap().is_none());
        lock.unlock().unwrap();
        impatient.put(&key, b"1", PutMode::Create).await.unwrap();
        store
            .lock_timeout(Duration::MAX)
            .delete(&key, DeleteMode::Any)
            .await
            .unwrap();
    }
}
