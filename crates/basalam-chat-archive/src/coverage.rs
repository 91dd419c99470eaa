//! The report of what is archived, and what is missing.

use basalam_chat::{ChatId, MessageId};
use rusqlite::Connection;
use serde::Serialize;

use crate::archive::Archive;
use crate::error::{DatabaseResult, Error};
use crate::range::{FIRST_ID, IdSet, Ids};
use crate::store::all_coverage;

/// An inclusive range of message ids.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IdRange {
    /// The smallest id.
    pub low: MessageId,
    /// The largest id.
    pub high: MessageId,
}

/// Which messages are archived; returned by [`Archive::coverage`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CoverageReport {
    /// The chats, by id.
    pub chats: Vec<ChatCoverage>,
}

/// Which messages of a chat are archived.
///
/// Ids are assigned across all chats, so most ids of a range belong to other chats. A covered range contains every message
/// that the chat had in it when it was read.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ChatCoverage {
    /// The chat.
    pub chat: ChatId,
    /// The title.
    pub title: Option<String>,
    /// The number of messages, including deleted ones.
    pub messages: u64,
    /// Those of them that were deleted on the service.
    pub deleted: u64,
    /// The ranges that were read, in ascending order.
    pub covered: Vec<IdRange>,
    /// The ranges up to the newest known message that were not read, in ascending order.
    pub uncovered: Vec<IdRange>,
}

impl CoverageReport {
    /// Returns `true` if every chat was read to its end, as of the last sync.
    pub fn is_complete(&self) -> bool {
        self.incomplete().next().is_none()
    }

    /// Returns the chats of which messages are missing.
    pub fn incomplete(&self) -> impl Iterator<Item = &ChatCoverage> {
        self.chats.iter().filter(|it| !it.uncovered.is_empty())
    }
}

impl Archive {
    /// Returns which messages are archived, and which ranges are missing.
    ///
    /// # Errors
    ///
    /// Fails only with the errors of the database.
    pub fn coverage(&self) -> Result<CoverageReport, Error> {
        self.read(|connection| {
            // One snapshot.
            let transaction = connection.unchecked_transaction().db()?;
            let report = report(&transaction);
            transaction.rollback().db()?;
            report
        })
    }
}

pub(crate) fn report(connection: &Connection) -> Result<CoverageReport, Error> {
    let mut coverage = all_coverage(connection)?;
    let sql = "SELECT c.id, c.title, c.last_message_id, c.read_updated_at IS NOT NULL OR c.read_modified_at IS NOT NULL,
            count(m.id), count(m.deleted_at)
        FROM chats c LEFT JOIN messages m ON m.chat_id = c.id GROUP BY c.id ORDER BY c.id";
    let mut statement = connection.prepare(sql).db()?;
    let mut rows = statement.query([]).db()?;
    let mut chats = Vec::new();
    while let Some(row) = rows.next().db()? {
        let chat: i64 = row.get(0).db()?;
        let covered = coverage.remove(&chat).unwrap_or_default();
        let uncovered = uncovered(&covered, row.get(2).db()?, row.get(3).db()?);
        chats.push(ChatCoverage {
            chat: ChatId(chat),
            title: row.get(1).db()?,
            messages: row.get(4).db()?,
            deleted: row.get(5).db()?,
            covered: covered
                .ranges()
                .iter()
                .copied()
                .map(IdRange::from)
                .collect(),
            uncovered: uncovered.into_iter().map(IdRange::from).collect(),
        });
    }
    Ok(CoverageReport { chats })
}

/// Returns the missing ranges of a chat. `was_read` if its newest page was read, after which a newer message in the list
/// has been deleted.
pub(crate) fn uncovered(covered: &IdSet, last_message: Option<i64>, was_read: bool) -> Vec<Ids> {
    let newest = covered.ranges().last().map(|it| it.high);
    let newest = if was_read {
        newest
    } else {
        newest.max(last_message)
    };
    let all = newest.and_then(|newest| Ids::new(FIRST_ID, newest));
    all.map(|all| covered.missing(all)).unwrap_or_default()
}

impl From<Ids> for IdRange {
    fn from(ids: Ids) -> IdRange {
        IdRange {
            low: MessageId(ids.low),
            high: MessageId(ids.high),
        }
    }
}
