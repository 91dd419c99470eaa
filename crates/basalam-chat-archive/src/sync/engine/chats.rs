//! The chats of a sync: those that are listed, have to be read, are read, or have failed.

use basalam_chat::ChatId;

use super::super::listing::Listed;
use super::super::plan::{is_changed, window_start};
use super::super::report::{ChatFailure, SyncEventKind};
use super::Engine;
use super::setup::KnownChat;
use crate::error::Error;
use crate::store::{ChatRow, Job};

impl Engine {
    pub(super) fn chat_failed(&mut self, chat: i64, error: Error) {
        // Several pages of a chat can fail.
        if self.plan.fail(chat) {
            let chat = ChatId(chat);
            self.report.failures.push(ChatFailure { chat, error });
            self.progress.chats_failed += 1;
            self.emit(SyncEventKind::ChatFailed { chat });
        }
    }

    /// Records the chats that were read to their end. Returns `false` if there are none.
    pub(super) fn complete_chats(&mut self) -> bool {
        let completed = self.plan.take_completed();
        let has_completed = !completed.is_empty();
        for (chat, read, covered) in completed {
            self.known.insert(
                chat,
                KnownChat {
                    read: Some(read),
                    covered,
                },
            );
            self.report.chats_read += 1;
            self.progress.chats_completed += 1;
            self.emit(SyncEventKind::ChatCompleted { chat: ChatId(chat) });
            let moved = self.moved.extract_if(.., |it| it.id == chat).last();
            if let Some(moved) = moved {
                self.add_chat(&moved);
            }
        }
        has_completed
    }

    pub(super) async fn listed(&mut self, part: Listed) -> Result<(), Error> {
        match part {
            Listed::Page { chats, unreadable } => {
                self.progress.requests += 1;
                self.report.unreadable += unreadable;
                self.writer.send(Job::Chats(chats.clone())).await?;
                self.set_window(&chats);
                for chat in &chats {
                    self.progress.chat_listed(chat.id);
                    if self.is_selected(chat.id) {
                        self.add_chat(chat);
                    }
                }
                self.emit(SyncEventKind::Listed);
            }
            Listed::Incomplete(time) => self.report.incomplete_lists.push(time),
            Listed::RateLimited(pause) => {
                self.limiter.rate_limited();
                self.emit(SyncEventKind::RateLimited { pause });
            }
            Listed::Failed(error) => return Err(error),
        }
        Ok(())
    }

    /// Ends the list, and adds the selected chats that are not in it. They are written with their first message, since they
    /// may not exist.
    pub(super) fn list_done(&mut self) {
        let selected = self.options.chats.iter().flatten();
        let missing = selected.filter(|chat| {
            let has_failed = self.report.failures.iter().any(|it| it.chat == **chat);
            !has_failed && !self.progress.is_listed(chat.0)
        });
        let missing: Vec<ChatRow> = missing.map(|chat| ChatRow::unknown(chat.0)).collect();
        missing.iter().for_each(|chat| self.add_chat(chat));
        self.progress.listing_done = true;
        self.report.chats = self.progress.chats;
        self.emit(SyncEventKind::Listed);
    }

    fn is_selected(&self, chat: i64) -> bool {
        let selected = self.options.chats.as_ref();
        selected.is_none_or(|selected| selected.contains(&ChatId(chat)))
    }

    /// Sets the newest activity, with which the list starts, and the window to read again, which ends there.
    fn set_window(&mut self, chats: &[ChatRow]) {
        if self.newest.is_none() {
            let times = chats.iter().filter_map(|it| it.times.updated_at.as_ref());
            self.newest = times.max().cloned();
            let window = self.options.recheck.zip(self.newest.as_deref());
            self.recheck_since = window.and_then(|(it, newest)| window_start(newest, it.as_secs()));
        }
    }

    /// Adds a chat to the plan if there is something to read.
    fn add_chat(&mut self, chat: &ChatRow) {
        if self.plan.contains(chat.id) {
            if self.plan.times(chat.id) != chat.times {
                self.moved.push(chat.clone());
            }
            return;
        }
        let known = self.known.remove(&chat.id).unwrap_or_default();
        let recheck = self.recheck_since.clone().filter(|since| {
            let updated_at = chat.times.updated_at.as_ref();
            updated_at.is_some_and(|it| it >= since)
        });
        let last = chat.last_message_id;
        let newest =
            recheck.is_some() || is_changed(&chat.times, known.read.as_ref(), last, &known.covered);
        if newest || !known.is_complete() {
            self.progress.chats_to_read += 1;
            self.plan
                .add(chat.id, chat.times.clone(), known.covered, newest, recheck);
        } else {
            self.known.insert(chat.id, known);
        }
    }
}
