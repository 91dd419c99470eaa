//! Reading of one chat: its new messages, late and edited ones, and changes of the chat itself.

use std::sync::Arc;
use std::time::Instant;

use basalam_chat_api::UnreadableItem;

use super::checkpoint::Slot;
use super::event::{properties, revision};
use super::handout::{Deliveries, FIRST_RETRY, Handout, LONGEST_RETRY, Stop};
use super::scheduler::Depth;
use super::term::{Listed, REREADS, Term};
use super::{Event, Report};
use crate::chats::Chat;
use crate::messages::{Message, MessagePage, MessagePages, SortOrder, idempotency_key};
use crate::{ChatId, Error, MessageId};

const PAGE_SIZE: u32 = 100;
/// The number of responses in a row after which a chat counts as gone.
const MAX_FAILURES: u32 = 4;

/// Reads one chat, which no other task reads meanwhile.
pub(super) struct Reader {
    handout: Handout,
    listed: Option<Box<Listed>>,
    is_opened: bool,
    last_message: i64,
    settle: i64,
    failures: u32,
    /// Something new was found, so the chat is active.
    is_active: bool,
    /// A message had no id, so it cannot be told which one was not delivered.
    is_incomplete: bool,
}

impl Reader {
    pub(super) fn start(term: Arc<Term>, deliveries: Deliveries, chat: ChatId) -> Reader {
        let mut core = term.core();
        let known = core.chats.entry(chat.0).or_default();
        let reader = Reader {
            handout: Handout {
                term: term.clone(),
                deliveries,
                chat,
                checkpoint: known.checkpoint.clone(),
                version: known.version,
                replied_at: known.replied_at,
                unreplied: known.unreplied,
                is_changed: false,
            },
            listed: known.listed.take(),
            is_opened: known.is_opened,
            last_message: known.last_message,
            settle: known.settle_now,
            failures: known.failures,
            is_active: false,
            is_incomplete: false,
        };
        drop(core);
        reader
    }

    pub(super) async fn run(mut self, depth: Depth) {
        let result = self.read(depth).await;
        if self.handout.is_changed {
            // Also before a shutdown. Nothing depends on whether this is stored: if it is not, the lease is lost.
            let _ = self.handout.store().await;
        }
        self.finish(result);
    }

    /// Returns what was learned, and decides when the chat is read again.
    fn finish(self, result: Result<(), Stop>) {
        let term = self.handout.term.clone();
        let now = term.shared.now();
        let failure = self.give_back(&term, result, now);
        term.marked.notify_one();
        if let Some(error) = failure {
            term.shared.report(&Report::RequestFailed(error));
        }
    }

    fn give_back(self, term: &Term, result: Result<(), Stop>, now: Instant) -> Option<Error> {
        let core = &mut *term.core();
        let chat = self.handout.chat.0;
        let known = core.chats.get_mut(&chat)?;
        known.checkpoint = self.handout.checkpoint;
        known.checkpoint.shrink();
        known.version = self.handout.version;
        known.is_opened = self.is_opened;
        known.replied_at = self.handout.replied_at;
        known.unreplied = self.handout.unreplied;
        if known.listed.is_none() {
            known.listed = self.listed;
        }
        if self.is_active {
            known.rereads = REREADS.len() as u8;
        }
        // What is missing is looked for at the next resync.
        known.failures = u32::from(self.is_incomplete);
        let mut failure = None;
        match result {
            Ok(()) => {
                if let Some(pause) = known.next_reread() {
                    core.scheduler.mark(chat, now + pause, Depth::Recent);
                }
            }
            Err(Stop::Ended) => {}
            Err(Stop::Retry(pause)) => core.scheduler.hold(chat, now + pause),
            Err(Stop::Failed(error)) => {
                known.failures = self.failures.saturating_add(1);
                // The chat was deleted, or the user has left it, unless that passes. If it is still listed, it is read
                // again at the next resync.
                let is_gone = error.is_not_found() || error.is_forbidden();
                if !is_gone || known.failures < MAX_FAILURES {
                    let shared = &term.shared;
                    let delay = shared.delay(FIRST_RETRY, LONGEST_RETRY, known.failures);
                    core.scheduler.hold(chat, now + delay);
                }
                failure = Some(error);
            }
        }
        core.scheduler.release(chat);
        failure
    }

    async fn read(&mut self, depth: Depth) -> Result<(), Stop> {
        let Some(listed) = self.listed.take() else {
            return self.read_messages(depth).await;
        };
        let result = self.read_listed(&listed, depth).await;
        if result.is_err() {
            // Its other events are still to be handed out.
            self.listed = Some(listed);
        }
        result
    }

