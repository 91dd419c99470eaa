//! A limit for the calls of several clients.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest time between two requests. It can be added to every time.
const LONGEST_SPACING: Duration = Duration::from_secs(86_400 * 365 * 30);

/// A limit for the requests that watchers send to poll chats and to read messages. Clones share it.
///
/// The requests are spaced evenly, first come, first served. A watcher with much to read requests as many at a time as it
/// may have [deliveries in flight](crate::watch::Watch::max_in_flight), which delays the others by as many. Requests of
/// handlers, such as replies, and retries are not counted: leave room for them. The limits of the service are unknown.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
/// use basalam_chat::Client;
/// use basalam_chat::state::FileState;
/// use basalam_chat::watch::{RequestBudget, WatchError};
///
/// # async fn run(clients: Vec<Client>, store: std::sync::Arc<FileState>) -> Result<(), WatchError> {
/// // All logins together send at most 20 requests per second.
/// let budget = RequestBudget::new(20, Duration::from_secs(1));
/// for client in clients {
///     let watch = client.watch(store.clone()).request_budget(&budget);
///     tokio::spawn(watch.run(|delivery| async move {
///         println!("an event in chat {}", delivery.chat_id());
///         Ok(())
///     }));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RequestBudget(Arc<Budget>);

struct Budget {
    /// The time between two requests; `None` without a limit that makes sense.
    spacing: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl RequestBudget {
    /// Creates a budget of `requests` per `period`. Both must be greater than zero; otherwise the watcher does not
    /// start.
    pub fn new(requests: u32, period: Duration) -> RequestBudget {
        let spacing = period.checked_div(requests).filter(|it| !it.is_zero());
        let spacing = spacing.map(|it| it.min(LONGEST_SPACING));
        let next = Mutex::new(None);
        RequestBudget(Arc::new(Budget { spacing, next }))
    }

    pub(crate) fn is_valid(&self) -> bool {
        self.0.spacing.is_some()
    }

    /// Reserves the next request, and returns when it may be sent.
    pub(crate) fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.0.next.lock().unwrap_or_else(PoisonError::into_inner);
        let at = next.map_or(now, |next| next.max(now));
        *next = Some(at + self.0.spacing.unwrap_or_default());
        at
    }
}

impl fmt::Debug for RequestBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBudget")
            .field("spacing", &self.0.spacing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_spaced_evenly_and_idle_time_is_not_saved() {
        let now = Instant::now();
        let tenth = Duration::from_millis(100);
        let budget = RequestBudget::new(10, Duration::from_secs(1));
        let shared = budget.clone();
        assert_eq!(budget.reserve(now), now);
        assert_eq!(shared.reserve(now), now + tenth);
        assert_eq!(budget.reserve(now + tenth), now + tenth * 2);
        let later = now + tenth * 50;
        assert_eq!(shared.reserve(later), later);
        assert_eq!(budget.reserve(later), later + tenth);
    }

    #[test]
    fn longest_period_is_accepted() {
        let now = Instant::now();
        let budget = RequestBudget::new(1, Duration::MAX);
        assert_eq!(budget.reserve(now), now);
        for _ in 0..100 {
            assert!(budget.reserve(now) > now);
        }
    }

    #[test]
    fn budget_without_requests_or_period_is_invalid() {
        assert!(RequestBudget::new(1, Duration::from_secs(1)).is_valid());
        assert!(!RequestBudget::new(0, Duration::from_secs(1)).is_valid());
        assert!(!RequestBudget::new(1, Duration::ZERO).is_valid());
        assert!(!RequestBudget::new(u32::MAX, Duration::from_secs(1)).is_valid());
    }
}
