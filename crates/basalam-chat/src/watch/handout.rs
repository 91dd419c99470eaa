//! Handing out of events, and the position in a chat that records it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::attempt::{Attempt, Handed, Resolution};
use super::checkpoint::{Checkpoint, Slot};
use super::term::Term;
use super::{DeadLetterReason, Delivery, Event, WatchError};
use crate::random::random_hex;
use crate::state::Version;
use crate::{ChatId, Error};

pub(super) type Deliveries = mpsc::Sender<Result<Delivery, WatchError>>;

pub(super) const FIRST_RETRY: Duration = Duration::from_secs(1);
pub(super) const LONGEST_RETRY: Duration = Duration::from_secs(60);

/// Why a chat is not read any further.
pub(super) enum Stop {
    /// An attempt failed.
    Retry(Duration),
    Failed(Error),
    /// The watcher is stopped or has lost its lease.
    Ended,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(error)
    }
}

/// The position in a chat, and the event that is handed out from there.
pub(super) struct Handout {
    pub(super) term: Arc<Term>,
    pub(super) deliveries: Deliveries,
    pub(super) chat: ChatId,
    pub(super) checkpoint: Checkpoint,
    /// The version of the stored checkpoint.
    pub(super) version: Option<Version>,
    /// When the last attempt of this process ended that may have sent a reply, to whichever message.
    pub(super) replied_at: Option<Instant>,
    /// What was handed out by this process only, which has not sent a reply.
    pub(super) unreplied: Option<Slot>,
    /// The checkpoint differs from the stored one.
    pub(super) is_changed: bool,
}

impl Handout {
    /// Hands out an event and waits until it is acknowledged or given up.
    pub(super) async fn deliver(&mut self, event: Event, slot: Slot) -> Result<(), Stop> {
        let shared = self.term.shared.clone();
        if shared.is_stopped() {
            return Err(Stop::Ended);
        }
        let earlier = self.checkpoint.attempts(slot);
        let attempt = earlier.saturating_add(1);
        let may_have_replied = earlier > 0 && self.unreplied != Some(slot);
        self.checkpoint.hand_out(slot);
        self.store().await?;
        // Without an attempt in this process, the earlier one ended before this process had the lease.
        let earlier_reply =
            may_have_replied.then(|| self.replied_at.unwrap_or(self.term.started_at));
        let handed = Handed {
            chat: self.chat,
            slot,
            event,
            number: attempt,
            fencing: self.term.fencing,
            earlier_reply,
            claims: None,
        };
        let (session, tenure) = (self.term.session.clone(), self.term.tenure.clone());
        let (handed_out, resolution) = Attempt::new(session, tenure, handed);
        let delivery = Delivery::new(handed_out.clone());
        let sent = self.deliveries.send(Ok(delivery)).await;
        let resolution = match sent {
            Ok(()) => resolution.await,
            Err(_) => return Err(Stop::Ended),
        };
        let nack = Resolution {
            is_acknowledged: false,
            is_unknown: false,
            has_replied: true,
        };
        let resolution = resolution.unwrap_or(nack);
        let may_have_replied = may_have_replied || resolution.has_replied;
        let is_exhausted = attempt >= shared.config.max_attempts && !self.term.is_revoked();
        let reason = match resolution.is_acknowledged {
            // Whatever the handler says, somebody has to look whether the reply is there.
            _ if resolution.is_unknown => DeadLetterReason::UnknownReply,
            true => return Ok(()),
            false if is_exhausted => DeadLetterReason::AttemptsExhausted,
            false => {
                self.note_attempt(slot, may_have_replied, &resolution);
                let pause = shared.delay(FIRST_RETRY, LONGEST_RETRY, attempt);
                return Err(Stop::Retry(pause));
            }
        };
        if shared.give_up(self.chat, handed_out.event.clone(), attempt, reason) {
            return Ok(());
        }
        self.note_attempt(slot, may_have_replied, &resolution);
        Err(Stop::Retry(LONGEST_RETRY))
    }

    /// Records whether the next attempt has to look for a reply.
    fn note_attempt(&mut self, slot: Slot, may_have_replied: bool, resolution: &Resolution) {
        self.unreplied = (!may_have_replied).then_some(slot);
        if resolution.has_replied {
            self.replied_at = Some(self.term.shared.now());
        }
    }

    /// Stores the checkpoint.
    pub(super) async fn store(&mut self) -> Result<(), Stop> {
        let shared = &self.term.shared;
        let value = self.checkpoint.to_json(&random_hex(&*shared.random));
        let key = self.term.checkpoint_key(self.chat.0);
        let Ok(key) = key else {
            return Err(Stop::Ended);
        };
        let version = self.term.writer.write(key, value, self.version).await;
        self.version = Some(version.ok_or(Stop::Ended)?);
        self.is_changed = false;
        Ok(())
    }
}
