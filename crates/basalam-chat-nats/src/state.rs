//! State in a key-value bucket.

mod keys;

use std::collections::HashSet;
use std::fmt;

use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use basalam_chat::state::{
    DeleteMode, Entry, PutMode, PutRequest, StateError, StateErrorKind, StateFuture, StateKey,
    StateStore, Version, check_value,
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use tokio::time::timeout_at;

use crate::connection::PublishFailure;
use crate::queue::check_name;
use crate::settings::ensure_stream;
use crate::{Nats, NatsError};

/// Marks a message as a deletion, as all clients of key-value buckets do.
const OPERATION: &str = "KV-Operation";
/// The number of values that are read or written at once.
const BATCH: usize = 64;
/// How often a write is repeated if others are made at the same time.
const MAX_RACES: usize = 100;

/// A store in a key-value bucket of NATS, which processes on any machine can share. Clones share the store and its
/// connection.
///
/// Versions are sequences of the bucket's stream. `/` in keys becomes `.`, `.` becomes `=d` and `=` becomes `=e`, so
/// other clients can read the bucket. They must not write it.
///
/// # Durability
///
/// A write that has returned survives a crash of the process, of the server and of its machine, if the server has
/// `sync_interval: always`; see [`NatsOptions::monitoring_url`](crate::NatsOptions::monitoring_url). With
/// [replicas](crate::NatsOptions::replicas), it also survives the loss of a server. Values are read from the leader of
/// the stream alone (`allow_direct` is off), since other servers return old ones.
///
/// A deletion leaves a small marker. If it removed the value instead, a crash of the server could restore an older one.
///
/// # Time limits
///
/// Each operation fails after [`NatsOptions::operation_timeout`](crate::NatsOptions::operation_timeout), also while the
/// connection is lost; a list needs one operation for every 64 entries. A write that was sent then fails with
/// [`is_unknown`](StateError::is_unknown). A list reads the names of all keys that have the prefix up to its last `/`.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::state::{PutMode, StateKey, StateStore};
/// use basalam_chat_nats::NatsOptions;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let nats = NatsOptions::new("nats://localhost").monitoring_url("http://localhost:8222");
/// let store = nats.connect().await?.state("shop-bot").await?;
/// let key = StateKey::new("positions/183583802")?;
/// store.put(&key, b"1415", PutMode::Overwrite).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NatsState {
    nats: Nats,
    bucket: String,
    stream: Stream<()>,
}

/// The last write of a key.
enum Last {
    None,
    Deleted(u64),
    Value(Entry),
}

fn unavailable() -> StateError {
    let message = "NATS cannot be reached or did not respond in time; try again later";
    StateError::new(StateErrorKind::Unavailable, message)
}

fn unknown() -> StateError {
    let message = "NATS did not respond in time, so the write may or may not be made";
    StateError::new(StateErrorKind::Unknown, message)
}

fn busy() -> StateError {
    let message = "too many writes of the key are made at once; try again later";
    StateError::new(StateErrorKind::Unavailable, message)
}

impl NatsState {
    pub(crate) async fn open(nats: Nats, bucket: String) -> Result<NatsState, NatsError> {
        check_name("the bucket", &bucket)?;
        let name = format!("KV_{bucket}");
        let settings = json!({
            "name": name,
            "subjects": [format!("$KV.{bucket}.>")],
            "retention": "limits",
            "storage": "file",
            "discard": "new",
            "max_msgs_per_subject": 1,
            "max_msgs": -1,
            "max_bytes": -1,
            "max_age": 0,
            "num_replicas": nats.replicas,
            "no_ack": false,
            "sealed": false,
            "deny_delete": true,
            "allow_rollup_hdrs": true,
            "allow_direct": false,
        });
        ensure_stream(&nats, &settings).await?;
        let stream = nats.jetstream.get_stream_no_info(&name).await;
        let stream = stream.map_err(|error| {
            NatsError::unavailable("the stream of the bucket cannot be opened").with_source(error)
        })?;
        Ok(NatsState {
            nats,
            bucket,
            stream,
        })
    }

    fn subject(&self, key: &StateKey) -> String {
        format!("$KV.{}.{}", self.bucket, keys::encode(key.as_str()))
    }

