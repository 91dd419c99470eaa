//! The trait of a state store.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{
    DeleteMode, Entry, Lease, LeaseRequest, PutMode, PutRequest, StateError, StateErrorKind,
    StateKey, Version,
};

/// The future of a [`StateStore`].
pub type StateFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StateError>> + Send + 'a>>;

/// Durable storage of small values that several processes can share.
///
/// A store keeps these promises:
///
/// - Operations are linearizable: a read returns the newest write of the key that has returned, and writes of a
///   key are made in the order of their versions.
/// - A version is larger than those of all writes that have returned before, and is never used again.
/// - A write that fails with anything but [`is_unknown`](StateError::is_unknown) was not made.
/// - A write that has returned survives a crash of the process, and of what else the store documents.
/// - An operation ends: if the store is stopped or paused, it fails after a time limit that the store documents.
/// - Errors and `Debug` contain no values.
///
/// If the future of a write is dropped before it is ready, the write may or may not be made.
///
/// The conformance suite of `basalam-chat-state` (feature `conformance`) checks custom stores.
pub trait StateStore: fmt::Debug + Send + Sync {
    /// Returns the value of a key, or `None` if it has none.
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>>;

    /// Writes a value of at most [`MAX_VALUE_BYTES`](super::MAX_VALUE_BYTES), and returns its version.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](StateError::is_conflict) if the mode does not permit the write,
    /// [`is_invalid_input`](StateError::is_invalid_input) if the value is too large.
    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version>;

    /// Deletes the value of a key.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](StateError::is_conflict) if the mode does not permit the deletion.
    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()>;

    /// Returns up to `limit` entries whose keys start with `prefix` and are larger than `after`, smallest
    /// first. An empty prefix lists all keys. To page, pass the last key as `after`.
    ///
    /// Entries that are written or deleted meanwhile may or may not be listed; all others are.
    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>>;

    /// Makes several writes, in order, and returns the result of each.
    ///
    /// They are not atomic: some can fail while others succeed. A store overrides this method if it can make
    /// many writes faster than one by one.
    ///
    /// # Errors
    ///
    /// An error applies to every write.
    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        Box::pin(async move {
            let mut results = Vec::with_capacity(requests.len());
            for request in requests {
                results.push(self.put(&request.key, &request.value, request.mode).await);
            }
            Ok(results)
        })
    }

    /// Like [`put`](StateStore::put), but reads the key if the response is lost, and so returns what happened.
    ///
    /// The value must be unique to this write, for example by a random id in it: if the stored value is equal,
    /// this write was made.
    ///
    /// # Errors
    ///
    /// [`is_unknown`](StateError::is_unknown) if the write was not made yet but may still be, or the key cannot
    /// be read. [`is_conflict`](StateError::is_conflict) if another value is stored that the mode does not
    /// permit to replace: the write was not made, or is already overwritten.
    fn put_confirmed<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(async move {
            let unknown = match self.put(key, value, mode).await {
                Err(error) if error.is_unknown() => error,
                result => return result,
            };
            match self.get(key).await {
                Ok(Some(entry)) if entry.value == value => Ok(entry.version),
                // A lost write may still be made later, unless the key has changed meanwhile.
                Ok(entry) if mode.permits(entry.as_ref().map(|it| it.version)) => Err(unknown),
                Ok(_) => Err(StateError::conflict()),
                Err(_) => Err(unknown),
            }
        })
    }

    /// Tries to acquire a lease once, and returns `None` if another holder has it.
    ///
    /// By default, the lease is a value of the key; see [`LeaseRequest`]. A store with a clock can override the
    /// three lease methods, and store leases elsewhere. Use separate keys for leases and values.
    fn try_acquire_lease<'a>(
        &'a self,
        request: &'a mut LeaseRequest,
    ) -> StateFuture<'a, Option<Lease>> {
        Box::pin(async move { request.try_acquire(self).await })
    }

    /// Extends a lease by its duration from now, unless another holder has taken over. An expired lease that
    /// nobody has taken over is extended, too.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](StateError::is_conflict) if the lease is lost.
    fn renew_lease<'a>(&'a self, lease: &'a mut Lease) -> StateFuture<'a, ()> {
        Box::pin(async move { lease.renew(self).await })
    }

    /// Releases a lease, so that the next holder does not have to wait until it expires. A lost lease is not an
    /// error.
    fn release_lease<'a>(&'a self, lease: Lease) -> StateFuture<'a, ()> {
        Box::pin(async move { lease.release(self).await })
    }
}

/// Makes one write with [`StateStore::put_many`], for stores that implement [`StateStore::put`] with it.
///
/// # Errors
///
/// [`is_unknown`](StateError::is_unknown) if the store returns no result; otherwise the error of the write.
pub fn put_with_put_many<'a, S: StateStore + ?Sized>(
    store: &'a S,
    key: &'a StateKey,
    value: &'a [u8],
    mode: PutMode,
) -> StateFuture<'a, Version> {
    Box::pin(async move {
        let request = PutRequest::new(key.clone(), value, mode);
        let results = store.put_many(std::slice::from_ref(&request)).await?;
        results.into_iter().next().unwrap_or_else(|| {
            let message = "the store has returned no result";
            Err(StateError::new(StateErrorKind::Unknown, message))
        })
    })
}

/// Shares a store.
impl<S: StateStore + ?Sized> StateStore for Arc<S> {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        (**self).get(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        (**self).put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        (**self).delete(key, mode)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        (**self).list(prefix, after, limit)
    }

    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        (**self).put_many(requests)
    }

    fn put_confirmed<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        (**self).put_confirmed(key, value, mode)
    }

    fn try_acquire_lease<'a>(
        &'a self,
        request: &'a mut LeaseRequest,
    ) -> StateFuture<'a, Option<Lease>> {
        (**self).try_acquire_lease(request)
    }

    fn renew_lease<'a>(&'a self, lease: &'a mut Lease) -> StateFuture<'a, ()> {
        (**self).renew_lease(lease)
    }

    fn release_lease<'a>(&'a self, lease: Lease) -> StateFuture<'a, ()> {
        (**self).release_lease(lease)
    }
}

#[cfg(test)]
mod tests;
