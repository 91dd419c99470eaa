//! An attempt to handle an event: what it is about, and how it ended.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::checkpoint::Slot;
use super::claims::Claims;
use super::session::Session;
use super::tenure::Tenure;
use super::{Event, WatchError};
use crate::ChatId;
use crate::state::Version;

pub(super) struct Attempt {
    pub(super) session: Arc<Session>,
    pub(super) chat: ChatId,
    pub(super) slot: Slot,
    pub(super) event: Event,
    /// From 1, over all processes.
    pub(super) number: u32,
    /// The fencing number of the lease under which the event was read.
    pub(super) fencing: Version,
    /// When an earlier attempt ended that may have sent a reply; `None` if there was none.
    pub(super) earlier_reply: Option<Instant>,
    /// Decides about replies if other processes may handle the event at the same time.
    pub(super) claims: Option<Claims>,
    tenure: Arc<Tenure>,
    next_ordinal: AtomicU32,
    progress: Mutex<Progress>,
    /// The runner resolves it, so dropping the delivery is not a nack.
    is_run: AtomicBool,
}

/// What is handed out.
pub(super) struct Handed {
    pub(super) chat: ChatId,
    pub(super) slot: Slot,
    pub(super) event: Event,
    pub(super) number: u32,
    pub(super) fencing: Version,
    pub(super) earlier_reply: Option<Instant>,
    pub(super) claims: Option<Claims>,
}

struct Progress {
    /// `None` after the end.
    sender: Option<oneshot::Sender<Resolution>>,
    /// The steps whose replies were sent or may have been.
    replies: Vec<String>,
    /// It cannot be known whether a reply was sent.
    is_unknown: bool,
}

/// How an attempt ended.
pub(super) struct Resolution {
    pub(super) is_acknowledged: bool,
    pub(super) is_unknown: bool,
    pub(super) has_replied: bool,
}

impl Attempt {
    pub(super) fn new(
        session: Arc<Session>,
        tenure: Arc<Tenure>,
        handed: Handed,
    ) -> (Arc<Attempt>, oneshot::Receiver<Resolution>) {
        let (sender, resolution) = oneshot::channel();
        let attempt = Attempt {
            session,
            chat: handed.chat,
            slot: handed.slot,
            event: handed.event,
            number: handed.number,
            fencing: handed.fencing,
            earlier_reply: handed.earlier_reply,
            claims: handed.claims,
            tenure,
            next_ordinal: AtomicU32::new(0),
            progress: Mutex::new(Progress {
                sender: Some(sender),
                replies: Vec::new(),
                is_unknown: false,
            }),
            is_run: AtomicBool::new(false),
        };
        (Arc::new(attempt), resolution)
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.tenure.is_over()
    }

    /// Waits until it is revoked. To be polled before what must not go on afterwards.
    pub(super) async fn revoked(&self) {
        self.tenure.over().await;
    }

    /// Ends the attempt, unless it has ended.
    pub(super) fn resolve(&self, is_acknowledged: bool) {
        let mut progress = self.progress();
        if let Some(sender) = progress.sender.take() {
            // The reader is gone if the delivery was revoked.
            let _ = sender.send(Resolution {
                is_acknowledged,
                is_unknown: progress.is_unknown,
                has_replied: !progress.replies.is_empty(),
            });
        }
    }

    /// Leaves it to the runner to resolve the delivery.
    pub(super) fn begin_run(&self) {
        self.is_run.store(true, Ordering::SeqCst);
    }

    /// Records that the delivery was dropped.
    pub(super) fn dropped(&self) {
        if !self.is_run.load(Ordering::SeqCst) {
            self.resolve(false);
        }
    }

    pub(super) fn next_ordinal(&self) -> u32 {
        self.next_ordinal.fetch_add(1, Ordering::SeqCst)
    }

    /// Returns `true` if this attempt has sent the reply of a step, or may have.
    pub(super) fn may_have_sent(&self, step: &str) -> bool {
        self.progress().replies.iter().any(|it| it == step)
    }

    /// Records that a reply is sent now.
    ///
    /// # Errors
    ///
    /// An attempt that has ended sends nothing more, since the next one may already look for its replies.
    pub(super) fn begin_reply(&self, step: &str) -> Result<(), WatchError> {
        let mut progress = self.progress();
        if progress.sender.is_none() {
            return Err(WatchError::invalid_input(
                "the delivery is already resolved, so its replies are refused; await them before it is acknowledged \
                 or dropped, and before the handler returns",
            ));
        }
        progress.replies.push(step.to_owned());
        Ok(())
    }

    /// Records that a reply was certainly not sent, so the next attempt need not look for it.
    pub(super) fn reply_not_sent(&self, step: &str) {
        let replies = &mut self.progress().replies;
        if let Some(index) = replies.iter().position(|it| it == step) {
            replies.swap_remove(index);
        }
    }

    /// Records that it cannot be known whether an earlier attempt has sent a reply.
    pub(super) fn reply_unknown(&self) {
        self.progress().is_unknown = true;
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
