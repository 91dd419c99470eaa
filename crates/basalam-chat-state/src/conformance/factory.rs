//! What the tests need to know and do besides using the store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use basalam_chat::state::{MAX_VALUE_BYTES, StateFuture, StateStore};

/// Opens the store under test, and disturbs it.
///
/// A method that disturbs returns `false` if it cannot, and the tests that need it are skipped. An error of a method
/// fails the test.
pub trait StoreFactory: fmt::Debug + Send + Sync {
    /// Opens another handle of the same data.
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>>;

    /// Opens another handle with the shortest time limits, for tests of a paused store. The default calls
    /// [`open`](StoreFactory::open).
    fn open_impatient(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        self.open()
    }

    /// Returns the maximum length of a value; the default is [`MAX_VALUE_BYTES`].
    fn max_value_bytes(&self) -> usize {
        MAX_VALUE_BYTES
    }

    /// Lets `duration` pass for the leases of a store with a clock. The default does nothing: it is for stores that
    /// do not override the methods for leases.
    fn advance_clock(&self, duration: Duration) -> StateFuture<'_, ()> {
        let _ = duration;
        Box::pin(async { Ok(()) })
    }

    /// Stops the server, or makes the data inaccessible.
    fn stop(&self) -> StateFuture<'_, bool> {
        Box::pin(async { Ok(false) })
    }

    /// Undoes [`stop`](StoreFactory::stop), and returns when the store accepts requests.
    fn start(&self) -> StateFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Pauses the server, as SIGSTOP does, or blocks writes as a paused writer does.
    fn pause(&self) -> StateFuture<'_, bool> {
        Box::pin(async { Ok(false) })
    }

    /// Undoes [`pause`](StoreFactory::pause).
    fn resume(&self) -> StateFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
