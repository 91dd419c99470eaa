//! Many writers at once.

use std::sync::Arc;

use basalam_chat::state::{PutMode, StateKey, StateStore};

use super::context::{Context, join, value};
use super::linearizability;
use super::report::{CheckResult, Stop, ensure};
use super::workload::{Progress, WRITERS, Writer};

const INCREMENTS: usize = 8;

pub(super) async fn increments_are_not_lost(context: &Context) -> CheckResult {
    let key = context.key("counter")?;
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let (store, key) = (context.open().await?, key.clone());
        writers.push(async move {
            for _ in 0..INCREMENTS {
                increment(&*store, &key).await?;
            }
            Ok(())
        });
    }
    join(writers).await?;
    let entry = context.open().await?.get(&key).await?;
    let expected = (WRITERS * INCREMENTS).to_string();
    ensure!(
        value(&entry) == Some(expected.as_bytes()),
        "{expected} increments left {entry:?}"
    );
    Ok(())
}

async fn increment(store: &dyn StateStore, key: &StateKey) -> Result<(), Stop> {
    loop {
        let entry = store.get(key).await?;
        let (count, mode) = match &entry {
            None => (0, PutMode::Create),
            Some(entry) => {
                let text = String::from_utf8_lossy(&entry.value);
                let count = text.parse::<usize>();
                let count = count.map_err(|_| Stop::Fail(format!("the counter is {text:?}")))?;
                (count, PutMode::Update(entry.version))
            }
        };
        match store
            .put(key, (count + 1).to_string().as_bytes(), mode)
            .await
        {
            Ok(_) => return Ok(()),
            Err(error) if error.is_conflict() => tokio::task::yield_now().await,
            Err(error) => return Err(error.into()),
        }
    }
}

pub(super) async fn history_is_linearizable(context: &Context) -> CheckResult {
    let progress = Arc::new(Progress::default());
    let writers = Writer::all(context, &progress, true).await?;
    join(writers.into_iter().map(|writer| writer.run(30))).await?;
    linearizability::check(&progress.history.operations()).map_err(Stop::Fail)
}
