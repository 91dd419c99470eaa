//! State on a Redis server.

mod connection;
mod error;
mod leases;
mod options;
mod scripts;

use std::fmt;
use std::sync::Arc;

use basalam_chat::state::{
    DeleteMode, Entry, Lease, LeaseRequest, PutMode, PutRequest, StateError, StateErrorKind,
    StateFuture, StateKey, StateStore, Version, check_value, put_with_put_many,
};
use redis::cmd;

use crate::remote::{self, PutResults, corrupt, key_range};
use connection::Server;
pub use options::RedisOptions;

/// The number of entries that are read at once.
const PAGE: usize = 256;

/// The kind of the error of a write whose response is lost.
const LOST: StateErrorKind = StateErrorKind::Unknown;

/// A store on a Redis server (version 5 or newer) or a compatible one, which processes on any machine can share.
/// Clones share the store and its connection.
///
/// All keys start with the [namespace](RedisOptions::namespace) in braces, so they have one hash slot; other programs
/// must not write them. Redis Cluster and Sentinel are not supported. All methods need a tokio runtime.
///
/// # TLS
///
/// URLs with the scheme `rediss` or `valkeys` use TLS and need the feature `redis-rustls`. The certificate is always
/// verified, with the host of the URL and the root certificates of the system or of
/// `RedisOptions::tls_root_certificates`. Client certificates are not supported.
///
/// # Durability
///
/// A write that has returned survives a crash of the process, of the server and of its machine. This needs the
/// settings `appendonly yes`, `appendfsync always`, `no-appendfsync-on-rewrite no` and `maxmemory-policy noeviction`,
/// which are not the defaults of Redis. They are checked when a store is opened, and another server is refused, since
/// after a crash it could also use versions again. If they are changed later, this is not noticed.
///
/// Replication is asynchronous: if a replica takes over, the last writes and leases are lost and their versions are
/// used again. Use `PostgresState` with synchronous replication if that matters.
///
/// # Time limits
///
/// Each operation, including connecting, fails after [`RedisOptions::operation_timeout`]; a list needs one operation
/// for every 256 entries. A write that was sent then fails with [`is_unknown`](StateError::is_unknown), and also if
/// the connection is lost.
///
/// Leases use the server's clock and are not listed as values. Expired leases can be taken over at once. If that clock
/// is set, leases end earlier or later by as much. A lease that is not released leaves one key.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::state::{PutMode, StateKey, StateStore};
/// use basalam_chat_state::RedisOptions;
///
/// # async fn run() -> Result<(), basalam_chat::state::StateError> {
/// let store = RedisOptions::new("redis://bot:password@localhost/0").connect().await?;
/// let key = StateKey::new("positions/183583802")?;
/// store.put(&key, b"1415", PutMode::Overwrite).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisState {
    server: Arc<Server>,
}

/// Returns the key of the last version.
fn counter(server: &Server) -> String {
    format!("{{{}}}:version", server.namespace)
}

/// Returns the key of the sorted set of all keys.
fn index(server: &Server) -> String {
    format!("{{{}}}:keys", server.namespace)
}

fn value_key(server: &Server, key: &str) -> String {
    format!("{{{}}}:value:{key}", server.namespace)
}

/// Reads `version:value`.
fn entry(key: StateKey, mut stored: Vec<u8>) -> Result<Entry, StateError> {
    let invalid = || corrupt("a value of the namespace was not written by this store");
    let colon = stored.iter().position(|byte| *byte == b':');
    let colon = colon.ok_or_else(invalid)?;
    let version = std::str::from_utf8(&stored[..colon]).ok();
    let version = version.and_then(|version| version.parse().ok());
    let version = Version::from_number(version.ok_or_else(invalid)?);
    stored.drain(..=colon);
    Ok(Entry::new(key, stored, version))
}

impl RedisState {
    /// Connects with the default options.
    ///
    /// # Errors
    ///
    /// As [`RedisOptions::connect`].
    pub async fn connect(url: impl Into<String>) -> Result<RedisState, StateError> {
        RedisOptions::new(url).connect().await
    }

