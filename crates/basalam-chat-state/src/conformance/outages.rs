//! Stores that restart, stop or pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use basalam_chat::state::{Entry, PutMode, StateError, StateKey, StateStore};

use super::context::{Context, expect_error, join, value};
use super::linearizability;
use super::report::{CheckResult, Stop, ensure};
use super::workload::{Progress, Writer};

/// The number of calls that may fail after a restart, since the connections of a pool are broken.
const MAX_FAILURES: usize = 50;

async fn stop(context: &Context) -> CheckResult {
    match context.factory.stop().await? {
        true => Ok(()),
        false => Err(Stop::Skip("the factory cannot stop the store")),
    }
}

/// Reads as soon as the store accepts requests again.
async fn get(store: &dyn StateStore, key: &StateKey) -> Result<Option<Entry>, Stop> {
    let mut failures = 0;
    loop {
        match store.get(key).await {
            Err(error) if error.is_unavailable() && failures < MAX_FAILURES => failures += 1,
            result => return Ok(result?),
        }
    }
}

pub(super) async fn values_survive_a_restart(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    let mut last = store.put(&key, b"0", PutMode::Create).await?;
    for round in 1..4 {
        stop(context).await?;
        context.factory.start().await?;
        for handle in [Arc::clone(&store), context.open().await?] {
            let read = get(&*handle, &key).await?.map(|entry| entry.version);
            ensure!(
                read == Some(last),
                "wrote version {last}, read {read:?} after a restart"
            );
        }
        let text = round.to_string();
        let version = store
            .put(&key, text.as_bytes(), PutMode::Update(last))
            .await?;
        ensure!(
            version > last,
            "version {version} follows {last} after a restart"
        );
        last = version;
    }
    Ok(())
}

pub(super) async fn history_is_linearizable_across_a_restart(context: &Context) -> CheckResult {
    let progress = Arc::new(Progress::default());
    let writers = Writer::all(context, &progress, false).await?;
    let writers = tokio::spawn(join(
        writers.into_iter().map(|writer| writer.run(usize::MAX)),
    ));
    let restarted = restart_during(context, &progress).await;
    progress.is_over.store(true, Ordering::SeqCst);
    writers
        .await
        .map_err(|error| Stop::Fail(format!("a task failed: {error}")))??;
    restarted?;
    // What was written is still there.
    let store = context.open().await?;
    for (index, name) in ["a", "b"].into_iter().enumerate() {
        let key = context.key(name)?;
        let read = super::history::Action::Get;
        progress.history.run(&*store, (index, &key), read).await?;
    }
    linearizability::check(&progress.history.operations()).map_err(Stop::Fail)
}

async fn restart_during(context: &Context, progress: &Progress) -> CheckResult {
    reach(&progress.successes, 100).await;
    stop(context).await?;
    reach(&progress.failures, 16).await;
    context.factory.start().await?;
    let successes = progress.successes.load(Ordering::SeqCst);
    reach(&progress.successes, successes + 100).await;
    Ok(())
}

async fn reach(counter: &AtomicUsize, count: usize) {
    while counter.load(Ordering::SeqCst) < count {
        tokio::task::yield_now().await;
    }
}

pub(super) async fn stopped_store_fails(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    store.put(&key, b"1", PutMode::Create).await?;
    stop(context).await?;
    let checked = check_stopped(context, &*store, &key).await;
    context.factory.start().await?;
    checked?;
    let entry = get(&*store, &key).await?;
    ensure!(
        matches!(value(&entry), Some(b"1" | b"2")),
        "read {entry:?} after a restart"
    );
    Ok(())
}

async fn check_stopped(context: &Context, store: &dyn StateStore, key: &StateKey) -> CheckResult {
    let unavailable = StateError::is_unavailable;
    let not_made = |error: &StateError| error.is_unavailable() || error.is_unknown();
    expect_error(store.get(key).await, unavailable, "reading")?;
    expect_error(
        store.list(context.prefix(), None, 9).await,
        unavailable,
        "listing",
    )?;
    let write = store.put(key, b"2", PutMode::Overwrite).await;
    expect_error(write, not_made, "writing")?;
    let mut lease = context.lease("lease", std::time::Duration::from_secs(60))?;
    expect_error(
        store.try_acquire_lease(&mut lease).await,
        not_made,
        "acquiring a lease",
    )?;
    Ok(())
}

pub(super) async fn paused_store_fails_and_recovers(context: &Context) -> CheckResult {
    let (store, key) = (context.factory.open_impatient().await?, context.key("a")?);
    let first = store.put(&key, b"1", PutMode::Create).await?;
    if !context.factory.pause().await? {
        return Err(Stop::Skip("the factory cannot pause the store"));
    }
    let write = store.put(&key, b"2", PutMode::Update(first)).await;
    let read = store.get(&key).await;
    context.factory.resume().await?;
    let not_made = |error: &StateError| error.is_unavailable() || error.is_unknown();
    let error = expect_error(write, not_made, "writing to a paused store")?;
    match read {
        Ok(entry) => ensure!(matches!(value(&entry), Some(b"1" | b"2")), "read {entry:?}"),
        Err(error) => ensure!(error.is_unavailable(), "reading failed with {error:?}"),
    }
    let entry = get(&*store, &key).await?;
    let is_made = value(&entry) == Some(b"2");
    ensure!(
        !is_made || error.is_unknown(),
        "a write that failed with {error:?} was made"
    );
    let second = store.put(&key, b"3", PutMode::Overwrite).await?;
    ensure!(second > first, "version {second} follows {first}");
    Ok(())
}
