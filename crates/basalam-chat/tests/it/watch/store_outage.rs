//! State stores that fail for a while.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::state::{
    DeleteMode, Entry, MemoryState, PutMode, PutRequest, StateError, StateErrorKind, StateFuture,
    StateKey, StateStore, Version,
};
use basalam_chat::watch::Report;

use super::setup::{MINUTE, SECOND, Setup, next_received, setup, wait};

/// A store whose operations fail or hang while a flag is set.
#[derive(Debug, Default)]
struct FailingStore {
    store: Arc<MemoryState>,
    is_failing: Arc<AtomicBool>,
    is_hanging: Arc<AtomicBool>,
    /// The number of results that are left out of each list of them.
    missing_results: usize,
}

impl FailingStore {
    async fn check(&self) -> Result<(), StateError> {
        if self.is_hanging.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        match self.is_failing.load(Ordering::SeqCst) {
            true => Err(StateError::new(StateErrorKind::Unavailable, "on purpose")),
            false => Ok(()),
        }
    }
}

impl StateStore for FailingStore {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(async move {
            self.check().await?;
            self.store.get(key).await
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(async move {
            self.check().await?;
            self.store.put(key, value, mode).await
        })
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        Box::pin(async move {
            self.check().await?;
            self.store.delete(key, mode).await
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        Box::pin(async move {
            self.check().await?;
            self.store.list(prefix, after, limit).await
        })
    }

    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        Box::pin(async move {
            self.check().await?;
            let mut results = self.store.put_many(requests).await?;
            results.truncate(results.len().saturating_sub(self.missing_results));
            Ok(results)
        })
    }
}

/// Has an outage of the store while messages arrive, and returns the reports of it.
async fn outage(setup: &Setup, duration: Duration) -> Vec<&'static str> {
    let is_failing = Arc::new(AtomicBool::new(false));
    let store = FailingStore {
        store: setup.store.clone(),
        is_failing: is_failing.clone(),
        ..FailingStore::default()
    };
    let reports = Arc::new(Mutex::new(Vec::new()));
    let reported = reports.clone();
    let watch = setup.client.watch(store).on_report(move |report| {
        let name = match report {
            Report::StoreFailed(error) if error.is_unavailable() => "failed",
            Report::StoreRecovered => "recovered",
            Report::LeaseLost => "lost",
            Report::Started => "started",
            _ => return,
        };
        reported.lock().unwrap().push(name);
    });
    let run = async {
        let mut watcher = watch.start().unwrap();
        wait(&setup.clock, MINUTE).await;
        let ids = setup.receive(&["1"]);
        let (id, delivery) = next_received(&mut watcher).await;
        assert_eq!(id.0, ids[0]);
        is_failing.store(true, Ordering::SeqCst);
        // Acknowledged in vain, or as soon as the store works again.
        delivery.ack();
        let later = setup.receive(&["2"])[0];
        let polls = setup.emulator.request_count("get_chats");
        let outage = async {
            wait(&setup.clock, duration).await;
            is_failing.store(false, Ordering::SeqCst);
        };
        let next = next_received(&mut watcher);
        let ((), (mut id, mut delivery)) = tokio::join!(outage, next);
        assert!(setup.emulator.request_count("get_chats") > polls);
        if id.0 == ids[0] {
            // The lease was lost before the acknowledgement was stored.
            assert!(delivery.is_redelivery());
            delivery.ack();
            (id, delivery) = next_received(&mut watcher).await;
        }
        assert_eq!(id.0, later);
        assert!(!delivery.is_redelivery());
        delivery.ack();
        wait(&setup.clock, MINUTE * 15).await;
        let quiet = async {
            let (id, _) = next_received(&mut watcher).await;
            panic!("{id} was delivered again");
        };
        tokio::select! {
            () = quiet => {}
            () = wait(&setup.clock, MINUTE) => {}
        }
    };
    setup.clock.run(run).await;
    reports.lock().unwrap().clone()
}

#[tokio::test]
async fn short_outage_delays_deliveries_and_acknowledgements_but_not_polls() {
    let setup = setup().await;
    let reports = outage(&setup, SECOND * 5).await;
    assert!(!reports.contains(&"lost"), "{reports:?}");
    assert_eq!(reports.first(), Some(&"started"));
    let count = |name| reports.iter().filter(|it| **it == name).count();
    assert!(count("failed") >= 1);
    assert_eq!(count("failed"), count("recovered"), "{reports:?}");
}

#[tokio::test]
async fn long_outage_loses_the_lease_which_is_acquired_again() {
    for minutes in [1, 30] {
        let setup = setup().await;
        let reports = outage(&setup, MINUTE * minutes).await;
        let count = |name| reports.iter().filter(|it| **it == name).count();
        assert_eq!((count("lost"), count("started")), (1, 2), "{reports:?}");
        assert!(
            count("failed") >= 1 && count("recovered") >= 1,
            "{reports:?}"
        );
    }
}

#[tokio::test]
async fn watcher_starts_when_the_store_begins_to_work() {
    let setup = setup().await;
    let is_failing = Arc::new(AtomicBool::new(true));
    let store = FailingStore {
        store: setup.store.clone(),
        is_failing: is_failing.clone(),
        ..FailingStore::default()
    };
    let run = async {
        let watch = setup.client.watch(store).from_the_beginning();
        let mut watcher = watch.start().unwrap();
        setup.receive(&["1"]);
        wait(&setup.clock, MINUTE * 5).await;
        assert_eq!(setup.emulator.request_count("get_chats"), Some(0));
        is_failing.store(false, Ordering::SeqCst);
        next_received(&mut watcher).await.1.ack();
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn shutdown_ends_although_the_store_hangs() {
    for seconds in [0, 5, 60] {
        let setup = setup().await;
        let is_hanging = Arc::new(AtomicBool::new(false));
        let store = FailingStore {
            store: setup.store.clone(),
            is_hanging: is_hanging.clone(),
            ..FailingStore::default()
        };
        let run = async {
            let watch = setup.client.watch(store).from_the_beginning();
            let mut watcher = watch.start().unwrap();
            setup.receive(&["1", "2"]);
            let (_, delivery) = next_received(&mut watcher).await;
            is_hanging.store(true, Ordering::SeqCst);
            delivery.ack();
            wait(&setup.clock, SECOND * seconds).await;
            let before = setup.clock.elapsed();
            watcher.handle().shutdown();
            while watcher.next().await.is_some() {}
            let took = setup.clock.elapsed() - before;
            assert!(took <= SECOND * 30, "{took:?}");
        };
        setup.clock.run(run).await;
    }
}

#[tokio::test]
async fn store_that_leaves_out_results_does_not_stop_a_chat() {
    for missing_results in [1, 2, 100] {
        let setup = setup().await;
        let store = FailingStore {
            store: setup.store.clone(),
            missing_results,
            ..FailingStore::default()
        };
        let run = async {
            let watch = setup.client.watch(store).from_the_beginning();
            let mut watcher = watch.start().unwrap();
            let ids = setup.receive(&["1", "2", "3"]);
            for id in ids {
                let (received, delivery) = next_received(&mut watcher).await;
                assert_eq!(received.0, id);
                delivery.ack();
            }
        };
        setup.clock.run(run).await;
    }
}
