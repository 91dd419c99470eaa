//! What a process knows while it reads a login.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::WatchError;
use super::checkpoint::{Checkpoint, Slot};
use super::scheduler::{Depth, Scheduler};
use super::session::Session;
use super::shared::Shared;
use super::tenure::Tenure;
use super::writer::Writer;
use crate::chats::Chat;
use crate::state::{StateKey, Version};

/// The pauses after which an active chat is read again, for ids that become visible late.
pub(super) const REREADS: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(8),
    Duration::from_secs(20),
];

/// The time during which one process reads the login.
pub(super) struct Term {
    pub(super) shared: Arc<Shared>,
    pub(super) session: Arc<Session>,
    pub(super) marker: Marker,
    /// The fencing number of the lease.
    pub(super) fencing: Version,
    pub(super) started_at: Instant,
    pub(super) writer: Writer,
    /// A chat was marked.
    pub(super) marked: Notify,
    core: Mutex<Core>,
    pub(super) tenure: Arc<Tenure>,
}

/// The record that distinguishes a first start from a lost state.
///
/// It has no `Debug`, since it contains a secret.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Marker {
    /// The hexadecimal secret of the reply keys.
    pub(super) secret: String,
    /// The position in a chat that existed before the watcher and was not in its first list.
    pub(super) floor: i64,
    /// The newest time of the first list, as the service writes it.
    pub(super) newest_time: Option<String>,
    /// The number of records with the positions of the first list.
    pub(super) packs: usize,
}

pub(super) struct Core {
    /// Boxed, so that a map that grows does not need twice the memory.
    pub(super) chats: HashMap<i64, Box<KnownChat>>,
    pub(super) scheduler: Scheduler,
    /// The number of the resync that runs or was the last.
    pub(super) resync: u32,
}

#[derive(Default)]
pub(super) struct KnownChat {
    pub(super) checkpoint: Checkpoint,
    /// The version of the stored checkpoint.
    pub(super) version: Option<Version>,
    /// The fingerprint of the chat in the list, zero until it was listed.
    pub(super) stamp: u64,
    /// The resync during which it was listed last.
    pub(super) listed_in: u32,
    /// The newest message in the list, zero if unknown.
    pub(super) last_message: i64,
    /// What the list has shown, until its events are handed out.
    pub(super) listed: Option<Box<Listed>>,
    /// It was opened after the first start, which was not reported yet.
    pub(super) is_opened: bool,
    /// How many more times it is read again shortly.
    pub(super) rereads: u8,
    /// The newest message at the last resync.
    pub(super) settle_next: i64,
    /// The messages up to this one are settled after the next read.
    pub(super) settle_now: i64,
    /// How many reads in a row have failed, or were incomplete.
    pub(super) failures: u32,
    /// When the last attempt of this process ended that may have sent a reply, to whichever message.
    pub(super) replied_at: Option<Instant>,
    /// What was handed out by this process only, which has not begun to reply.
    pub(super) unreplied: Option<Slot>,
}

/// A chat in the list.
pub(super) struct Listed {
    /// The fingerprint of its properties.
    pub(super) properties: u32,
    /// The newest message that the other side has seen.
    pub(super) seen: i64,
    /// The chat itself, if there may be an event that contains it. It takes much memory, and many chats may be waiting.
    pub(super) chat: Option<Chat>,
}

impl KnownChat {
    /// Returns the pause before the chat is read again, and counts it.
    pub(super) fn next_reread(&mut self) -> Option<Duration> {
        let left = usize::from(self.rereads);
        self.rereads = self.rereads.checked_sub(1)?;
        REREADS.get(REREADS.len() - left).copied()
    }
}

impl Term {
    pub(super) fn new(
        session: Arc<Session>,
        marker: Marker,
        chats: HashMap<i64, Box<KnownChat>>,
        fencing: Version,
        tenure: Arc<Tenure>,
    ) -> Term {
        let core = Core {
            chats,
            scheduler: Scheduler::default(),
            // No chat is listed yet.
            resync: 1,
        };
        let shared = session.shared.clone();
        Term {
            started_at: shared.now(),
            shared,
            session,
            marker,
            fencing,
            writer: Writer::default(),
            marked: Notify::new(),
            core: Mutex::new(core),
            tenure,
        }
    }

    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.tenure.is_over()
    }

    pub(super) fn checkpoint_key(&self, chat: i64) -> Result<StateKey, WatchError> {
        let name = format!("chats/{chat}");
        self.shared.config.key(self.session.user.0, &name)
    }

    /// Marks what is unfinished from an earlier process, and what may have late ids.
    pub(super) fn mark_unfinished(&self) {
        let now = self.shared.now();
        let core = &mut *self.core();
        for (id, chat) in &core.chats {
            let checkpoint = &chat.checkpoint;
            let is_unfinished = checkpoint.has_unacknowledged() || checkpoint.is_unsettled();
            // That a chat was opened is handed out first, when it is listed.
            if is_unfinished && !chat.is_opened {
                core.scheduler.mark(*id, now, Depth::Recent);
            }
        }
    }

    /// Begins a resync: marks the chats that were active since the last one, whose older messages are settled afterwards.
    pub(super) fn begin_resync(&self) {
        let now = self.shared.now();
        let core = &mut *self.core();
        core.resync = core.resync.wrapping_add(1);
        for (id, chat) in &mut core.chats {
            let newest = chat.checkpoint.newest();
            let is_active = newest != chat.settle_next || chat.settle_now != chat.settle_next;
            // Its messages could not be read, but it is still listed.
            let has_failed = chat.failures > 0 && chat.listed_in == core.resync.wrapping_sub(1);
            if is_active {
                chat.settle_now = chat.settle_next;
                chat.settle_next = newest;
            }
            if is_active || has_failed {
                core.scheduler.mark(*id, now, Depth::Recent);
            }
        }
        self.marked.notify_one();
    }
}
