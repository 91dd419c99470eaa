//! Encryption of the values of a store.

mod key;

use std::sync::Arc;

use basalam_chat::random::{RandomSource, SystemRandom};
use basalam_chat::state::{
    DeleteMode, Entry, MAX_VALUE_BYTES, PutMode, PutRequest, StateError, StateErrorKind,
    StateFuture, StateKey, StateStore, Version,
};

pub use key::EncryptionKey;
use key::OVERHEAD_BYTES;

/// The number of entries that [`EncryptedState::reencrypt`] reads at a time.
const PAGE: usize = 100;

/// A store that encrypts the values of another one with XChaCha20-Poly1305.
///
/// A stored value consists of a format byte, the id of the key, a random nonce of 24 bytes, the encrypted value and a
/// tag of 16 bytes. Format, key id and the name of the value are authenticated, so a value that was changed, or
/// copied to another name, is reported as [corrupt](StateError::is_corrupt).
///
/// Whoever can read the store sees the names, versions and lengths of the values, and when they are written. Whoever
/// can write to it can delete values, and replace a value with an older one of the same name.
///
/// To rotate keys, deploy each step to all processes before the next one: add the new key last, so that all processes
/// can decrypt with it; put it first; run [`reencrypt`](EncryptedState::reencrypt) once; remove the old key.
///
/// Leases are stored as values, also if the wrapped store has leases with a clock.
///
/// # Examples
///
/// ```
/// use basalam_chat::state::{MemoryState, PutMode, StateKey, StateStore};
/// use basalam_chat_state::{EncryptedState, EncryptionKey};
///
/// # async fn run(secret: &str) -> Result<(), basalam_chat::state::StateError> {
/// let key = EncryptionKey::from_hex(1, secret)?;
/// let store = EncryptedState::new(MemoryState::new(), [key])?;
/// store.put(&StateKey::new("tokens/431")?, b"secret", PutMode::Create).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EncryptedState<S> {
    store: S,
    keys: Arc<[EncryptionKey]>,
    random: Arc<dyn RandomSource>,
}

impl<S: StateStore> EncryptedState<S> {
    /// The maximum length of a value in bytes: 45 bytes less than that of other stores.
    pub const MAX_VALUE_BYTES: usize = MAX_VALUE_BYTES - OVERHEAD_BYTES;

    /// Wraps a store. The first key encrypts, and all keys decrypt.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](StateError::is_configuration) if there is no key, or two keys have the same id.
    pub fn new(
        store: S,
        keys: impl IntoIterator<Item = EncryptionKey>,
    ) -> Result<EncryptedState<S>, StateError> {
        let keys: Arc<[EncryptionKey]> = keys.into_iter().collect();
        let refused = |message: String| StateError::new(StateErrorKind::Configuration, message);
        if keys.is_empty() {
            return Err(refused("the encryption needs at least one key".to_owned()));
        }
        for (position, key) in keys.iter().enumerate() {
            if keys[..position].iter().any(|it| it.id() == key.id()) {
                let id = key.id();
                return Err(refused(format!(
                    "two encryption keys have the id {id}; number them"
                )));
            }
        }
        let random = Arc::new(SystemRandom);
        Ok(EncryptedState {
            store,
            keys,
            random,
        })
    }

    /// Sets the source of the nonces; see [`random`](basalam_chat::random). Only a cryptographically secure source is
    /// safe.
    pub fn random_source(mut self, random: Arc<dyn RandomSource>) -> EncryptedState<S> {
        self.random = random;
        self
    }

    /// Encrypts all values again that are not encrypted with the first key, and returns their number. Values that are
    /// written meanwhile are skipped, since writing encrypts them.
    ///
    /// This changes the versions of the values: a conditional write that another process has begun before fails with
    /// [`is_conflict`](StateError::is_conflict).
    ///
    /// # Errors
    ///
    /// Stops at the first value that cannot be read, decrypted or written. It can be repeated.
    pub async fn reencrypt(&self) -> Result<usize, StateError> {
        let (mut after, mut count) = (None, 0);
        loop {
            let page = self.store.list("", after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(count);
            };
            after = Some(last.key.clone());
            for entry in page {
                if key::id_of(&entry.value) == Some(self.keys[0].id()) {
                    continue;
                }
                let entry = self.decrypt(entry)?;
                let mode = PutMode::Update(entry.version);
                match self.put(&entry.key, &entry.value, mode).await {
                    Ok(_) => count += 1,
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    fn encrypt(&self, key: &StateKey, value: &[u8]) -> Result<Vec<u8>, StateError> {
        if value.len() > Self::MAX_VALUE_BYTES {
            let (length, max) = (value.len(), Self::MAX_VALUE_BYTES);
            let message =
                format!("the value has {length} bytes; store at most {max}, since it is encrypted");
            return Err(StateError::new(StateErrorKind::InvalidInput, message));
        }
        let mut nonce = [0; 24];
        self.random.fill(&mut nonce);
        self.keys[0].encrypt(key, &nonce, value)
    }

    fn decrypt(&self, entry: Entry) -> Result<Entry, StateError> {
        let value = key::decrypt(&self.keys, &entry.key, &entry.value)?;
        Ok(Entry::new(entry.key, value, entry.version))
    }
}

impl<S: StateStore> StateStore for EncryptedState<S> {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(async move {
            let entry = self.store.get(key).await?;
            entry.map(|entry| self.decrypt(entry)).transpose()
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(async move {
            let value = self.encrypt(key, value)?;
            self.store.put(key, &value, mode).await
        })
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        self.store.delete(key, mode)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        Box::pin(async move {
            let entries = self.store.list(prefix, after, limit).await?;
            entries
                .into_iter()
                .map(|entry| self.decrypt(entry))
                .collect()
        })
    }

    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        Box::pin(async move {
            let mut encrypted = Vec::with_capacity(requests.len());
            let mut refused = Vec::with_capacity(requests.len());
            for request in requests {
                let value = self.encrypt(&request.key, &request.value).map(|value| {
                    encrypted.push(PutRequest::new(request.key.clone(), value, request.mode));
                });
                refused.push(value.err());
            }
            let mut results = self.store.put_many(&encrypted).await?.into_iter();
            let result = |refused: Option<StateError>| match refused {
                Some(error) => Err(error),
                None => results.next().unwrap_or_else(|| {
                    let message = "the store has returned too few results";
                    Err(StateError::new(StateErrorKind::Unknown, message))
                }),
            };
            Ok(refused.into_iter().map(result).collect())
        })
    }
}
