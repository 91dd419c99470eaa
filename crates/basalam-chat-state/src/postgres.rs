//! State in a PostgreSQL database.

mod connection;
mod error;
mod leases;
mod options;
mod statements;
mod url;

use std::fmt;
use std::sync::Arc;

use basalam_chat::state::{
    DeleteMode, Entry, Lease, LeaseRequest, PutMode, PutRequest, StateError, StateErrorKind,
    StateFuture, StateKey, StateStore, Version, check_value, put_with_put_many,
};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::remote::{self, PutResults, corrupt, key_range};
use connection::Database;
pub use options::PostgresOptions;

/// A store in a PostgreSQL database (version 12 or newer), which processes on any machine can share. Clones share
/// the store and its connections.
///
/// It uses one table. The table is only created if [`PostgresOptions::create_table`] asks for it. The store works
/// behind PgBouncer in transaction mode: it uses no named statements, no settings of the session and no advisory
/// locks. All methods need a tokio runtime.
///
/// # TLS
///
/// | `sslmode` of the URL | with the feature `postgres-rustls` | without it |
/// | --- | --- | --- |
/// | `require`, `verify-ca`, `verify-full` | TLS | refused |
/// | `prefer` (default) | TLS if the server offers it | no TLS |
/// | `disable` | no TLS | no TLS |
///
/// The certificate is always verified, with the host of the URL and the root certificates of the system or of
/// `PostgresOptions::tls_root_certificates`. If it is not trusted, connecting fails, also with `prefer`. Unix sockets
/// do not use TLS.
///
/// # Durability
///
/// A write that has returned survives a crash of the process, of the server and of its machine, since a server with
/// `fsync` or `synchronous_commit` off is refused. If a standby takes over that replicates asynchronously, the last
/// writes are lost and their versions are used again; use synchronous replication if that matters.
///
/// # Time limits
///
/// Each operation, including connecting, fails after [`PostgresOptions::operation_timeout`]. A write that was sent
/// then fails with [`is_unknown`](StateError::is_unknown), and also if the connection is lost.
///
/// Leases use the server's clock and are stored in the same table, but are not listed as values. Expired leases can
/// be taken over at once. If that clock is set, leases end earlier or later by as much. A lease that is not released
/// leaves one row for its key.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::state::{PutMode, StateKey, StateStore};
/// use basalam_chat_state::PostgresOptions;
///
/// # async fn run() -> Result<(), basalam_chat::state::StateError> {
/// let options = PostgresOptions::new("postgres://bot:password@localhost/shop").create_table(true);
/// let store = options.connect().await?;
/// let key = StateKey::new("positions/183583802")?;
/// store.put(&key, b"1415", PutMode::Overwrite).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresState {
    database: Arc<Database>,
}

impl PostgresState {
    /// Connects with the default options, to a database that has the table.
    ///
    /// # Errors
    ///
    /// As [`PostgresOptions::connect`].
    pub async fn connect(url: impl Into<String>) -> Result<PostgresState, StateError> {
        PostgresOptions::new(url).connect().await
    }

    fn put_batch<'a>(&'a self, batch: &'a [PutRequest]) -> StateFuture<'a, PutResults> {
        Box::pin(async move {
            let checks = batch.iter().map(|request| check_value(&request.value));
            let mut results: Vec<Option<Result<Version, StateError>>> =
                checks.map(|check| check.err().map(Err)).collect();
            let deadline = self.database.deadline();
            loop {
                let open = batch.iter().zip(&results);
                let open: Vec<_> = open.filter(|it| it.1.is_none()).map(|it| it.0).collect();
                if open.is_empty() {
                    return Ok(results.into_iter().flatten().collect());
                }
                let versions = self.put_once(&open, deadline).await?;
                for (request, result) in batch.iter().zip(&mut results) {
                    let version = versions.iter().find(|it| it.0 == request.key.as_str());
                    if result.is_none() {
                        *result = match version {
                            Some((_, version)) => Some(Ok(*version)),
                            // The value was deleted during the transaction, so try again.
                            None if request.mode == PutMode::Overwrite => None,
                            None => Some(Err(StateError::conflict())),
                        };
                    }
                }
            }
        })
    }

