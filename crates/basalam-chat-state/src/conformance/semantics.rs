//! Conditions, versions and handles.

use std::future::Future;
use std::task::{Context as TaskContext, Waker};

use basalam_chat::state::{DeleteMode, PutMode, PutRequest, StateError, StateErrorKind};

use super::context::{Context, expect_error, value};
use super::report::{CheckResult, ensure};

pub(super) async fn written_values_are_read(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    let missing = store.get(&key).await?;
    ensure!(
        missing.is_none(),
        "a key without a value returned {missing:?}"
    );
    for text in ["first", "second", "", "third, which is longer"] {
        let version = store.put(&key, text.as_bytes(), PutMode::Overwrite).await?;
        let entry = store.get(&key).await?;
        ensure!(
            value(&entry) == Some(text.as_bytes()),
            "wrote {text:?}, read {entry:?}"
        );
        let read = entry.map(|it| (it.key, it.version));
        ensure!(
            read == Some((key.clone(), version)),
            "wrote version {version}, read {read:?}"
        );
    }
    Ok(())
}

pub(super) async fn puts_follow_their_mode(context: &Context) -> CheckResult {
    let (store, key, other) = (context.open().await?, context.key("a")?, context.key("b")?);
    let is_conflict = StateError::is_conflict;
    let first = store.put(&key, b"1", PutMode::Create).await?;
    let again = store.put(&key, b"2", PutMode::Create).await;
    expect_error(again, is_conflict, "creating an existing value")?;
    let second = store.put(&key, b"3", PutMode::Update(first)).await?;
    let stale = store.put(&key, b"4", PutMode::Update(first)).await;
    expect_error(stale, is_conflict, "updating an old version")?;
    let missing = store.put(&other, b"5", PutMode::Update(second)).await;
    expect_error(missing, is_conflict, "updating a missing value")?;
    let entry = store.get(&key).await?;
    ensure!(
        value(&entry) == Some(b"3"),
        "a failed write changed the value to {entry:?}"
    );
    let entry = store.get(&other).await?;
    ensure!(entry.is_none(), "a failed update created {entry:?}");
    store.delete(&key, DeleteMode::Any).await?;
    let deleted = store.put(&key, b"6", PutMode::Update(second)).await;
    expect_error(deleted, is_conflict, "updating a deleted value")?;
    store.put(&key, b"7", PutMode::Create).await?;
    store.put(&other, b"8", PutMode::Overwrite).await?;
    Ok(())
}

pub(super) async fn deletes_follow_their_mode(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    let is_conflict = StateError::is_conflict;
    store.delete(&key, DeleteMode::Any).await?;
    let first = store.put(&key, b"1", PutMode::Create).await?;
    let second = store.put(&key, b"2", PutMode::Overwrite).await?;
    let stale = store.delete(&key, DeleteMode::Version(first)).await;
    expect_error(stale, is_conflict, "deleting an old version")?;
    let entry = store.get(&key).await?;
    ensure!(
        value(&entry) == Some(b"2"),
        "a failed deletion left {entry:?}"
    );
    store.delete(&key, DeleteMode::Version(second)).await?;
    let entry = store.get(&key).await?;
    ensure!(entry.is_none(), "a deletion left {entry:?}");
    let again = store.delete(&key, DeleteMode::Version(second)).await;
    expect_error(again, is_conflict, "deleting a version again")?;
    store.put(&key, b"3", PutMode::Create).await?;
    let old = store.delete(&key, DeleteMode::Version(second)).await;
    expect_error(old, is_conflict, "deleting a successor by an old version")?;
    store.delete(&key, DeleteMode::Any).await?;
    let entry = store.get(&key).await?;
    ensure!(entry.is_none(), "an unconditional deletion left {entry:?}");
    Ok(())
}

pub(super) async fn versions_grow_and_never_repeat(context: &Context) -> CheckResult {
    let handles = [context.open().await?, context.open().await?];
    let keys = [context.key("a")?, context.key("b")?];
    let mut last = None;
    for round in 0..12 {
        let (store, key) = (&handles[round % 2], &keys[round / 2 % 2]);
        if round % 3 == 0 {
            store.delete(key, DeleteMode::Any).await?;
        }
        let version = store.put(key, b"same", PutMode::Overwrite).await?;
        ensure!(Some(version) > last, "version {version} follows {last:?}");
        last = Some(version);
    }
    Ok(())
}

