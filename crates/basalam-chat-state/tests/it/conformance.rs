//! The conformance suite on every store.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::state::{FileState, MemoryState, StateError, StateFuture, StateStore};
use basalam_chat_state::conformance::{self, Report, StoreFactory};
use basalam_chat_state::{EncryptedState, EncryptionKey, SqliteState};

const RESTARTS: [&str; 3] = [
    "outages::values_survive_a_restart",
    "outages::history_is_linearizable_across_a_restart",
    "outages::stopped_store_fails",
];

const PAUSE: &str = "outages::paused_store_fails_and_recovers";

pub(crate) fn boxed(store: impl StateStore + 'static) -> Arc<dyn StateStore> {
    Arc::new(store)
}

/// Checks that everything passes that the factory does not refuse.
pub(crate) fn check(report: &Report, skipped: &[&str]) {
    assert!(report.is_success(), "{report}");
    assert_eq!(report.skipped(), skipped, "{report}");
    assert!(report.outcomes().count() > 20, "{report}");
}

#[derive(Debug)]
struct Memory(MemoryState);

impl StoreFactory for Memory {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async { Ok(boxed(self.0.clone())) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_state() {
    let report = conformance::run(Arc::new(Memory(MemoryState::new()))).await;
    check(&report, &[&RESTARTS[..], &[PAUSE]].concat());
}

#[tokio::test]
async fn memory_state_on_one_thread() {
    let report = conformance::run(Arc::new(Memory(MemoryState::new()))).await;
    assert!(report.is_success(), "{report}");
}

/// A directory that is stopped by moving it away, and paused by holding its lock.
#[derive(Debug)]
struct Files {
    directory: tempfile::TempDir,
    lock: Mutex<Option<File>>,
}

impl Files {
    fn path(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    fn away(&self) -> PathBuf {
        self.directory.path().join("away")
    }
}

fn broken(error: std::io::Error) -> StateError {
    let kind = basalam_chat::state::StateErrorKind::Configuration;
    StateError::new(kind, error.to_string())
}

impl StoreFactory for Files {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let store = FileState::open(self.path()).await?;
            Ok(boxed(store.lock_timeout(Duration::from_secs(300))))
        })
    }

    fn open_impatient(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let store = FileState::open(self.path()).await?;
            Ok(boxed(store.lock_timeout(Duration::ZERO)))
        })
    }

    fn stop(&self) -> StateFuture<'_, bool> {
        let moved = fs::rename(self.path(), self.away()).map_err(broken);
        Box::pin(async { moved.map(|()| true) })
    }

    fn start(&self) -> StateFuture<'_, ()> {
        let moved = fs::rename(self.away(), self.path()).map_err(broken);
        Box::pin(async { moved })
    }

    fn pause(&self) -> StateFuture<'_, bool> {
        Box::pin(async {
            let lock = File::open(self.path().join("lock")).map_err(broken)?;
            lock.lock().map_err(broken)?;
            *self.lock.lock().unwrap() = Some(lock);
            Ok(true)
        })
    }

    fn resume(&self) -> StateFuture<'_, ()> {
        self.lock.lock().unwrap().take();
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn file_state() {
    let factory = Files {
        directory: tempfile::tempdir().unwrap(),
        lock: Mutex::default(),
    };
    check(&conformance::run(Arc::new(factory)).await, &[]);
}

/// A database that is paused by another writer.
#[derive(Debug)]
struct Sqlite {
    directory: tempfile::TempDir,
    writer: Mutex<Option<rusqlite::Connection>>,
}

impl Sqlite {
    fn new() -> Sqlite {
        Sqlite {
            directory: tempfile::tempdir().unwrap(),
            writer: Mutex::default(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("state.db")
    }
}

impl StoreFactory for Sqlite {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let store = SqliteState::open(self.path()).await?;
            Ok(boxed(store.busy_timeout(Duration::from_secs(300))))
        })
    }

    fn open_impatient(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let store = SqliteState::open(self.path()).await?;
            Ok(boxed(store.busy_timeout(Duration::ZERO)))
        })
    }

    fn pause(&self) -> StateFuture<'_, bool> {
        Box::pin(async {
            let writer = rusqlite::Connection::open(self.path()).unwrap();
            writer.execute_batch("BEGIN IMMEDIATE").unwrap();
            *self.writer.lock().unwrap() = Some(writer);
            Ok(true)
        })
    }

    fn resume(&self) -> StateFuture<'_, ()> {
        self.writer.lock().unwrap().take();
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_state() {
    check(&conformance::run(Arc::new(Sqlite::new())).await, &RESTARTS);
}

/// Encrypts what another factory stores.
#[derive(Debug)]
pub(crate) struct Encrypted<F>(pub(crate) F);

impl<F: StoreFactory> StoreFactory for Encrypted<F> {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let keys = [1, 2].map(|id| EncryptionKey::new(id, &[7; 32]));
            Ok(boxed(EncryptedState::new(self.0.open().await?, keys)?))
        })
    }

    fn open_impatient(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let keys = [EncryptionKey::new(1, &[7; 32])];
            Ok(boxed(EncryptedState::new(
                self.0.open_impatient().await?,
                keys,
            )?))
        })
    }

    fn advance_clock(&self, duration: Duration) -> StateFuture<'_, ()> {
        self.0.advance_clock(duration)
    }

    fn stop(&self) -> StateFuture<'_, bool> {
        self.0.stop()
    }

    fn start(&self) -> StateFuture<'_, ()> {
        self.0.start()
    }

    fn pause(&self) -> StateFuture<'_, bool> {
        self.0.pause()
    }

    fn resume(&self) -> StateFuture<'_, ()> {
        self.0.resume()
    }

    fn max_value_bytes(&self) -> usize {
        EncryptedState::<MemoryState>::MAX_VALUE_BYTES
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn encrypted_memory_state() {
    let report = conformance::run(Arc::new(Encrypted(Memory(MemoryState::new())))).await;
    check(&report, &[&RESTARTS[..], &[PAUSE]].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn encrypted_sqlite_state() {
    let report = conformance::run(Arc::new(Encrypted(Sqlite::new()))).await;
    check(&report, &RESTARTS);
}
