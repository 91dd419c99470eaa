//! The statements of the store. Nothing here opens or commits a transaction.

use std::path::Path;

use basalam_chat::state::{
    DeleteMode, Entry, PutRequest, StateError, StateErrorKind, StateKey, Version, check_value,
};
use rusqlite::{ErrorCode, OptionalExtension, Row};

const GET: &str = "SELECT value, version FROM state WHERE key = ?1";
const GET_VERSION: &str = "SELECT version FROM state WHERE key = ?1";
const GET_COUNTER: &str = "SELECT last_version FROM counter";
const SET_COUNTER: &str = "UPDATE counter SET last_version = ?1";
const DELETE: &str = "DELETE FROM state WHERE key = ?1";
const PUT: &str = "INSERT INTO state (key, value, version) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version";
const LIST: &str = "SELECT key, value, version FROM state
    WHERE key >= ?1 AND key < ?2 AND key > ?3 ORDER BY key LIMIT ?4";

/// A connection whose schema is checked.
pub(super) struct Connection(pub(super) rusqlite::Connection);

impl Connection {
    pub(super) fn get(&self, key: StateKey) -> Result<Option<Entry>, StateError> {
        let mut statement = self.0.prepare_cached(GET).map_err(read_error)?;
        let row = statement.query_row([key.as_str()], |row| Ok((row.get(0)?, row.get(1)?)));
        let row = row.optional().map_err(read_error)?;
        row.map(|(value, number)| Ok(Entry::new(key, value, version(number)?)))
            .transpose()
    }

    pub(super) fn list(
        &self,
        prefix: &str,
        after: Option<&StateKey>,
        limit: usize,
    ) -> Result<Vec<Entry>, StateError> {
        let after = after.map_or("", StateKey::as_str);
        // All characters of keys sort before this one.
        let end = format!("{prefix}\u{7f}");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.0.prepare_cached(LIST).map_err(read_error)?;
        let rows = statement.query_map((prefix, end, after, limit), |row| Ok(entry(row)));
        let entries = rows.map_err(read_error)?;
        entries.map(|row| row.map_err(read_error)?).collect()
    }

    /// Makes the writes that are permitted. Needs a transaction.
    pub(super) fn put_many(
        &self,
        requests: &[PutRequest],
    ) -> Result<Vec<Result<Version, StateError>>, StateError> {
        let first = self.last_version()?;
        let (mut last, mut results) = (first, Vec::with_capacity(requests.len()));
        let mut put = self.0.prepare_cached(PUT).map_err(write_error)?;
        for request in requests {
            results.push(match self.check_put(request)? {
                Err(error) => Err(error),
                Ok(()) => {
                    last += 1;
                    let parameters = (request.key.as_str(), request.value.as_slice(), last);
                    put.execute(parameters).map_err(write_error)?;
                    Ok(version(last)?)
                }
            });
        }
        if last != first {
            let mut counter = self.0.prepare_cached(SET_COUNTER).map_err(write_error)?;
            counter.execute([last]).map_err(write_error)?;
        }
        Ok(results)
    }

    /// The outer error is one of the database, the inner one of the request.
    fn check_put(&self, request: &PutRequest) -> Result<Result<(), StateError>, StateError> {
        if let Err(error) = check_value(&request.value) {
            return Ok(Err(error));
        }
        let is_permitted = request.mode.permits(self.version(&request.key)?);
        Ok(is_permitted.then_some(()).ok_or_else(StateError::conflict))
    }

    /// Deletes the value, if that is permitted. Needs a transaction.
    pub(super) fn delete(
        &self,
        key: &StateKey,
        mode: DeleteMode,
    ) -> Result<Result<(), StateError>, StateError> {
        if !mode.permits(self.version(key)?) {
            return Ok(Err(StateError::conflict()));
        }
        let mut statement = self.0.prepare_cached(DELETE).map_err(write_error)?;
        statement.execute([key.as_str()]).map_err(write_error)?;
        Ok(Ok(()))
    }

    fn version(&self, key: &StateKey) -> Result<Option<Version>, StateError> {
        let mut statement = self.0.prepare_cached(GET_VERSION).map_err(read_error)?;
        let number = statement.query_row([key.as_str()], |row| row.get(0));
        number
            .optional()
            .map_err(read_error)?
            .map(version)
            .transpose()
    }

    fn last_version(&self) -> Result<i64, StateError> {
        let mut statement = self.0.prepare_cached(GET_COUNTER).map_err(read_error)?;
        statement
            .query_row([], |row| row.get(0))
            .map_err(read_error)
    }
}

fn entry(row: &Row<'_>) -> Result<Entry, StateError> {
    let key: String = row.get(0).map_err(read_error)?;
    let key = StateKey::new(key).map_err(|_| corrupt("a key of the database is invalid"))?;
    let value = row.get(1).map_err(read_error)?;
    Ok(Entry::new(
        key,
        value,
        version(row.get(2).map_err(read_error)?)?,
    ))
}

fn version(number: i64) -> Result<Version, StateError> {
    let number = u64::try_from(number);
    let number = number.map_err(|_| corrupt("a version of the database is negative"))?;
    Ok(Version::from_number(number))
}

fn corrupt(message: &str) -> StateError {
    StateError::new(StateErrorKind::Corrupt, message)
}

pub(super) fn read_error(error: rusqlite::Error) -> StateError {
    database_error("the database cannot be read", error)
}

/// The error of a statement whose transaction is rolled back.
pub(super) fn write_error(error: rusqlite::Error) -> StateError {
    database_error("the database cannot be written", error)
}

fn database_error(problem: &str, error: rusqlite::Error) -> StateError {
    use StateErrorKind::{Corrupt, Unavailable};
    let (kind, message) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            Unavailable,
            "another process is writing to the database; try again later".to_owned(),
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
            Corrupt,
            "the database is damaged, or is not a database; restore a backup".to_owned(),
        ),
        Some(ErrorCode::DiskFull) => (
            Unavailable,
            format!("{problem}, since the disk is full; free some space"),
        ),
        Some(ErrorCode::ReadOnly) => (
            Unavailable,
            format!(
                "{problem}, since it is read-only; permit writing to the file and its directory"
            ),
        ),
        // The columns have other types.
        None => (Corrupt, problem.to_owned()),
        Some(_) => {
            // Without the message of the database, which can repeat a statement.
            let code = error.sqlite_error().map_or(0, |it| it.extended_code);
            let cause = rusqlite::ffi::code_to_str(code);
            (Unavailable, format!("{problem}: {cause}"))
        }
    };
    StateError::new(kind, message).with_source(error)
}

/// Returns the error for a database that cannot be opened or used.
pub(super) fn refused(path: &Path, cause: impl std::fmt::Display) -> StateError {
    let message = format!("the database `{}` cannot be used: {cause}", path.display());
    StateError::new(StateErrorKind::Configuration, message)
}