    /// Makes the writes that are permitted, in one transaction, and returns their keys and versions.
    ///
    /// Versions are assigned after the rows are locked: otherwise a write could get a smaller version than one that
    /// is made before it.
    async fn put_once(
        &self,
        batch: &[&PutRequest],
        deadline: tokio::time::Instant,
    ) -> Result<Vec<(String, Version)>, StateError> {
        let keys: Vec<&str> = batch.iter().map(|it| it.key.as_str()).collect();
        let values: Vec<&[u8]> = batch.iter().map(|it| it.value.as_slice()).collect();
        let expected: Vec<Option<i64>> = batch.iter().map(|it| expected(it.mode)).collect();
        let database = &self.database;
        let (keys, values, expected) = (
            (&keys as _, Type::TEXT_ARRAY),
            (&values as _, Type::BYTEA_ARRAY),
            (&expected as _, Type::INT8_ARRAY),
        );
        let rows = database
            .transaction(
                deadline,
                [
                    (&database.sql.insert, &[keys.clone(), expected.clone()]),
                    (&database.sql.lock, std::slice::from_ref(&keys)),
                    (&database.sql.update, &[keys.clone(), values, expected]),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0).map_err(error::row)?, version(row, 1)?)))
            .collect()
    }
}

/// Returns the version that a row must have: 0 for a new one, `None` for any.
fn expected(mode: PutMode) -> Option<i64> {
    match mode {
        PutMode::Overwrite => None,
        PutMode::Create => Some(0),
        PutMode::Update(version) => Some(number(version)),
    }
}

/// Returns the number of a version, or one that no row has.
fn number(version: Version) -> i64 {
    match i64::try_from(version.number()) {
        Ok(number) if number > 0 => number,
        _ => -1,
    }
}

fn version(row: &Row, column: usize) -> Result<Version, StateError> {
    let number: i64 = row.try_get(column).map_err(error::row)?;
    let number = u64::try_from(number).map_err(|_| corrupt("a version is negative"))?;
    Ok(Version::from_number(number))
}

fn entry(row: &Row) -> Result<Entry, StateError> {
    let key: &str = row.try_get(0).map_err(error::row)?;
    let key = StateKey::new(key).map_err(|_| corrupt("a key of the table is invalid"))?;
    let value = row.try_get(1).map_err(error::row)?;
    Ok(Entry::new(key, value, version(row, 2)?))
}

impl StateStore for PostgresState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(async move {
            let (database, key) = (&self.database, key.as_str());
            let parameters = [(&key as _, Type::TEXT)];
            let rows = database.read(&database.sql.get, &parameters).await?;
            rows.first().map(entry).transpose()
        })
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
        Box::pin(async move {
            let (database, key) = (&self.database, key.as_str());
            let version = match mode {
                DeleteMode::Any => None,
                DeleteMode::Version(version) => Some(number(version)),
            };
            let parameters = [(&key as _, Type::TEXT), (&version as _, Type::INT8)];
            let deleted = database.write(&database.sql.delete, &parameters).await?;
            match (deleted.is_empty(), mode) {
                (true, DeleteMode::Version(_)) => Err(StateError::conflict()),
                _ => Ok(()),
            }
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        Box::pin(async move {
            let Some((start, end)) = key_range(prefix) else {
                return Ok(Vec::new());
            };
            let after = after.map_or("", StateKey::as_str);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let parameters = [
                (&start as _, Type::TEXT),
                (&end as _, Type::TEXT),
                (&after as _, Type::TEXT),
                (&limit as _, Type::INT8),
            ];
            let database = &self.database;
            let rows = database.read(&database.sql.list, &parameters).await?;
            rows.iter().map(entry).collect()
        })
    }

    fn put_many<'a>(&'a self, requests: &'a [PutRequest]) -> StateFuture<'a, PutResults> {
        Box::pin(remote::put_in_batches(requests, |batch| {
            self.put_batch(batch)
        }))
    }

    fn try_acquire_lease<'a>(
        &'a self,
        request: &'a mut LeaseRequest,
    ) -> StateFuture<'a, Option<Lease>> {
        Box::pin(leases::try_acquire(&self.database, request))
    }

    fn renew_lease<'a>(&'a self, lease: &'a mut Lease) -> StateFuture<'a, ()> {
        Box::pin(leases::renew(&self.database, lease))
    }

    fn release_lease<'a>(&'a self, lease: Lease) -> StateFuture<'a, ()> {
        Box::pin(leases::release(&self.database, lease))
    }
}

/// Contains neither values nor the URL.
impl fmt::Debug for PostgresState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresState")
            .field("table", &self.database.table)
            .finish_non_exhaustive()
    }
}

/// The kind of the error of a write whose response is lost.
const LOST: StateErrorKind = StateErrorKind::Unknown;
