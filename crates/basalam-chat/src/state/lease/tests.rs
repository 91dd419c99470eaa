//! Leases under an injected clock.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use super::{Lease, LeaseRequest};
use crate::state::lossy::{Loss, LossyState};
use crate::state::{MemoryState, PutMode, StateKey, StateStore};
use crate::time::{Clock, Sleep, SleepReason};

const DURATION: Duration = Duration::from_secs(15);

#[derive(Debug)]
struct TestClock {
    started_at: Instant,
    elapsed: Mutex<Duration>,
}

impl TestClock {
    fn new() -> Arc<TestClock> {
        Arc::new(TestClock {
            started_at: Instant::now(),
            elapsed: Mutex::default(),
        })
    }

    fn advance(&self, duration: Duration) {
        *self.elapsed.lock().unwrap() += duration;
    }
}

impl Clock for TestClock {
    fn instant(&self) -> Instant {
        self.started_at + *self.elapsed.lock().unwrap()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration, _: SleepReason) -> Sleep {
        Box::pin(std::future::pending())
    }
}

fn key() -> StateKey {
    StateKey::new("leases/1").unwrap()
}

fn request(clock: &Arc<TestClock>) -> LeaseRequest {
    LeaseRequest::new(key(), DURATION).clock(Arc::clone(clock) as _)
}

async fn acquire(store: &dyn StateStore, request: &mut LeaseRequest) -> Lease {
    let lease = store.try_acquire_lease(request).await.unwrap();
    lease.expect("the lease should be free")
}

async fn is_taken(store: &dyn StateStore, request: &mut LeaseRequest) -> bool {
    store.try_acquire_lease(request).await.unwrap().is_none()
}

#[tokio::test]
async fn contender_takes_over_after_an_unchanged_duration() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    let first = acquire(&store, &mut request(&clock)).await;
    let mut contender = request(&clock);
    clock.advance(DURATION * 2);
    assert!(first.is_expired());
    // It has just seen the record.
    assert!(is_taken(&store, &mut contender).await);
    clock.advance(DURATION - Duration::from_millis(1));
    assert!(is_taken(&store, &mut contender).await);
    clock.advance(Duration::from_millis(1));
    let second = acquire(&store, &mut contender).await;
    assert!(second.fencing() > first.fencing());
    assert_eq!(second.time_left(), DURATION);
}

#[tokio::test]
async fn contender_waits_for_the_duration_of_the_holder() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    acquire(&store, &mut request(&clock)).await;
    let mut hasty = LeaseRequest::new(key(), Duration::from_secs(1)).clock(clock.clone());
    assert!(is_taken(&store, &mut hasty).await);
    clock.advance(Duration::from_secs(14));
    assert!(is_taken(&store, &mut hasty).await);
    clock.advance(Duration::from_secs(1));
    acquire(&store, &mut hasty).await;
}

#[tokio::test]
async fn renewals_keep_a_lease() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    let mut lease = acquire(&store, &mut request(&clock)).await;
    let (fencing, mut contender) = (lease.fencing(), request(&clock));
    for _ in 0..5 {
        assert!(is_taken(&store, &mut contender).await);
        clock.advance(DURATION * 2 / 3);
        store.renew_lease(&mut lease).await.unwrap();
        assert_eq!(lease.time_left(), DURATION);
    }
    assert_eq!(lease.fencing(), fencing);
}

#[tokio::test]
async fn paused_holder_loses_only_if_its_successor_wrote() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    let mut paused = acquire(&store, &mut request(&clock)).await;
    clock.advance(DURATION * 100);
    store.renew_lease(&mut paused).await.unwrap();
    assert!(!paused.is_expired());
    let mut contender = request(&clock);
    assert!(is_taken(&store, &mut contender).await);
    clock.advance(DURATION);
    let successor = acquire(&store, &mut contender).await;
    assert!(
        store
            .renew_lease(&mut paused)
            .await
            .unwrap_err()
            .is_conflict()
    );
    assert!(paused.is_expired());
    // Releasing the lost lease does not release the successor's.
    store.release_lease(paused).await.unwrap();
    assert!(is_taken(&store, &mut request(&clock)).await);
    assert!(!successor.is_expired());
}

#[tokio::test]
async fn released_lease_is_free_and_fencing_numbers_grow() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    let mut last = None;
    for _ in 0..3 {
        let lease = acquire(&store, &mut request(&clock)).await;
        assert!(Some(lease.fencing()) > last);
        last = Some(lease.fencing());
        store.release_lease(lease).await.unwrap();
    }
}

#[tokio::test]
async fn same_request_does_not_take_over_its_own_lease() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    let mut request = request(&clock);
    let _lease = acquire(&store, &mut request).await;
    assert!(is_taken(&store, &mut request).await);
}

#[tokio::test]
async fn acquisition_whose_response_was_lost_is_recognized() {
    let (store, clock) = (LossyState::default(), TestClock::new());
    let mut first = request(&clock);
    store.lose(&[Loss::Response]);
    let lease = acquire(&store, &mut first).await;
    store.release_lease(lease).await.unwrap();
    for loss in [Loss::Request, Loss::Delayed] {
        store.lose(&[loss]);
        let result = store.try_acquire_lease(&mut first).await;
        assert!(result.unwrap_err().is_unknown(), "{loss:?}");
    }
    store.deliver().await;
    assert!(is_taken(&store, &mut request(&clock)).await);
    // The holder need not wait for itself.
    acquire(&store, &mut first).await;
}

#[tokio::test]
async fn renewal_whose_response_was_lost_does_not_lose_the_lease() {
    let (store, clock) = (LossyState::default(), TestClock::new());
    let mut lease = acquire(&store, &mut request(&clock)).await;
    for loss in [Loss::Request, Loss::Delayed] {
        clock.advance(Duration::from_secs(5));
        store.lose(&[loss]);
        assert!(
            store
                .renew_lease(&mut lease)
                .await
                .unwrap_err()
                .is_unknown()
        );
        // It is not extended unless that is certain.
        assert_eq!(lease.time_left(), Duration::from_secs(10));
        store.deliver().await;
        store.renew_lease(&mut lease).await.unwrap();
        assert_eq!(lease.time_left(), DURATION);
    }
    store.lose(&[Loss::Response]);
    store.renew_lease(&mut lease).await.unwrap();
    store.lose(&[Loss::Delayed]);
    assert!(store.renew_lease(&mut lease).await.is_err());
    store.deliver().await;
    store.release_lease(lease).await.unwrap();
    acquire(&store, &mut request(&clock)).await;
}

#[tokio::test]
async fn other_values_are_not_leases() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    store.put(&key(), b"canary", PutMode::Create).await.unwrap();
    let error = store.try_acquire_lease(&mut request(&clock)).await;
    let error = error.unwrap_err();
    assert!(
        error.is_corrupt() && !error.to_string().contains("canary"),
        "{error}"
    );
}

#[tokio::test]
async fn durations_are_milliseconds() {
    let (store, clock) = (MemoryState::new(), TestClock::new());
    let exact = Duration::from_micros(1_500);
    let mut request = LeaseRequest::new(key(), exact).clock(clock.clone());
    assert_eq!(
        acquire(&store, &mut request).await.time_left(),
        Duration::from_millis(1)
    );
    let forever = LeaseRequest::new(key(), Duration::MAX);
    assert_eq!(forever.duration(), Duration::from_millis(u64::MAX));
}
