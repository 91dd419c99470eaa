//! The tables, their versions, and connections with the right settings. `docs/archive.md` describes the tables.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{DatabaseResult, Error, ErrorKind};

/// Marks archives: `BCHA`.
const APPLICATION_ID: i64 = 0x4243_4841;

/// How long a statement waits for another connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// In bytes. A page of the default size has room for few messages, so more of them would be read and written.
const PAGE_SIZE: i64 = 8 * 1024;

/// The first version without the WAL-reset bug, which can damage a database that several connections use.
const MIN_SQLITE_VERSION: i32 = 3_051_003;

/// The statements that lead from each version of the tables to the next. The first creates the tables. Published
/// entries never change.
const MIGRATIONS: [&str; 1] = [include_str!("schema/1.sql")];

/// The version of the tables.
pub(crate) const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// Opens a connection to an existing file. Creates the tables if it is empty, and migrates older ones.
pub(crate) fn connect(path: &Path) -> Result<Connection, Error> {
    if rusqlite::version_number() < MIN_SQLITE_VERSION {
        let cause = format!(
            "SQLite {} can damage it; link 3.51.3 or newer",
            rusqlite::version()
        );
        return Err(Error::refused(path, cause));
    }
    // Without SQLITE_OPEN_URI, since the path is not a URI.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).db()?;
    connection.busy_timeout(BUSY_TIMEOUT).db()?;
    check_owner(&connection, path)?;
    // Applies to an empty file only.
    connection
        .pragma_update(None, "page_size", PAGE_SIZE)
        .db()?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .db()?;
    if mode != "wal" {
        let cause = format!("its journal mode is {mode}, and WAL is not possible");
        return Err(Error::refused(path, cause));
    }
    migrate(&connection, path, &MIGRATIONS)?;
    // What a power loss undoes is fetched again, so a commit need not wait for the disk.
    let pragmas: [(&str, i64); 4] = [
        ("synchronous", 1),
        ("journal_size_limit", 64 * 1024 * 1024),
        // In pages. A checkpoint waits for the disk twice, and a sync writes the same pages again and again. Above this
        // size, the writing thread helps the one that makes checkpoints, so that the log can start again.
        ("wal_autocheckpoint", 128 * 1024 * 1024 / PAGE_SIZE),
        // In KiB if negative.
        ("cache_size", -8 * 1024),
    ];
    for (name, value) in pragmas {
        connection.pragma_update(None, name, value).db()?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    // Otherwise a cached statement is compiled again each time that a parameter changes that could influence its plan.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .db()?;
    Ok(connection)
}

/// Refuses databases of other programs.
fn check_owner(connection: &Connection, path: &Path) -> Result<(), Error> {
    let application_id: i64 = pragma(connection, "application_id")?;
    let sql = "SELECT NOT EXISTS (SELECT * FROM sqlite_schema)";
    let is_empty: bool = connection.query_row(sql, [], |row| row.get(0)).db()?;
    match application_id == APPLICATION_ID || is_empty {
        true => Ok(()),
        false => Err(Error::refused(path, "it is a database of another program")),
    }
}

/// Brings the tables to the newest version, one version in one transaction.
fn migrate(connection: &Connection, path: &Path, migrations: &[&str]) -> Result<(), Error> {
    let newest = migrations.len() as i64;
    while version(connection)? != newest {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
        let transaction = transaction.db()?;
        // Another process may have been faster.
        let current = version(&transaction)?;
        let next = usize::try_from(current)
            .ok()
            .and_then(|it| migrations.get(it));
        match next {
            Some(statements) => {
                transaction.execute_batch(statements).db()?;
                transaction
                    .pragma_update(None, "application_id", APPLICATION_ID)
                    .db()?;
                transaction
                    .pragma_update(None, "user_version", current + 1)
                    .db()?;
            }
            None if current == newest => {}
            None => {
                let message = format!(
                    "the archive `{}` has version {current} of the tables, and this program knows {newest}; update it",
                    path.display()
                );
                return Err(Error::new(ErrorKind::NewerVersion, message));
            }
        }
        transaction.commit().db()?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<i64, Error> {
    pragma(connection, "user_version")
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, Error> {
    connection
        .pragma_query_value(None, name, |row| row.get(0))
        .db()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> Connection {
        Connection::open(path).unwrap()
    }

    #[test]
    fn migrations_run_once_and_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.db");
        let first = ["CREATE TABLE a (x)"];
        let both = [
            "CREATE TABLE a (x)",
            "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)",
        ];
        migrate(&open(&path), &path, &first).unwrap();
        for _ in 0..2 {
            migrate(&open(&path), &path, &both).unwrap();
        }
        let rows: i64 = open(&path)
            .query_row("SELECT sum(y) FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 2);
        let error = migrate(&open(&path), &path, &first).unwrap_err();
        assert!(error.is_newer_version(), "{error}");
    }

    #[test]
    fn failed_migration_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.db");
        let broken = [
            "CREATE TABLE a (x)",
            "CREATE TABLE b (x); CREATE TABLE a (x)",
        ];
        assert!(migrate(&open(&path), &path, &broken).is_err());
        let connection = open(&path);
        assert_eq!(version(&connection).unwrap(), 1);
        let sql = "SELECT count(*) FROM sqlite_schema";
        let tables: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }
}
