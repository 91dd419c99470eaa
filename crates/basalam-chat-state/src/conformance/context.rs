//! What every test uses: handles, keys, and a clock.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use basalam_chat::random::{RandomSource, SystemRandom};
use basalam_chat::state::{Entry, LeaseRequest, StateError, StateKey, StateStore};
use basalam_chat::time::{Clock, Sleep, SleepReason};

use super::factory::StoreFactory;
use super::report::Stop;

/// The surroundings of one test.
pub(super) struct Context {
    pub(super) factory: Arc<dyn StoreFactory>,
    prefix: String,
    clock: Arc<TestClock>,
}

/// A clock that only [`Context::advance`] advances.
#[derive(Debug)]
struct TestClock {
    started_at: Instant,
    elapsed: Mutex<Duration>,
}

impl Context {
    pub(super) fn new(factory: Arc<dyn StoreFactory>, name: &str) -> Context {
        let mut random = [0; 8];
        SystemRandom.fill(&mut random);
        let run = u64::from_le_bytes(random);
        Context {
            factory,
            prefix: format!("conformance/{run:016x}/{name}/"),
            clock: Arc::new(TestClock {
                started_at: Instant::now(),
                elapsed: Mutex::default(),
            }),
        }
    }

    pub(super) async fn open(&self) -> Result<Arc<dyn StateStore>, Stop> {
        Ok(self.factory.open().await?)
    }

    /// Returns the prefix of all keys of this test.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) fn key(&self, name: &str) -> Result<StateKey, Stop> {
        Ok(StateKey::new(format!("{}{name}", self.prefix))?)
    }

    /// Creates a request for a lease, on the clock of the test.
    pub(super) fn lease(&self, name: &str, duration: Duration) -> Result<LeaseRequest, Stop> {
        let request = LeaseRequest::new(self.key(name)?, duration);
        Ok(request.clock(Arc::clone(&self.clock) as _))
    }

    /// Lets time pass, for the test and for the store.
    pub(super) async fn advance(&self, duration: Duration) -> Result<(), Stop> {
        self.clock.advance(duration);
        Ok(self.factory.advance_clock(duration).await?)
    }
}

impl TestClock {
    fn elapsed(&self) -> MutexGuard<'_, Duration> {
        self.elapsed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self, duration: Duration) {
        *self.elapsed() += duration;
    }
}

impl Clock for TestClock {
    fn instant(&self) -> Instant {
        self.started_at + *self.elapsed()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + *self.elapsed()
    }

    fn sleep(&self, _: Duration, _: SleepReason) -> Sleep {
        Box::pin(std::future::pending())
    }
}

/// Expects an error of a kind.
pub(super) fn expect_error<T: fmt::Debug>(
    result: Result<T, StateError>,
    is_expected: impl Fn(&StateError) -> bool,
    action: &str,
) -> Result<StateError, Stop> {
    match result {
        Err(error) if is_expected(&error) => Ok(error),
        result => Err(Stop::Fail(format!("{action} returned {result:?}"))),
    }
}

/// Returns the value of an entry for comparison.
pub(super) fn value(entry: &Option<Entry>) -> Option<&[u8]> {
    entry.as_ref().map(|entry| entry.value.as_slice())
}

/// Runs futures as tasks and returns their results. A panic of a task fails the test.
pub(super) async fn join<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = Result<T, Stop>> + Send + 'static>,
) -> Result<Vec<T>, Stop> {
    let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::with_capacity(tasks.len());
    for task in tasks {
        let result = task.await;
        results.push(result.map_err(|error| Stop::Fail(format!("a task failed: {error}")))??);
    }
    Ok(results)
}
