//! Writing of what the service returned. Everything here runs in a transaction of its caller.

mod chats;
mod checkpoints;
mod coverage;
mod files;
mod index;
mod messages;
mod users;
mod writer;

pub(crate) use chats::{ChatRow, ChatTimes, write_chat};
pub(crate) use coverage::{add_coverage, all_coverage, coverage_of};
pub(crate) use files::{FileKey, FileOutcome, PendingFile, pending_files, write_outcome};
pub(crate) use index::{chat_token, sender_token, type_token};
pub(crate) use messages::{Counts, MessageWriter, PageWrite, write_unreadable};
pub(crate) use writer::{Job, Writer, WriterHandle};