    async fn last(&self, key: &StateKey) -> Result<Last, StateError> {
        let deadline = self.nats.deadline();
        if !self.nats.connected(deadline).await {
            return Err(unavailable());
        }
        let subject = self.subject(key);
        let last = self.stream.get_last_raw_message_by_subject(&subject);
        match timeout_at(deadline, last).await {
            Ok(Ok(message)) => Ok(last_write(key, message)),
            Ok(Err(error)) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(Last::None),
                _ => Err(unavailable()),
            },
            Err(_) => Err(unavailable()),
        }
    }

    async fn publish(
        &self,
        key: &StateKey,
        message: PublishMessage,
        expected: Option<u64>,
    ) -> Result<Option<Version>, StateError> {
        let message = match expected {
            Some(sequence) => message.expected_last_subject_sequence(sequence),
            None => message,
        };
        match self.nats.publish(self.subject(key), message).await {
            Ok(sequence) => Ok(Some(Version::from_number(sequence))),
            Err(PublishFailure::WrongSequence) => Ok(None),
            Err(PublishFailure::NotStored(_)) => Err(unavailable()),
            Err(PublishFailure::Unknown) => Err(unknown()),
        }
    }

    async fn write(
        &self,
        key: &StateKey,
        value: &[u8],
        mode: PutMode,
    ) -> Result<Version, StateError> {
        check_value(value)?;
        let value = Bytes::copy_from_slice(value);
        let mut expected = match mode {
            PutMode::Overwrite => None,
            PutMode::Create => Some(0),
            PutMode::Update(version) => Some(version.number()),
        };
        for _ in 0..MAX_RACES {
            let message = PublishMessage::build().payload(value.clone());
            if let Some(version) = self.publish(key, message, expected).await? {
                return Ok(version);
            }
            expected = match (mode, self.last(key).await?) {
                (PutMode::Create, Last::Deleted(sequence)) => Some(sequence),
                (PutMode::Create, Last::None) => Some(0),
                _ => return Err(StateError::conflict()),
            };
        }
        Err(busy())
    }

    async fn remove(&self, key: &StateKey, mode: DeleteMode) -> Result<(), StateError> {
        for _ in 0..MAX_RACES {
            let sequence = match mode {
                DeleteMode::Version(version) => version.number(),
                DeleteMode::Any => match self.last(key).await? {
                    Last::Value(entry) => entry.version.number(),
                    Last::None | Last::Deleted(_) => return Ok(()),
                },
            };
            let marker = PublishMessage::build().header(OPERATION, "DEL");
            match (self.publish(key, marker, Some(sequence)).await?, mode) {
                (Some(_), _) => return Ok(()),
                (None, DeleteMode::Version(_)) => return Err(StateError::conflict()),
                (None, DeleteMode::Any) => {}
            }
        }
        Err(busy())
    }

    /// Returns the keys with a prefix, including deleted ones.
    async fn keys(&self, prefix: &str) -> Result<Vec<StateKey>, StateError> {
        let filter = match keys::filter(prefix) {
            Some(filter) => format!("$KV.{}.{filter}", self.bucket),
            None => return Ok(Vec::new()),
        };
        let deadline = self.nats.deadline();
        if !self.nats.connected(deadline).await {
            return Err(unavailable());
        }
        let read = async {
            let subjects = self
                .stream
                .info_with_subjects(filter)
                .await
                .map_err(|_| unavailable())?;
            let subjects = subjects.map_ok(|(subject, _)| subject);
            subjects
                .try_collect::<Vec<_>>()
                .await
                .map_err(|_| unavailable())
        };
        let subjects = timeout_at(deadline, read)
            .await
            .map_err(|_| unavailable())??;
        let start = format!("$KV.{}.", self.bucket).len();
        let keys = subjects.iter().filter_map(|subject| {
            // What another program has written may have another name.
            let key = keys::decode(subject.get(start..)?)?;
            StateKey::new(key).ok()
        });
        let mut keys: Vec<StateKey> = keys
            .filter(|key| key.as_str().starts_with(prefix))
            .collect();
        keys.sort_unstable();
        Ok(keys)
    }

    async fn entry(&self, key: StateKey) -> Result<Option<Entry>, StateError> {
        match self.last(&key).await? {
            Last::Value(entry) => Ok(Some(entry)),
            Last::None | Last::Deleted(_) => Ok(None),
        }
    }
}

fn last_write(key: &StateKey, message: StreamMessage) -> Last {
    match message.headers.get(OPERATION) {
        Some(_) => Last::Deleted(message.sequence),
        None => {
            let version = Version::from_number(message.sequence);
            Last::Value(Entry::new(key.clone(), message.payload.into(), version))
        }
    }
}

impl StateStore for NatsState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(self.entry(key.clone()))
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(self.write(key, value, mode))
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        Box::pin(self.remove(key, mode))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        Box::pin(async move {
            let mut entries = Vec::new();
            if limit == 0 {
                return Ok(entries);
            }
            let keys = self.keys(prefix).await?;
            let first = after.map_or(0, |after| keys.partition_point(|key| key <= after));
            for keys in keys[first..].chunks(BATCH) {
                let reads: Vec<_> = keys.iter().map(|key| self.entry(key.clone())).collect();
                let mut reads = stream::iter(reads).buffered(BATCH);
                while let Some(entry) = reads.try_next().await? {
                    entries.extend(entry);
                }
                if entries.len() >= limit {
                    entries.truncate(limit);
                    break;
                }
            }
            Ok(entries)
        })
    }

    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        Box::pin(async move {
            let mut results = Vec::with_capacity(requests.len());
            for batch in requests.chunks(BATCH) {
                let distinct: HashSet<&StateKey> = batch.iter().map(|it| &it.key).collect();
                // Writes of one key are made one after the other.
                let concurrency = match distinct.len() == batch.len() {
                    true => BATCH,
                    false => 1,
                };
                let writes: Vec<_> = batch
                    .iter()
                    .map(|it| async { self.write(&it.key, &it.value, it.mode).await })
                    .collect();
                let batch = stream::iter(writes).buffered(concurrency);
                results.extend(batch.collect::<Vec<_>>().await);
            }
            Ok(results)
        })
    }
}

/// Contains neither values nor the servers.
impl fmt::Debug for NatsState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsState")
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
