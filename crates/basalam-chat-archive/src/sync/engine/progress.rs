//! Counts of a running sync, and its events.

use std::collections::HashSet;

use super::super::Callback;
use super::super::report::{SyncEvent, SyncEventKind, SyncProgress, SyncReport};
use crate::archive::Account;
use crate::store::{Counts, FileOutcome, WriterHandle};

/// The progress of a sync, and the callback that receives its events.
pub(super) struct Progress {
    callback: Option<Callback>,
    writer: Option<WriterHandle>,
    listed: HashSet<i64>,
    current: SyncProgress,
}

impl std::ops::Deref for Progress {
    type Target = SyncProgress;

    fn deref(&self) -> &SyncProgress {
        &self.current
    }
}

impl std::ops::DerefMut for Progress {
    fn deref_mut(&mut self) -> &mut SyncProgress {
        &mut self.current
    }
}

impl Progress {
    pub(super) fn new(callback: Option<Callback>, writer: WriterHandle) -> Progress {
        Progress {
            callback,
            writer: Some(writer),
            listed: HashSet::new(),
            current: SyncProgress::default(),
        }
    }

    /// Drops the handle of the writer.
    pub(super) fn without_writer(mut self) -> Progress {
        self.writer = None;
        self
    }

    pub(super) fn chat_listed(&mut self, chat: i64) {
        self.listed.insert(chat);
        self.current.chats = self.listed.len();
    }

    pub(super) fn is_listed(&self, chat: i64) -> bool {
        self.listed.contains(&chat)
    }

    /// Records the outcome of a download, out of `total`.
    pub(super) fn attachment(
        &mut self,
        total: u64,
        outcome: Option<&FileOutcome>,
        report: &mut SyncReport,
    ) {
        self.current.attachments = total;
        match outcome {
            Some(FileOutcome::Done { bytes, .. }) => {
                report.attachments_downloaded += 1;
                self.current.attachment_bytes += bytes;
            }
            Some(FileOutcome::Failed(_)) => report.attachments_failed += 1,
            Some(FileOutcome::Skipped(_)) => report.attachments_skipped += 1,
            None => return,
        }
        self.current.attachments_done += 1;
        let concurrency = self.current.concurrency;
        self.emit(SyncEventKind::Attachment, concurrency);
    }

    pub(super) fn emit(&mut self, kind: SyncEventKind, concurrency: usize) {
        self.current.concurrency = concurrency;
        if let Some(writer) = &self.writer {
            self.set_counts(writer.counts());
        }
        if let Some(callback) = &mut self.callback {
            callback(&SyncEvent {
                kind,
                progress: self.current,
            });
        }
    }

    pub(super) fn finished(&mut self, counts: Counts) {
        self.set_counts(counts);
        self.emit(SyncEventKind::Finished, self.current.concurrency);
    }

    fn set_counts(&mut self, counts: Counts) {
        self.current.messages_added = counts.added;
        self.current.messages_changed = counts.changed;
    }
}

impl SyncReport {
    pub(super) fn new(account: Account) -> SyncReport {
        SyncReport {
            account,
            chats: 0,
            chats_read: 0,
            requests: 0,
            messages_added: 0,
            messages_changed: 0,
            messages_deleted: 0,
            unreadable: 0,
            attachments_downloaded: 0,
            attachments_failed: 0,
            attachments_skipped: 0,
            failures: Vec::new(),
            incomplete_lists: Vec::new(),
            stopped: false,
        }
    }
}
