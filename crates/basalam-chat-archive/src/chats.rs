//! The chats of an archive.

use basalam_chat::ChatId;
use serde::Serialize;

use crate::archive::Archive;
use crate::coverage::uncovered;
use crate::error::{DatabaseResult, Error};
use crate::store::all_coverage;

/// A chat of an archive; returned by [`Archive::chats`].
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ArchivedChat {
    /// The id.
    pub id: ChatId,
    /// The type, such as `private`.
    pub chat_type: String,
    /// The title: the name of the other party, the group, the channel or the bot.
    pub title: Option<String>,
    /// The time of the last activity, as the service writes times.
    pub updated_at: Option<String>,
    /// The number of archived messages, including deleted ones.
    pub messages: u64,
    /// Every message up to the newest known one was read.
    pub is_complete: bool,
}

impl Archive {
    /// Returns the chats, those with the most recent activity first.
    ///
    /// # Errors
    ///
    /// Fails only with the errors of the database.
    pub fn chats(&self) -> Result<Vec<ArchivedChat>, Error> {
        self.read(|connection| {
            let mut coverage = all_coverage(connection)?;
            let sql = "SELECT id, type, title, updated_at, last_message_id,
                    read_updated_at IS NOT NULL OR read_modified_at IS NOT NULL,
                    (SELECT count(*) FROM messages WHERE chat_id = chats.id)
                FROM chats ORDER BY updated_at DESC, id";
            let mut statement = connection.prepare(sql).db()?;
            let rows = statement.query_map([], |row| {
                let id: i64 = row.get(0)?;
                let covered = coverage.remove(&id).unwrap_or_default();
                Ok(ArchivedChat {
                    id: ChatId(id),
                    chat_type: row.get(1)?,
                    title: row.get(2)?,
                    updated_at: row.get(3)?,
                    messages: row.get(6)?,
                    is_complete: uncovered(&covered, row.get(4)?, row.get(5)?).is_empty(),
                })
            });
            rows.db()?.collect::<Result<_, _>>().db()
        })
    }
}
