//! Events, progress and the result of a sync.

use std::time::Duration;

use basalam_chat::ChatId;
use serde::Serialize;

use crate::archive::Account;
use crate::error::Error;

/// An event of a sync, with the progress so far.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SyncEvent {
    /// What happened.
    pub kind: SyncEventKind,
    /// The progress so far.
    pub progress: SyncProgress,
}

/// The kind of a [`SyncEvent`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncEventKind {
    /// A page of the list of chats was read.
    Listed,
    /// A page of messages was read.
    Page {
        /// Its chat.
        chat: ChatId,
    },
    /// All messages of a chat were read.
    ChatCompleted {
        /// The chat.
        chat: ChatId,
    },
    /// A chat could not be read to its end; see [`SyncReport::failures`].
    ChatFailed {
        /// The chat.
        chat: ChatId,
    },
    /// The service asks to wait.
    RateLimited {
        /// For how long.
        pause: Duration,
    },
    /// A file was downloaded, skipped or failed.
    Attachment,
    /// Everything is committed.
    Finished,
}

/// The progress of a sync.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SyncProgress {
    /// The chats that were listed so far.
    pub chats: usize,
    /// Those of them that have to be read.
    pub chats_to_read: usize,
    /// Those that were read.
    pub chats_completed: usize,
    /// Those that failed.
    pub chats_failed: usize,
    /// All chats were listed, so that `chats` and `chats_to_read` are final.
    pub listing_done: bool,
    /// The requests for chats and messages so far, without the retries of the client.
    pub requests: u64,
    /// The messages that were read, new or not.
    pub messages_read: u64,
    /// The new messages that were committed.
    pub messages_added: u64,
    /// The changed messages that were committed.
    pub messages_changed: u64,
    /// The files to download.
    pub attachments: u64,
    /// Those of them that were downloaded, skipped or failed.
    pub attachments_done: u64,
    /// The bytes that were downloaded.
    pub attachment_bytes: u64,
    /// The number of concurrent requests that is allowed at the moment.
    pub concurrency: usize,
}

/// The result of a sync.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SyncReport {
    /// The account of the archive.
    pub account: Account,
    /// The number of chats in the list.
    pub chats: usize,
    /// The number of chats of which messages were read.
    pub chats_read: usize,
    /// The requests for chats and messages, without the retries of the client.
    pub requests: u64,
    /// The number of new messages.
    pub messages_added: u64,
    /// The number of messages that have changed since they were last read.
    pub messages_changed: u64,
    /// The number of messages that were found to be deleted.
    pub messages_deleted: u64,
    /// The number of messages and chats that cannot be decoded. Their JSON is in the archive.
    pub unreadable: u64,
    /// The number of files that were downloaded.
    pub attachments_downloaded: u64,
    /// The number of files whose download failed. The next sync tries again.
    pub attachments_failed: u64,
    /// The number of files that are too large or at a host that is not allowed.
    pub attachments_skipped: u64,
    /// The chats that could not be read to their end. The next sync resumes them.
    pub failures: Vec<ChatFailure>,
    /// Times at which chats may be missing, because more of them share a second than the service returns.
    pub incomplete_lists: Vec<String>,
    /// The sync was stopped by [`Sync::stop_when`](super::Sync::stop_when).
    pub stopped: bool,
}

/// A chat that could not be read to its end.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ChatFailure {
    /// The chat.
    pub chat: ChatId,
    /// Why.
    pub error: Error,
}

impl SyncReport {
    /// Returns `true` if every chat was read to its end.
    pub fn is_complete(&self) -> bool {
        !self.stopped && self.failures.is_empty() && self.incomplete_lists.is_empty()
    }
}
