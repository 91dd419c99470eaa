//! Leases on the server's clock, stored beside the values.

use std::time::Duration;

use basalam_chat::state::{Lease, LeaseRequest, StateError, StateKey, Version};

use super::connection::Server;
use super::counter;

/// A hundred years, so that the sum with the time is exact.
const MAX_DURATION_MS: u128 = 100 * 365 * 24 * 3600 * 1000;

fn lease_key(server: &Server, key: &StateKey) -> String {
    format!("{{{}}}:lease:{key}", server.namespace)
}

fn millis(duration: Duration) -> String {
    duration.as_millis().min(MAX_DURATION_MS).to_string()
}

pub(super) async fn try_acquire(
    server: &Server,
    request: &mut LeaseRequest,
) -> Result<Option<Lease>, StateError> {
    let sent_at = request.now();
    let mut script = server.scripts.acquire_lease.prepare_invoke();
    script.key(counter(server));
    script.key(lease_key(server, request.key()));
    script.arg(request.holder());
    script.arg(millis(request.duration()));
    let version: Option<u64> = server.write(&script).await?;
    Ok(version.map(|version| request.granted(Version::from_number(version), sent_at)))
}

pub(super) async fn renew(server: &Server, lease: &mut Lease) -> Result<(), StateError> {
    let sent_at = lease.now();
    let mut script = server.scripts.renew_lease.prepare_invoke();
    script.key(lease_key(server, lease.key()));
    script.arg(lease.holder()).arg(millis(lease.duration()));
    let version: Option<u64> = server.write(&script).await?;
    let version = version.ok_or_else(StateError::conflict)?;
    lease.renewed(Version::from_number(version), sent_at);
    Ok(())
}

pub(super) async fn release(server: &Server, lease: Lease) -> Result<(), StateError> {
    let mut script = server.scripts.release_lease.prepare_invoke();
    script.key(lease_key(server, lease.key()));
    script.arg(lease.holder());
    server.write::<u64>(&script).await.map(drop)
}
