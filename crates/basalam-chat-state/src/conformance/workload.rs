//! Writers that use a store at random and record what they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use basalam_chat::state::{PutMode, StateKey, StateStore, Version};

use super::context::Context;
use super::history::{Action, History, Outcome};
use super::report::Stop;

pub(super) const WRITERS: usize = 16;

/// What the writers of a workload share.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) history: History,
    pub(super) successes: AtomicUsize,
    pub(super) failures: AtomicUsize,
    /// Ends writers that have no limit.
    pub(super) is_over: AtomicBool,
}

/// One writer.
pub(super) struct Writer {
    store: Arc<dyn StateStore>,
    keys: Vec<StateKey>,
    progress: Arc<Progress>,
    /// The version that this writer has seen last, by key.
    seen: Vec<Option<Version>>,
    random: u64,
    fails_on_outage: bool,
}

impl Writer {
    /// Creates the writers of a workload on two keys. They share four handles.
    pub(super) async fn all(
        context: &Context,
        progress: &Arc<Progress>,
        fails_on_outage: bool,
    ) -> Result<Vec<Writer>, Stop> {
        let keys = vec![context.key("a")?, context.key("b")?];
        let mut handles = Vec::new();
        for _ in 0..4 {
            handles.push(context.open().await?);
        }
        let writers = (0..WRITERS).map(|number| Writer {
            store: Arc::clone(&handles[number % handles.len()]),
            keys: keys.clone(),
            progress: Arc::clone(progress),
            seen: vec![None; keys.len()],
            random: number as u64,
            fails_on_outage,
        });
        Ok(writers.collect())
    }

    /// Runs a number of operations, or fewer if the workload is over.
    pub(super) async fn run(mut self, count: usize) -> Result<(), Stop> {
        for _ in 0..count {
            if self.progress.is_over.load(Ordering::SeqCst) {
                break;
            }
            self.step().await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<(), Stop> {
        let index = self.next_random(self.keys.len());
        let action = self.next_action(index);
        let (history, key) = (&self.progress.history, &self.keys[index]);
        match history.run(&*self.store, (index, key), action).await {
            Ok(outcome) => {
                self.progress.successes.fetch_add(1, Ordering::SeqCst);
                self.seen[index] = match outcome {
                    Outcome::Written(version) | Outcome::Read(Some((_, version))) => Some(version),
                    Outcome::Read(None) | Outcome::Deleted => None,
                    Outcome::Conflict | Outcome::Unknown => self.seen[index],
                };
                Ok(())
            }
            Err(error)
                if !self.fails_on_outage && (error.is_unavailable() || error.is_unknown()) =>
            {
                self.progress.failures.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn next_action(&mut self, index: usize) -> Action {
        let value = self.progress.history.new_value();
        match (self.next_random(10), self.seen[index]) {
            (0..=2, _) => Action::Get,
            (3, _) => Action::Put(value, PutMode::Overwrite),
            (4, Some(version)) => Action::Delete(version),
            (_, Some(version)) => Action::Put(value, PutMode::Update(version)),
            (_, None) => Action::Put(value, PutMode::Create),
        }
    }

    /// Returns a number below `bound`: the same in each run, since the order of the tasks is random enough.
    fn next_random(&mut self, bound: usize) -> usize {
        let random = self.random.wrapping_mul(6_364_136_223_846_793_005);
        self.random = random.wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize % bound
    }
}
