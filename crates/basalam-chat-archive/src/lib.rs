//! A local archive of the Basalam chat service: whole histories in one SQLite file, which can be searched and exported.
//!
//! ```no_run
//! use basalam_chat::{Client, PersonalToken};
//! use basalam_chat_archive::{Archive, SearchQuery};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(PersonalToken::new("access-token"))?;
//! let archive = Archive::open("shop.db")?;
//! let report = archive.sync(&client).await?;
//! println!("{} new messages", report.messages_added);
//! for hit in archive.search(&SearchQuery::new("کتاب ها"))?.hits {
//!     println!("{} {}", hit.sent_at, hit.snippet.text);
//! }
//! archive.export().html("shop-history")?;
//! # Ok(())
//! # }
//! ```
//!
//! # Sync
//!
//! [`Archive::sync`] reads whole histories the first time, and what is new afterwards. Chats are read in parallel, and
//! long chats in several ranges of ids at once. Each page is written in one transaction with the range of ids that it
//! covers, so a sync can be interrupted at any time, even by `SIGKILL`, and the next one reads only what is missing.
//! Requests that are limited by the service or fail for a while are repeated.
//!
//! The service does not report edits and deletions. A chat is read again from its newest messages if one of its times
//! has moved, and [`Sync::recheck`] reads all messages of a time window again. Edits of other messages in quiet chats
//! stay unseen.
//!
//! # Contents
//!
//! The archive keeps the JSON of each message as received, byte for byte, and columns for queries; `docs/archive.md` in
//! the repository describes the tables, which other programs may read. Messages that were deleted on the service are
//! kept and marked. An archive belongs to one account. The file can be read by its owner only, and is not encrypted.
//!
//! # Search
//!
//! [`Archive::search`] finds words regardless of how Persian is spelled: Arabic and Persian letters and digits,
//! zero-width non-joiners, vowel marks and elongations make no difference. See [`fold`].
//!
//! # Blocking
//!
//! All methods of [`Archive`] except `sync` block. In async code, call them in `tokio::task::spawn_blocking`.

mod archive;
mod attachments;
mod chats;
mod check;
mod clock;
mod coverage;
mod error;
mod export;
mod file;
mod fold;
mod import;
mod message;
mod page;
mod range;
mod schema;
mod search;
mod store;
mod sync;

pub use archive::{Account, Archive};
pub use chats::ArchivedChat;
pub use check::Health;
pub use coverage::{ChatCoverage, CoverageReport, IdRange};
pub use error::{Error, ErrorKind};
pub use export::{CsvSeparator, Export, ExportReport, Language};
pub use fold::{Folded, fold};
pub use import::ImportReport;
pub use search::{SearchHit, SearchQuery, SearchResults, SearchSort, Snippet};
pub use sync::{ChatFailure, Sync, SyncEvent, SyncEventKind, SyncFuture, SyncProgress, SyncReport};
