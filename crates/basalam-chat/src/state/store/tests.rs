//! Tests of the provided methods.

use std::sync::Arc;

use crate::state::lossy::{Loss, LossyState};
use crate::state::{MemoryState, PutMode, PutRequest, StateKey, StateStore};

fn key() -> StateKey {
    StateKey::new("tokens/431").unwrap()
}

#[tokio::test]
async fn confirmed_put_recognizes_a_write_whose_response_was_lost() {
    let store = LossyState::default();
    store.lose(&[Loss::Response]);
    let created = store.put_confirmed(&key(), b"a", PutMode::Create).await;
    let created = created.unwrap();
    assert_eq!(store.get(&key()).await.unwrap().unwrap().version, created);
    store.lose(&[Loss::Response]);
    let update = PutMode::Update(created);
    let updated = store.put_confirmed(&key(), b"b", update).await.unwrap();
    assert!(updated > created);
    store.lose(&[Loss::Response]);
    let overwritten = store.put_confirmed(&key(), b"c", PutMode::Overwrite).await;
    assert!(overwritten.unwrap() > updated);
}

#[tokio::test]
async fn confirmed_put_stays_unknown_while_the_write_may_still_be_made() {
    let store = LossyState::default();
    for loss in [Loss::Request, Loss::Delayed] {
        store.lose(&[loss]);
        let result = store.put_confirmed(&key(), b"a", PutMode::Create).await;
        assert!(result.unwrap_err().is_unknown(), "{loss:?}");
    }
    store.deliver().await;
    assert_eq!(store.get(&key()).await.unwrap().unwrap().value, b"a");
}

#[tokio::test]
async fn confirmed_put_reports_a_conflict_if_another_writer_was_faster() {
    let store = LossyState::default();
    let version = store.put(&key(), b"other", PutMode::Create).await.unwrap();
    for mode in [PutMode::Create, PutMode::Update(version)] {
        store
            .put(&key(), b"newer", PutMode::Overwrite)
            .await
            .unwrap();
        store.lose(&[Loss::Request]);
        let result = store.put_confirmed(&key(), b"mine", mode).await;
        assert!(result.unwrap_err().is_conflict(), "{mode:?}");
    }
}

#[tokio::test]
async fn confirmed_put_stays_unknown_if_the_key_cannot_be_read() {
    let store = LossyState::default();
    store.lose(&[Loss::Response]);
    store.fail_reads(1);
    let result = store.put_confirmed(&key(), b"a", PutMode::Create).await;
    assert!(result.unwrap_err().is_unknown());
}

#[tokio::test]
async fn shared_stores_are_stores() {
    let store: Arc<dyn StateStore> = Arc::new(MemoryState::new());
    let same = Arc::clone(&store);
    let request = PutRequest::new(key(), "a", PutMode::Create);
    let results = same.put_many(&[request]).await.unwrap();
    let version = *results[0].as_ref().unwrap();
    assert_eq!(store.get(&key()).await.unwrap().unwrap().version, version);
    assert_eq!(store.list("tokens/", None, 9).await.unwrap().len(), 1);
}
