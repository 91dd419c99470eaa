//! Connections with the right settings, and the tables.

use std::path::Path;
use std::time::{Duration, Instant};

use basalam_chat::state::StateError;
use rusqlite::{OpenFlags, Transaction, TransactionBehavior};

use super::connection::{Connection, read_error, refused, write_error};

/// Marks databases of this crate: `BCHS`.
const APPLICATION_ID: i64 = 0x4243_4853;

/// The pause between two attempts to open a database that is busy.
const BUSY_POLL: Duration = Duration::from_millis(2);

/// The version of the tables.
const SCHEMA_VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE state (
        key TEXT NOT NULL PRIMARY KEY,
        value BLOB NOT NULL,
        version INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE counter (last_version INTEGER NOT NULL) STRICT;
    INSERT INTO counter VALUES (0);
    PRAGMA application_id = 0x42434853;
    PRAGMA user_version = 1;";

/// Opens a connection to an existing file, and creates the tables if it is empty.
pub(super) fn connect(path: &Path, busy_timeout: Duration) -> Result<Connection, StateError> {
    // Without SQLITE_OPEN_URI, since the path is not a URI.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags);
    let connection = connection.map_err(|error| refused(path, error))?;
    connection.busy_timeout(busy_timeout).map_err(write_error)?;
    let deadline = Instant::now() + busy_timeout;
    loop {
        match configure(&connection, path) {
            // SQLite does not always wait while another process creates the database or enables WAL.
            Err(error) if error.is_unavailable() && Instant::now() < deadline => {
                std::thread::sleep(BUSY_POLL);
            }
            result => return result.map(|()| Connection(connection)),
        }
    }
}

fn configure(connection: &rusqlite::Connection, path: &Path) -> Result<(), StateError> {
    create_tables(connection).map_err(write_error)?;
    let pragma = |name: &str| {
        let value = connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        value.map_err(read_error)
    };
    match (pragma("application_id")?, pragma("user_version")?) {
        (APPLICATION_ID, SCHEMA_VERSION) => {}
        (APPLICATION_ID, _) => {
            let cause = "it was created by a newer version of this library";
            return Err(refused(path, cause));
        }
        _ => return Err(refused(path, "it belongs to another program")),
    }
    set_wal_mode(connection, path)?;
    // `fullfsync` is for macOS, where fsync alone does not reach the disk.
    let pragmas = [
        ("synchronous", "FULL"),
        ("fullfsync", "ON"),
        ("checkpoint_fullfsync", "ON"),
    ];
    for (name, value) in pragmas {
        let updated = connection.pragma_update(None, name, value);
        updated.map_err(write_error)?;
    }
    Ok(())
}

/// Creates the tables in an empty database.
fn create_tables(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    let is_empty = || -> rusqlite::Result<bool> {
        let sql = "SELECT NOT EXISTS (SELECT * FROM sqlite_schema)";
        connection.query_row(sql, [], |row| row.get(0))
    };
    if !is_empty()? {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    if is_empty()? {
        connection.execute_batch(TABLES)?;
    }
    transaction.commit()
}

fn set_wal_mode(connection: &rusqlite::Connection, path: &Path) -> Result<(), StateError> {
    let set = |row: &rusqlite::Row<'_>| row.get(0);
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", set)
        .map_err(write_error)?;
    match mode.as_str() {
        "wal" => Ok(()),
        mode => Err(refused(
            path,
            format!("its journal mode is {mode}, and WAL is not possible"),
        )),
    }
}
