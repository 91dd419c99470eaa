//! Reading of chats that have changed, each in its own task.

use std::sync::Arc;
use std::time::{Duration, Instant};

use basalam_chat_api::UnreadableItem;
use tokio::task::JoinSet;

use super::checkpoint::{Checkpoint, Slot};
use super::delivery::{DeliveryState, Resolution};
use super::event::{properties, revision};
use super::lead::Deliveries;
use super::poller::next_reread;
use super::scheduler::Depth;
use super::term::Term;
use super::{DeadLetter, DeadLetterReason, Event, Report, WatchError};
use crate::chats::Chat;
use crate::messages::{Message, MessagePage, SortOrder, idempotency_key};
use crate::random::random_hex;
use crate::state::Version;
use crate::{ChatId, Error};

const PAGE_SIZE: u32 = 100;
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(60);

const OPENED: Slot = Slot {
    message: 0,
    revision: 1,
};
const CHANGED: Slot = Slot {
    message: 0,
    revision: 2,
};
const SEEN: Slot = Slot {
    message: 0,
    revision: 3,
};

/// Why a chat is not read any further.
enum Stop {
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

/// Reads the chats that are due, until the watcher is stopped and no delivery is in flight.
pub(super) async fn dispatch(term: &Arc<Term>, deliveries: &Deliveries) -> Result<(), WatchError> {
    let shared = &term.shared;
    let mut readers: JoinSet<Result<(), WatchError>> = JoinSet::new();
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
            Some(result) = readers.join_next() => finished(result)?,
            () = term.marked.notified(), if !is_full => {}
            () = wait_until(term, next_due), if !is_full => {}
            () = shared.stopped() => {}
        }
    }
    tokio::select! {
        result = async {
            while let Some(result) = readers.join_next().await {
                finished(result)?;
            }
            Ok(())
        } => result,
        () = shared.sleep(shared.config.shutdown_timeout) => Ok(()),
    }
}

fn finished(
    result: Result<Result<(), WatchError>, tokio::task::JoinError>,
) -> Result<(), WatchError> {
    // A reader panics only by a panic of a function that the program has set, which it should see.
    match result {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Ok(()),
    }
}