    async fn put_batch(&self, batch: &[PutRequest]) -> Result<PutResults, StateError> {
        let checks: Vec<_> = batch.iter().map(|it| check_value(&it.value)).collect();
        let server = &self.server;
        let mut script = server.scripts.put.prepare_invoke();
        script.key(counter(server)).key(index(server));
        for (request, check) in batch.iter().zip(&checks) {
            if check.is_ok() {
                let expected = match request.mode {
                    PutMode::Overwrite => "*".to_owned(),
                    PutMode::Create => String::new(),
                    PutMode::Update(version) => version.to_string(),
                };
                script.key(value_key(server, request.key.as_str()));
                script.arg(request.key.as_str()).arg(expected);
                script.arg(request.value.as_slice());
            }
        }
        let mut versions: Vec<Option<u64>> = match checks.iter().any(Result::is_ok) {
            true => server.write(&script).await?,
            false => Vec::new(),
        };
        versions.reverse();
        let mut result = || match versions.pop() {
            Some(Some(version)) => Ok(Version::from_number(version)),
            Some(None) => Err(StateError::conflict()),
            None => Err(StateError::new(LOST, "the store has returned no result")),
        };
        let results = checks
            .into_iter()
            .map(|check| check.and_then(|()| result()));
        Ok(results.collect())
    }

    /// Returns the entries of keys that have a value.
    async fn entries(&self, keys: Vec<String>) -> Result<Vec<Entry>, StateError> {
        let mut mget = cmd("MGET");
        for key in &keys {
            mget.arg(value_key(&self.server, key));
        }
        let values: Vec<Option<Vec<u8>>> = self.server.read(&mget).await?;
        let stored = keys.into_iter().zip(values);
        let stored = stored.filter_map(|(key, value)| Some((key, value?)));
        stored
            .map(|(key, value)| {
                let key = StateKey::new(key);
                entry(
                    key.map_err(|_| corrupt("a key of the index is invalid"))?,
                    value,
                )
            })
            .collect()
    }
}

impl StateStore for RedisState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(async move {
            let mut get = cmd("GET");
            get.arg(value_key(&self.server, key.as_str()));
            let stored: Option<Vec<u8>> = self.server.read(&get).await?;
            stored.map(|stored| entry(key.clone(), stored)).transpose()
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
            let (server, key) = (&self.server, key.as_str());
            let expected = match mode {
                DeleteMode::Any => "*".to_owned(),
                DeleteMode::Version(version) => version.to_string(),
            };
            let mut script = server.scripts.delete.prepare_invoke();
            script.key(value_key(server, key)).key(index(server));
            script.arg(key).arg(expected);
            match server.write::<u64>(&script).await? {
                0 => Err(StateError::conflict()),
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
            let mut entries = Vec::new();
            let Some((start, end)) = key_range(prefix) else {
                return Ok(entries);
            };
            let mut from = match after.map(StateKey::as_str) {
                Some(after) if after >= start => format!("({after}"),
                _ => format!("[{start}"),
            };
            while entries.len() < limit {
                let page = PAGE.min(limit - entries.len());
                let mut range = cmd("ZRANGEBYLEX");
                range.arg(index(&self.server));
                range.arg(&from).arg(format!("({end}"));
                range.arg("LIMIT").arg(0).arg(page);
                let keys: Vec<String> = self.server.read(&range).await?;
                let Some(last) = keys.last() else { break };
                from = format!("({last}");
                let is_last = keys.len() < page;
                entries.extend(self.entries(keys).await?);
                if is_last {
                    break;
                }
            }
            Ok(entries)
        })
    }

    fn put_many<'a>(&'a self, requests: &'a [PutRequest]) -> StateFuture<'a, PutResults> {
        Box::pin(remote::put_in_batches(requests, |batch| {
            Box::pin(self.put_batch(batch))
        }))
    }

    fn try_acquire_lease<'a>(
        &'a self,
        request: &'a mut LeaseRequest,
    ) -> StateFuture<'a, Option<Lease>> {
        Box::pin(leases::try_acquire(&self.server, request))
    }

    fn renew_lease<'a>(&'a self, lease: &'a mut Lease) -> StateFuture<'a, ()> {
        Box::pin(leases::renew(&self.server, lease))
    }

    fn release_lease<'a>(&'a self, lease: Lease) -> StateFuture<'a, ()> {
        Box::pin(leases::release(&self.server, lease))
    }
}

/// Contains neither values nor the URL.
impl fmt::Debug for RedisState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisState")
            .field("namespace", &self.server.namespace)
            .finish_non_exhaustive()
    }
}
