//! What is particular to SQLite.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use basalam_chat::state::{PutMode, PutRequest, StateError, StateStore};
use basalam_chat_state::SqliteState;

use crate::support::key;

fn directory() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.db");
    (directory, path)
}

async fn refused(path: &std::path::Path) -> StateError {
    SqliteState::open(path).await.unwrap_err()
}

#[test]
fn bundled_version_has_no_wal_reset_bug() {
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
}

#[tokio::test]
async fn database_is_durable_and_in_wal_mode() {
    let (_directory, path) = directory();
    let store = SqliteState::open(&path).await.unwrap();
    store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let pragma = |name: &str| -> rusqlite::types::Value {
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
    assert_eq!(pragma("application_id"), 0x4243_4853_i64.into());
    assert_eq!(pragma("user_version"), 1_i64.into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn database_can_be_created_by_many_at_once() {
    for _ in 0..5 {
        let (_directory, path) = directory();
        let opened: Vec<_> = (0..8)
            .map(|number| {
                let path = path.clone();
                tokio::spawn(async move {
                    let store = SqliteState::open(path).await?;
                    store
                        .put(&key(&number.to_string()), b"1", PutMode::Create)
                        .await
                })
            })
            .collect();
        for handle in opened {
            handle.await.unwrap().unwrap();
        }
        let store = SqliteState::open(&path).await.unwrap();
        assert_eq!(store.list("", None, 9).await.unwrap().len(), 8);
    }
}

#[tokio::test]
async fn batch_is_one_transaction() {
    let (_directory, path) = directory();
    let store = SqliteState::open(&path).await.unwrap();
    let requests: Vec<_> = (0..20_000)
        .map(|number| PutRequest::new(key(&format!("position/{number}")), "1", PutMode::Create))
        .collect();
    let results = store.put_many(&requests).await.unwrap();
    assert!(results.iter().all(Result::is_ok));
    let connection = rusqlite::Connection::open(&path).unwrap();
    let last: i64 = connection
        .query_row("SELECT last_version FROM counter", [], |row| row.get(0))
        .unwrap();
    assert_eq!(last, 20_000);
}

#[tokio::test]
async fn other_databases_and_files_are_refused() {
    let (directory, path) = directory();
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE settings (name TEXT)")
        .unwrap();
    drop(other);
    make_private(&path);
    let error = refused(&path).await;
    assert!(
        error.is_configuration() && error.to_string().contains("another program"),
        "{error}"
    );

    fs::remove_file(&path).unwrap();
    SqliteState::open(&path).await.unwrap();
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 2).unwrap();
    drop(newer);
    let error = refused(&path).await;
    assert!(
        error.is_configuration() && error.to_string().contains("newer version"),
        "{error}"
    );

    let text = directory.path().join("text");
    fs::write(
        &text,
        "not a database, but text that is long enough".repeat(100),
    )
    .unwrap();
    make_private(&text);
    assert!(refused(&text).await.is_corrupt());
    for path in [
        directory.path().to_owned(),
        directory.path().join("missing/state.db"),
        PathBuf::new(),
    ] {
        let error = refused(&path).await;
        assert!(error.is_configuration(), "{error}");
    }
}

#[tokio::test]
async fn odd_columns_are_corrupt_and_not_shown() {
    let (_directory, path) = directory();
    let store = SqliteState::open(&path).await.unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    for (name, version) in [("bad key", 1), ("a", -1)] {
        connection.execute("DELETE FROM state", []).unwrap();
        connection
            .execute(
                "INSERT INTO state VALUES (?1, x'63616e617279', ?2)",
                (name, version),
            )
            .unwrap();
        let error = store.list("", None, 9).await.unwrap_err();
        assert!(
            error.is_corrupt() && !format!("{error:?}").contains("canary"),
            "{error:?}"
        );
    }
    connection.execute_batch("DROP TABLE state").unwrap();
    assert!(store.get(&key("a")).await.is_err());
}

#[tokio::test]
async fn names_are_paths_and_not_uris() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["file:state?mode=memory", ":memory:", "a%20b?c#d"] {
        let path = directory.path().join(name);
        let store = SqliteState::open(&path).await.unwrap();
        store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
        let again = SqliteState::open(&path).await.unwrap();
        assert!(again.get(&key("a")).await.unwrap().is_some(), "{name}");
        assert!(path.is_file(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_for_reading_are_reused_by_many_readers() {
    let (_directory, path) = directory();
    let store = Arc::new(SqliteState::open(&path).await.unwrap());
    store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    let readers: Vec<_> = (0..50)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut open_files = 0;
                for _ in 0..20 {
                    assert!(store.get(&key("a")).await.unwrap().is_some());
                    let listed = store.list("", None, 9).await.unwrap();
                    assert_eq!(listed.len(), 1);
                    open_files = open_files.max(count_open_files(store.path()));
                }
                open_files
            })
        })
        .collect();
    for reader in readers {
        // One connection writes, four read.
        assert!(reader.await.unwrap() <= 5);
    }
}

/// Counts how often this process has opened a file, on Linux.
fn count_open_files(path: &std::path::Path) -> usize {
    let Ok(files) = fs::read_dir("/proc/self/fd") else {
        return 0;
    };
    let files = files.flatten().flat_map(|it| fs::read_link(it.path()));
    files.filter(|it| it == path).count()
}

#[cfg(not(unix))]
fn make_private(_: &std::path::Path) {}

#[cfg(unix)]
use unix::make_private;

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::path::Path;

    use super::*;

    pub(super) fn make_private(path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    #[tokio::test]
    async fn all_files_have_mode_600() {
        let (directory, path) = directory();
        let store = SqliteState::open(&path).await.unwrap();
        store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
        let mut names = Vec::new();
        for entry in fs::read_dir(directory.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o777,
                0o600
            );
            names.push(entry.file_name().into_string().unwrap());
        }
        names.sort();
        assert_eq!(names, ["state.db", "state.db-shm", "state.db-wal"]);
    }

    #[tokio::test]
    async fn file_that_others_can_read_is_refused() {
        let (_directory, path) = directory();
        drop(SqliteState::open(&path).await.unwrap());
        for mode in [0o644, 0o620, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = refused(&path).await.to_string();
            assert!(error.contains("set it to 600"), "{error}");
        }
    }

    #[tokio::test]
    async fn symbolic_link_is_followed() {
        let (directory, path) = directory();
        let link = directory.path().join("link.db");
        drop(SqliteState::open(&path).await.unwrap());
        symlink(&path, &link).unwrap();
        let store = SqliteState::open(&link).await.unwrap();
        assert_eq!(store.path(), path.canonicalize().unwrap());
        store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
        assert!(!directory.path().join("link.db-wal").exists());
        let direct = SqliteState::open(&path).await.unwrap();
        assert!(direct.get(&key("a")).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn pipes_and_sockets_are_refused_at_once() {
        let (_directory, path) = directory();
        let socket = UnixListener::bind(&path).unwrap();
        assert!(
            refused(&path)
                .await
                .to_string()
                .contains("not a regular file")
        );
        drop(socket);
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        if made.is_ok_and(|status| status.success()) {
            assert!(
                refused(&path)
                    .await
                    .to_string()
                    .contains("not a regular file")
            );
        }
    }
}