async fn wait_until(term: &Term, due: Option<Instant>) {
    match due {
        Some(due) => term.shared.sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Reads one chat, which no other task reads meanwhile.
struct Reader {
    term: Arc<Term>,
    deliveries: Deliveries,
    chat: ChatId,
    checkpoint: Checkpoint,
    version: Option<Version>,
    listed: Option<Box<Chat>>,
    is_opened: bool,
    last_message: i64,
    settle: i64,
    failures: u32,
    replied_at: Option<Instant>,
    unreplied: Option<Slot>,
    /// The checkpoint differs from the stored one.
    is_changed: bool,
    /// Something new was found, so the chat is active.
    is_active: bool,
}

impl Reader {
    fn start(term: Arc<Term>, deliveries: Deliveries, chat: ChatId) -> Reader {
        let mut core = term.core();
        let known = core.chats.entry(chat.0).or_default();
        let reader = Reader {
            term: term.clone(),
            deliveries,
            chat,
            checkpoint: known.checkpoint.clone(),
            version: known.version,
            listed: known.listed.take(),
            is_opened: known.is_opened,
            last_message: known.last_message,
            settle: known.settle_now,
            failures: known.failures,
            replied_at: known.replied_at,
            unreplied: known.unreplied,
            is_changed: false,
            is_active: false,
        };
        drop(core);
        reader
    }

    async fn run(mut self, depth: Depth) -> Result<(), WatchError> {
        let result = self.read(depth).await;
        if self.is_changed && !matches!(result, Err(Stop::Ended)) {
            // Nothing depends on whether this is stored: if it is not, the lease is lost.
            let _ = self.store().await;
        }
        self.finish(result);
        Ok(())
    }

    /// Returns what was learned, and decides when the chat is read again.
    fn finish(self, result: Result<(), Stop>) {
        let term = self.term.clone();
        let now = term.shared.now();
        let core = &mut *term.core();
        let chat = self.chat.0;
        let Some(known) = core.chats.get_mut(&chat) else {
            return;
        };
        known.checkpoint = self.checkpoint;
        known.version = self.version;
        known.is_opened = self.is_opened;
        known.replied_at = self.replied_at;
        known.unreplied = self.unreplied;
        if known.listed.is_none() {
            known.listed = self.listed;
        }
        if self.is_active {
            known.rereads = super::term::REREADS.len() as u8;
        }
        known.failures = 0;
        match result {
            Ok(()) => {
                if let Some(pause) = next_reread(known) {
                    core.scheduler.mark(chat, now + pause, Depth::Recent);
                }
            }
            Err(Stop::Ended) => {}
            Err(Stop::Retry(pause)) => core.scheduler.hold(chat, now + pause),
            Err(Stop::Failed(error)) => {
                known.failures = self.failures.saturating_add(1);
                // The chat was deleted, or the user has left it; if it is listed again, it is read again.
                let is_gone = error.is_not_found() || error.is_forbidden();
                let delay = term
                    .shared
                    .delay(FIRST_RETRY, LONGEST_RETRY, known.failures);
                if !is_gone {
                    core.scheduler.hold(chat, now + delay);
                }
                term.shared.report(&Report::RequestFailed(error));
            }
        }
        core.scheduler.release(chat);
        term.marked.notify_one();
    }

    async fn read(&mut self, depth: Depth) -> Result<(), Stop> {
        if let Some(chat) = self.listed.take() {
            let result = self.report_opened(&chat).await;
            if result.is_err() {
                self.listed = Some(chat);
                return result;
            }
            self.read_messages(depth).await?;
            let result = self.report_chat(&chat).await;
            if result.is_err() {
                self.listed = Some(chat);
            }
            return result;
        }
        self.read_messages(depth).await
    }

    async fn read_messages(&mut self, depth: Depth) -> Result<(), Stop> {
        let start = match depth {
            Depth::New => self.checkpoint.newest(),
            Depth::Recent => self.checkpoint.floor(),
        };
        let request = self.term.shared.client.get_messages(self.chat);
        let request = request
            .order(SortOrder::Asc)
            .limit(PAGE_SIZE)
            .read_ahead(false);
        let mut pages = match start {
            0 => request,
            start => request.after(crate::MessageId(start)),
        }
        .pages();
        while let Some(page) = pages.try_next().await? {
            let last = pages.cursor().last().map_or(0, |id| id.0);
            self.deliver_page(page).await?;
            // More messages would have changed the chat in the list, or are found when it is read again.
            if self.last_message != 0 && last >= self.last_message && depth == Depth::New {
                break;
            }
        }
        if depth == Depth::Recent {
            self.is_changed |= self.checkpoint.settle(self.settle);
        }
        Ok(())
    }

    async fn deliver_page(&mut self, page: MessagePage) -> Result<(), Stop> {
        let mut unreadable = page.unreadable().to_vec().into_iter().peekable();
        for (index, message) in page.items.into_iter().enumerate() {
            while let Some(item) = unreadable.next_if(|item| item.index() <= index) {
                self.deliver_unreadable(item).await?;
            }
            self.deliver_message(message).await?;
        }
        for item in unreadable {
            self.deliver_unreadable(item).await?;
        }
        Ok(())
    }

    async fn deliver_unreadable(&mut self, item: UnreadableItem) -> Result<(), Stop> {
        let Some(message) = item.id() else {
            let report = Report::UnreadableMessage(self.chat);
            self.term.shared.report(&report);
            return Ok(());
        };
        if self.checkpoint.is_acknowledged(message) {
            return Ok(());
        }
        let revision = 0;
        let event = Event::UnreadableMessage(item);
        self.deliver(event, Slot { message, revision }).await?;
        self.acknowledge(message, revision);
        Ok(())
    }

    async fn deliver_message(&mut self, message: Message) -> Result<(), Stop> {
        let (id, current) = (message.id.0, revision(&message));
        let is_new = !self.checkpoint.is_acknowledged(id);
        if !is_new && !self.checkpoint.is_edited(id, current) {
            return Ok(());
        }
        let slot = Slot {
            message: id,
            revision: if is_new { 0 } else { current },
        };
        if let Some(event) = self.event_of(message, is_new) {
            self.deliver(event, slot).await?;
        }
        self.acknowledge(id, current);
        Ok(())
    }

    /// Returns the event of a message, or `None` if it is not delivered.
    fn event_of(&self, message: Message, is_new: bool) -> Option<Event> {
        let key = idempotency_key::of_message(&message);
        let is_own_reply = key.is_some_and(|key| self.term.secret.made(key));
        if is_own_reply {
            self.term.metadata_returned();
        }
        let own_messages = self.term.shared.config.own_messages;
        let message = Box::new(message);
        match message.sender_id() {
            Some(sender) if sender != self.term.user => Some(match is_new {
                true => Event::MessageReceived(message),
                false => Event::MessageEdited(message),
            }),
            // The key of a reply is not secret once it was sent, so it proves something only without a sender.
            _ if is_own_reply => None,
            Some(_) => own_messages.then_some(match is_new {
                true => Event::MessageSent(message),
                false => Event::MessageEdited(message),
            }),
            None => Some(Event::MessageOfUnknownSender(message)),
        }
    }

    fn acknowledge(&mut self, message: i64, revision: u32) {
        self.checkpoint.acknowledge(message, revision);
        self.is_changed = true;
        self.is_active = true;
    }

    async fn report_opened(&mut self, chat: &Chat) -> Result<(), Stop> {
        if !self.is_opened {
            return Ok(());
        }
        self.checkpoint.properties = properties(chat);
        self.deliver(Event::ChatOpened(Box::new(chat.clone())), OPENED)
            .await?;
        self.checkpoint.resolve(OPENED);
        self.is_changed = true;
        self.is_opened = false;
        Ok(())
    }

    async fn report_chat(&mut self, chat: &Chat) -> Result<(), Stop> {
        let current = properties(chat);
        if self.checkpoint.properties != current {
            // Nothing is known of a chat from before the first start.
            if self.checkpoint.properties != 0 {
                let event = Event::ChatChanged(Box::new(chat.clone()));
                self.deliver(event, CHANGED).await?;
                self.checkpoint.resolve(CHANGED);
                self.is_changed = true;
            }
            self.checkpoint.properties = current;
        }
        if let Some(seen) = chat.contact_last_seen_message_id
            && seen.0 > self.checkpoint.seen
        {
            self.deliver(Event::SeenByContact(seen), SEEN).await?;
            self.checkpoint.resolve(SEEN);
            self.checkpoint.seen = seen.0;
            self.is_changed = true;
        }
        Ok(())
    }

    /// Hands out an event and waits until it is acknowledged or given up.
    async fn deliver(&mut self, event: Event, slot: Slot) -> Result<(), Stop> {
        let shared = self.term.shared.clone();
        if shared.is_stopped() {
            return Err(Stop::Ended);
        }
        let earlier = self.checkpoint.attempts(slot);
        let may_have_replied = earlier > 0 && self.unreplied != Some(slot);
        self.checkpoint.hand_out(slot);
        self.store().await?;
        let (delivery, resolution) = DeliveryState::open(
            self.term.clone(),
            self.chat,
            slot,
            event.clone(),
            earlier + 1,
            may_have_replied,
            self.replied_at,
        );
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
        if resolution.is_acknowledged {
            self.replied_at = None;
            return Ok(());
        }
        let may_have_replied = may_have_replied || resolution.has_replied;
        self.unreplied = (!may_have_replied).then_some(slot);
        if resolution.has_replied {
            self.replied_at = Some(shared.now());
        }
        let reason = match resolution.is_unknown {
            true => DeadLetterReason::UnknownReply,
            false if earlier + 1 >= shared.config.max_attempts && !self.term.is_revoked() => {
                DeadLetterReason::AttemptsExhausted
            }
            false => {
                let pause = shared.delay(FIRST_RETRY, LONGEST_RETRY, earlier + 1);
                return Err(Stop::Retry(pause));
            }
        };
        self.give_up(event, earlier + 1, reason);
        Ok(())
    }

    fn give_up(&mut self, event: Event, attempts: u32, reason: DeadLetterReason) {
        let config = &self.term.shared.config;
        if let Some(dead_letter) = &config.dead_letter {
            dead_letter(&DeadLetter {
                chat: self.chat,
                event,
                attempts,
                reason,
            });
        }
        self.term.shared.report(&Report::DeadLetter(self.chat));
        self.replied_at = None;
    }

    /// Stores the checkpoint.
    async fn store(&mut self) -> Result<(), Stop> {
        let shared = &self.term.shared;
        self.checkpoint.write = random_hex(&*shared.random);
        let key = self.term.checkpoint_key(self.chat.0);
        let Ok(key) = key else {
            return Err(Stop::Ended);
        };
        // Integers and strings always serialize.
        let value = serde_json::to_vec(&self.checkpoint).unwrap_or_default();
        let version = self.term.writer.write(key, value, self.version).await;
        self.version = Some(version.ok_or(Stop::Ended)?);
        self.is_changed = false;
        Ok(())
    }
}
