//! The conformance suite, and what is particular to NATS.

use std::sync::Arc;
use std::time::Duration;

use basalam_chat::state::{
    DeleteMode, LeaseRequest, PutMode, PutRequest, StateError, StateFuture, StateKey, StateStore,
};
use basalam_chat_state::conformance::{self, StoreFactory};

use super::server::{PATIENCE, Server};

fn key(name: &str) -> StateKey {
    StateKey::new(name).unwrap()
}

#[derive(Debug)]
struct Factory(Server);

impl Factory {
    async fn connect(&self, timeout: Duration) -> Result<Arc<dyn StateStore>, StateError> {
        // Other tests check the settings of the server, and that takes longer than anything here.
        let options = self.0.options().allow_data_loss(true);
        let options = options.operation_timeout(timeout);
        let store: Arc<dyn StateStore> = Arc::new(options.connect().await?.state("state").await?);
        Ok(store)
    }
}

impl StoreFactory for Factory {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(self.connect(Duration::from_millis(1_500)))
    }

    fn open_impatient(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(self.connect(Duration::from_millis(500)))
    }

    fn stop(&self) -> StateFuture<'_, bool> {
        self.0.kill();
        Box::pin(async { Ok(true) })
    }

    fn start(&self) -> StateFuture<'_, ()> {
        self.0.launch();
        Box::pin(async { Ok(()) })
    }

    fn pause(&self) -> StateFuture<'_, bool> {
        self.0.signal("STOP");
        Box::pin(async { Ok(true) })
    }

    fn resume(&self) -> StateFuture<'_, ()> {
        self.0.signal("CONT");
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs nats-server"]
async fn conforms() {
    let report = conformance::run(Arc::new(Factory(Server::start()))).await;
    assert!(report.is_success(), "{report}");
    assert!(report.skipped().is_empty(), "{report}");
    assert!(report.outcomes().count() > 20, "{report}");
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn deleted_values_stay_deleted_when_the_server_is_killed() {
    let server = Server::start();
    let store = server.connect().await.state("state").await.unwrap();
    let last = async |name: &str| {
        let mut last = store.put(&key(name), b"0", PutMode::Create).await.unwrap();
        for _ in 0..20 {
            last = store
                .put(&key(name), b"1", PutMode::Update(last))
                .await
                .unwrap();
        }
        last
    };
    let (any, version, _kept) = (last("any").await, last("version").await, last("kept").await);
    store.delete(&key("any"), DeleteMode::Any).await.unwrap();
    store
        .delete(&key("version"), DeleteMode::Version(version))
        .await
        .unwrap();
    let mut request = LeaseRequest::new(key("lease"), PATIENCE);
    let lease = store
        .try_acquire_lease(&mut request)
        .await
        .unwrap()
        .unwrap();
    store.release_lease(lease).await.unwrap();
    for _ in 0..3 {
        server.kill();
        server.launch();
        let store = server.connect().await.state("state").await.unwrap();
        for deleted in ["any", "version", "lease"] {
            assert_eq!(store.get(&key(deleted)).await.unwrap(), None, "{deleted}");
        }
        let keys: Vec<_> = store.list("", None, 9).await.unwrap();
        assert_eq!(keys.len(), 1, "{keys:?}");
    }
    // Versions are not used again.
    let store = server.connect().await.state("state").await.unwrap();
    let created = store.put(&key("any"), b"2", PutMode::Create).await.unwrap();
    assert!(created > any && created > version);
    let conflict = store.delete(&key("any"), DeleteMode::Version(any)).await;
    assert!(conflict.unwrap_err().is_conflict());
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn buckets_are_readable_by_other_clients() {
    let server = Server::start();
    let store = server.connect().await.state("state").await.unwrap();
    store
        .put(&key("a/b.c=d"), b"1", PutMode::Create)
        .await
        .unwrap();
    store
        .put(&key("gone"), b"1", PutMode::Create)
        .await
        .unwrap();
    store.delete(&key("gone"), DeleteMode::Any).await.unwrap();
    let context = server.bare().await;
    let stream = context.get_stream("KV_state").await.unwrap();
    let value = stream
        .get_last_raw_message_by_subject("$KV.state.a.b=dc=ed")
        .await
        .unwrap();
    assert_eq!(&value.payload[..], b"1");
    let marker = stream
        .get_last_raw_message_by_subject("$KV.state.gone")
        .await
        .unwrap();
    assert_eq!(marker.headers.get("KV-Operation").unwrap().as_str(), "DEL");
    // What others have written under names that are not of this store is not listed.
    context
        .publish("$KV.state.=x", "1".into())
        .await
        .unwrap()
        .await
        .unwrap();
    let entries = store.list("", None, 9).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].key, key("a/b.c=d"));
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn lists_fill_their_limit_over_several_batches() {
    let server = Server::start();
    let store = server.connect().await.state("state").await.unwrap();
    let requests: Vec<_> = (0..200)
        .map(|it| PutRequest::new(key(&format!("p/{it:03}")), "1", PutMode::Create))
        .collect();
    let results = store.put_many(&requests).await.unwrap();
    let versions: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    let distinct: std::collections::HashSet<_> = versions.iter().collect();
    assert_eq!(distinct.len(), 200);
    for deleted in 50..120 {
        let key = key(&format!("p/{deleted:03}"));
        store.delete(&key, DeleteMode::Any).await.unwrap();
    }
    let list = async |after: Option<&StateKey>, limit| -> Vec<String> {
        let entries = store.list("p/", after, limit).await.unwrap();
        entries.iter().map(|it| it.key.to_string()).collect()
    };
    assert_eq!(list(None, 60).await.len(), 60);
    assert_eq!(list(None, 60).await[59], "p/129");
    assert_eq!(list(Some(&key("p/049")), 1).await, ["p/120"]);
    assert_eq!(list(None, 1_000).await.len(), 130);
    assert!(list(Some(&key("p/199")), 5).await.is_empty());
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn unreachable_servers_do_not_keep_writes_for_later() {
    let server = Server::start();
    let options = server
        .options()
        .operation_timeout(Duration::from_millis(300));
    let store = options
        .connect()
        .await
        .unwrap()
        .state("state")
        .await
        .unwrap();
    let first = store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    server.kill();
    // The first may be sent before the loss of the connection is noticed.
    let _ = store
        .put(&key("a"), b"2", PutMode::Update(first))
        .await
        .unwrap_err();
    for _ in 0..3 {
        let error = store
            .put(&key("b"), b"3", PutMode::Overwrite)
            .await
            .unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        let error = store.delete(&key("b"), DeleteMode::Any).await.unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        assert!(store.list("", None, 9).await.unwrap_err().is_unavailable());
    }
    server.launch();
    let store = server.connect().await.state("state").await.unwrap();
    assert_eq!(store.get(&key("b")).await.unwrap(), None);
}