    async fn read_listed(&mut self, listed: &Listed, depth: Depth) -> Result<(), Stop> {
        if let Some(chat) = &listed.chat {
            self.report_opened(chat).await?;
        }
        self.read_messages(depth).await?;
        self.report_chat(listed).await
    }

    async fn read_messages(&mut self, depth: Depth) -> Result<(), Stop> {
        let mut pages = self.pages(depth);
        while let Some(page) = pages.try_next().await? {
            let last = pages.cursor().last().map_or(0, |id| id.0);
            self.deliver_page(page).await?;
            // More messages would have changed the chat in the list, or are found when it is read again.
            if self.last_message != 0 && last >= self.last_message && depth == Depth::New {
                break;
            }
            if self.handout.is_changed {
                // Acknowledgements do not wait for a page that may take long.
                self.handout.store().await?;
            }
        }
        if depth == Depth::Recent && !self.is_incomplete {
            self.handout.is_changed |= self.handout.checkpoint.settle(self.settle);
        }
        Ok(())
    }

    fn pages(&self, depth: Depth) -> MessagePages {
        let start = match depth {
            Depth::New => self.handout.checkpoint.newest(),
            Depth::Recent => self.handout.checkpoint.floor(),
        };
        let reader = &self.handout.term.shared.reader;
        let request = reader
            .get_messages(self.handout.chat)
            .order(SortOrder::Asc)
            .limit(PAGE_SIZE)
            .read_ahead(false);
        match start {
            0 => request,
            start => request.after(MessageId(start)),
        }
        .pages()
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
            let report = Report::UnreadableMessage(self.handout.chat);
            self.handout.term.shared.report(&report);
            self.is_incomplete = true;
            return Ok(());
        };
        if self.handout.checkpoint.is_acknowledged(message) {
            return Ok(());
        }
        let revision = 0;
        let event = Event::UnreadableMessage(item);
        self.handout
            .deliver(event, Slot { message, revision })
            .await?;
        self.acknowledge(message, revision);
        Ok(())
    }

    async fn deliver_message(&mut self, message: Message) -> Result<(), Stop> {
        let (id, current) = (message.id.0, revision(&message));
        let is_new = !self.handout.checkpoint.is_acknowledged(id);
        if !is_new && !self.handout.checkpoint.is_edited(id, current) {
            return Ok(());
        }
        let slot = Slot {
            message: id,
            revision: if is_new { 0 } else { current },
        };
        if let Some(event) = self.event_of(message, is_new) {
            self.handout.deliver(event, slot).await?;
        }
        self.acknowledge(id, current);
        Ok(())
    }

    /// Returns the event of a message, or `None` if it is not delivered.
    fn event_of(&self, message: Message, is_new: bool) -> Option<Event> {
        let key = idempotency_key::of_message(&message);
        let is_own_reply = key.is_some_and(|key| self.handout.term.session.secret.made(key));
        if is_own_reply {
            self.handout.term.session.metadata_returned();
        }
        let own_messages = self.handout.term.shared.config.own_messages;
        let message = Box::new(message);
        match message.sender_id() {
            Some(sender) if sender != self.handout.term.session.user => Some(match is_new {
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
        self.handout.checkpoint.acknowledge(message, revision);
        self.handout.is_changed = true;
        self.is_active = true;
    }

    async fn report_opened(&mut self, chat: &Chat) -> Result<(), Stop> {
        if !self.is_opened {
            return Ok(());
        }
        self.handout.checkpoint.properties = properties(chat);
        self.handout
            .deliver(Event::ChatOpened(Box::new(chat.clone())), Slot::OPENED)
            .await?;
        self.handout.checkpoint.resolve(Slot::OPENED);
        self.handout.is_changed = true;
        self.is_opened = false;
        Ok(())
    }

    async fn report_chat(&mut self, listed: &Listed) -> Result<(), Stop> {
        let current = listed.properties;
        if self.handout.checkpoint.properties != current {
            // Nothing is known of a chat from before the first start.
            if self.handout.checkpoint.properties != 0
                && let Some(chat) = &listed.chat
            {
                let event = Event::ChatChanged(Box::new(chat.clone()));
                self.handout.deliver(event, Slot::CHANGED).await?;
                self.handout.checkpoint.resolve(Slot::CHANGED);
                self.handout.is_changed = true;
            }
            self.handout.checkpoint.properties = current;
        }
        if listed.seen > self.handout.checkpoint.seen {
            let event = Event::SeenByContact(MessageId(listed.seen));
            self.handout.deliver(event, Slot::SEEN).await?;
            self.handout.checkpoint.resolve(Slot::SEEN);
            self.handout.checkpoint.seen = listed.seen;
            self.handout.is_changed = true;
        }
        Ok(())
    }
}