pub(super) async fn put_many_reports_each_write(context: &Context) -> CheckResult {
    let store = context.open().await?;
    let (key, other) = (context.key("a")?, context.key("b")?);
    let none = store.put_many(&[]).await?;
    ensure!(none.is_empty(), "no writes returned {none:?}");
    let old = store.put(&key, b"0", PutMode::Create).await?;
    let large = vec![0; context.factory.max_value_bytes() + 1];
    let results = store
        .put_many(&[
            PutRequest::new(key.clone(), "1", PutMode::Update(old)),
            PutRequest::new(key.clone(), "2", PutMode::Update(old)),
            PutRequest::new(other.clone(), large, PutMode::Overwrite),
            PutRequest::new(other.clone(), "3", PutMode::Create),
            PutRequest::new(other.clone(), "4", PutMode::Create),
            PutRequest::new(key.clone(), "5", PutMode::Overwrite),
        ])
        .await?;
    let kinds: Vec<_> = results
        .iter()
        .map(|it| it.as_ref().err().map(StateError::kind))
        .collect();
    let (conflict, invalid) = (StateErrorKind::Conflict, StateErrorKind::InvalidInput);
    let expected = [
        None,
        Some(conflict),
        Some(invalid),
        None,
        Some(conflict),
        None,
    ];
    ensure!(kinds == expected, "the errors of a batch are {kinds:?}");
    let versions: Vec<_> = results.iter().flatten().collect();
    ensure!(
        versions.is_sorted(),
        "the versions of a batch are {versions:?}"
    );
    let entry = store.get(&key).await?;
    ensure!(
        value(&entry) == Some(b"5"),
        "the last write of a batch left {entry:?}"
    );
    let read = entry.map(|entry| entry.version);
    ensure!(
        read.as_ref() == versions.last().copied(),
        "the version is {read:?}"
    );
    let mut requests = Vec::new();
    for number in 0..1000 {
        let key = context.key(&format!("many/{number}"))?;
        requests.push(PutRequest::new(key, "1", PutMode::Create));
    }
    let results = store.put_many(&requests).await?;
    let count = results.iter().flatten().count();
    ensure!(count == 1000, "{count} of 1,000 writes were made");
    let listed = store
        .list(&format!("{}many/", context.prefix()), None, 2000)
        .await?;
    ensure!(
        listed.len() == 1000,
        "{} of 1,000 values were listed",
        listed.len()
    );
    Ok(())
}

pub(super) async fn confirmed_puts_are_puts(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    let first = store.put_confirmed(&key, b"1", PutMode::Create).await?;
    let second = store
        .put_confirmed(&key, b"2", PutMode::Update(first))
        .await?;
    ensure!(second > first, "version {second} follows {first}");
    let stale = store
        .put_confirmed(&key, b"3", PutMode::Update(first))
        .await;
    expect_error(stale, StateError::is_conflict, "updating an old version")?;
    Ok(())
}

pub(super) async fn handles_share_values(context: &Context) -> CheckResult {
    let (one, two, key) = (
        context.open().await?,
        context.open().await?,
        context.key("a")?,
    );
    let first = one.put(&key, b"1", PutMode::Create).await?;
    let entry = two.get(&key).await?;
    ensure!(value(&entry) == Some(b"1"), "another handle read {entry:?}");
    let second = two.put(&key, b"2", PutMode::Update(first)).await?;
    let stale = one.put(&key, b"3", PutMode::Update(first)).await;
    expect_error(
        stale,
        StateError::is_conflict,
        "updating a version that another handle replaced",
    )?;
    drop((one, two));
    let reopened = context.open().await?;
    let entry = reopened.get(&key).await?;
    let read = entry.as_ref().map(|entry| entry.version);
    ensure!(read == Some(second), "a reopened store read {entry:?}");
    reopened.delete(&key, DeleteMode::Version(second)).await?;
    let third = context
        .open()
        .await?
        .put(&key, b"4", PutMode::Create)
        .await?;
    ensure!(
        third > second,
        "version {third} follows {second} after reopening"
    );
    Ok(())
}

pub(super) async fn dropped_writes_leave_the_store_usable(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    for _ in 0..20 {
        let mut write = store.put(&key, b"dropped", PutMode::Overwrite);
        let mut task = TaskContext::from_waker(Waker::noop());
        let _ = Future::poll(write.as_mut(), &mut task);
    }
    // The dropped writes may be made at any time.
    let other = context.key("b")?;
    let version = store.put(&other, b"1", PutMode::Create).await?;
    let entry = store.get(&other).await?;
    ensure!(
        entry.as_ref().map(|it| it.version) == Some(version),
        "read {entry:?}"
    );
    let entry = store.get(&key).await?;
    ensure!(
        matches!(value(&entry), None | Some(b"dropped")),
        "read {entry:?}"
    );
    Ok(())
}
