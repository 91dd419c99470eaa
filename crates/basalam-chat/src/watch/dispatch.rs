//! Reading of the chats that are due, each in its own task.

use std::sync::Arc;
use std::time::Instant;

use tokio::task::{JoinError, JoinSet};

use super::handout::Deliveries;
use super::reader::Reader;
use super::term::Term;
use crate::ChatId;

/// Reads the chats that are due, until the watcher is stopped and no delivery is in flight.
pub(super) async fn dispatch(term: &Arc<Term>, deliveries: &Deliveries) {
    let shared = &term.shared;
    let mut readers = JoinSet::new();
    while !shared.is_stopped() {
        while readers.len() < shared.config.max_in_flight {
            let next = term.core().scheduler.pop(shared.now());
            let Some((chat, depth)) = next else { break };
            let reader = Reader::start(term.clone(), deliveries.clone(), ChatId(chat));
            readers.spawn(reader.run(depth));
        }
        let next_due = term.core().scheduler.next_due();
        let is_full = readers.len() >= shared.config.max_in_flight;
        tokio::select! {
            Some(result) = readers.join_next() => finished(result),
            () = term.marked.notified(), if !is_full => {}
            () = wait_until(term, next_due), if !is_full => {}
            () = shared.stopped() => {}
        }
    }
    tokio::select! {
        () = async {
            while let Some(result) = readers.join_next().await {
                finished(result);
            }
        } => {}
        () = shared.sleep(shared.config.shutdown_timeout) => {}
    }
}

fn finished(result: Result<(), JoinError>) {
    // Panics of handlers and of callbacks do not get here: this is one of the clock or the store.
    if let Err(error) = result
        && error.is_panic()
    {
        std::panic::resume_unwind(error.into_panic());
    }
}

async fn wait_until(term: &Term, due: Option<Instant>) {
    match due {
        Some(due) => term.shared.sleep_until(due).await,
        None => std::future::pending().await,
    }
}
