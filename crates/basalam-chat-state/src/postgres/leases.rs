//! Leases on the server's clock. Their keys have a character that keys of values cannot have.

use basalam_chat::state::{Lease, LeaseRequest, StateError, StateKey};
use tokio_postgres::types::Type;

use super::connection::Database;
use super::version;

/// A hundred years, which every column can hold.
const MAX_DURATION_MS: f64 = 100.0 * 365.0 * 24.0 * 3600.0 * 1000.0;

fn row_key(key: &StateKey) -> String {
    format!("lease:{key}")
}

fn millis(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).min(MAX_DURATION_MS)
}

pub(super) async fn try_acquire(
    database: &Database,
    request: &mut LeaseRequest,
) -> Result<Option<Lease>, StateError> {
    let (key, duration) = (row_key(request.key()), millis(request.duration()));
    let (sent_at, holder) = (request.now(), request.holder().as_bytes().to_vec());
    let key = (&key as _, Type::TEXT);
    let acquiring = [
        key.clone(),
        (&holder as _, Type::BYTEA),
        (&duration as _, Type::FLOAT8),
    ];
    let key = std::slice::from_ref(&key);
    let steps: [(&str, &[_]); 3] = [
        (&database.sql.insert_lease, key),
        (&database.sql.lock_lease, key),
        (&database.sql.acquire_lease, &acquiring),
    ];
    let rows = database.transaction(database.deadline(), steps).await?;
    let granted = rows.first().map(|row| version(row, 0)).transpose()?;
    Ok(granted.map(|version| request.granted(version, sent_at)))
}

pub(super) async fn renew(database: &Database, lease: &mut Lease) -> Result<(), StateError> {
    let (key, duration) = (row_key(lease.key()), millis(lease.duration()));
    let (sent_at, holder) = (lease.now(), lease.holder().as_bytes().to_vec());
    let parameters = [
        (&key as _, Type::TEXT),
        (&holder as _, Type::BYTEA),
        (&duration as _, Type::FLOAT8),
    ];
    let rows = database
        .write(&database.sql.renew_lease, &parameters)
        .await?;
    let row = rows.first().ok_or_else(StateError::conflict)?;
    lease.renewed(version(row, 0)?, sent_at);
    Ok(())
}

pub(super) async fn release(database: &Database, lease: Lease) -> Result<(), StateError> {
    let (key, holder) = (row_key(lease.key()), lease.holder().as_bytes().to_vec());
    let parameters = [(&key as _, Type::TEXT), (&holder as _, Type::BYTEA)];
    let released = database.write(&database.sql.release_lease, &parameters);
    released.await.map(drop)
}
