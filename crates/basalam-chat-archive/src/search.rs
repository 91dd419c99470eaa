//! Full-text search.

mod expression;
mod query;
mod snippet;

use std::collections::HashSet;
use std::ops::Range;

use basalam_chat::{ChatId, MessageId, UserId};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use serde::Serialize;

use crate::archive::Archive;
use crate::error::{DatabaseResult, Error};
use expression::Expression;
pub use query::{SearchQuery, SearchSort};
use snippet::Matcher;

/// The hits of a search.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SearchResults {
    /// The hits, in the requested order.
    pub hits: Vec<SearchHit>,
    /// The number of all hits, if it was [requested](SearchQuery::count_total).
    pub total: Option<u64>,
    /// There are more hits after these.
    pub has_more: bool,
}

/// A message that was found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SearchHit {
    /// Its chat.
    pub chat: ChatId,
    /// The title of the chat.
    pub chat_title: Option<String>,
    /// Its id.
    pub message: MessageId,
    /// Its type, such as `text`.
    pub message_type: String,
    /// The sender.
    pub sender: Option<UserId>,
    /// The name of the sender.
    pub sender_name: Option<String>,
    /// When it was sent, as the service writes times.
    pub sent_at: String,
    /// The part of its text in which the search found something.
    pub snippet: Snippet,
    /// The message was deleted on the service.
    pub deleted: bool,
}

/// A part of the original text of a message.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Snippet {
    /// The text, which can contain anything that its sender wrote: escape it for terminals and HTML.
    pub text: String,
    /// The byte ranges of the words that were found, in ascending order.
    pub matches: Vec<Range<usize>>,
    /// There is more text before it.
    pub cut_before: bool,
    /// There is more text after it.
    pub cut_after: bool,
}

impl Archive {
    /// Searches the messages, including those that were deleted on the service.
    ///
    /// # Errors
    ///
    /// Fails only with the errors of the database: every text is a valid query.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::ChatId;
    /// use basalam_chat_archive::{Archive, SearchQuery};
    ///
    /// # fn run(archive: Archive) -> Result<(), basalam_chat_archive::Error> {
    /// let query = SearchQuery::new("\"هزینه ارسال\" -رایگان").chat(ChatId(183_583_802)).since("2026-07");
    /// for hit in archive.search(&query)?.hits {
    ///     println!("{} {}: {}", hit.sent_at, hit.message, hit.snippet.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn search(&self, query: &SearchQuery) -> Result<SearchResults, Error> {
        let expression = Expression::new(query);
        let matcher = Matcher::new(&expression);
        self.read(|connection| {
            let total = match query.count_total {
                true => Some(count(connection, query, &expression)?),
                false => None,
            };
            let mut hits = hits(connection, query, &expression, &matcher)?;
            let has_more = hits.len() > query.limit;
            hits.truncate(query.limit);
            Ok(SearchResults {
                hits,
                total,
                has_more,
            })
        })
    }
}

/// The part of a statement after `SELECT … FROM`, and its values.
struct Source {
    sql: String,
    values: Vec<Value>,
}

impl Source {
    fn new(query: &SearchQuery, expression: &Expression) -> Source {
        let mut values = Vec::new();
        let mut conditions = Vec::new();
        // The index drives the query, so that its order is that of the hits.
        let mut sql = match expression.positive() {
            Some(positive) => {
                values.push(Value::from(positive));
                conditions.push("search MATCH ?".to_owned());
                "search CROSS JOIN messages m ON m.row = search.rowid".to_owned()
            }
            None => "messages m".to_owned(),
        };
        if let (None, Some(excluded)) = (expression.positive(), expression.excluded()) {
            let condition = "m.row NOT IN (SELECT rowid FROM search WHERE search MATCH ?)";
            conditions.push(condition.to_owned());
            values.push(Value::from(excluded));
        }
        for (condition, time) in [
            ("m.sent_at >= ?", &query.since),
            ("m.sent_at < ?", &query.until),
        ] {
            if let Some(time) = time {
                conditions.push(condition.to_owned());
                values.push(Value::from(time.as_str().to_owned()));
            }
        }
        if !conditions.is_empty() {
            sql.push_str(" WHERE ");
            sql.push_str(&conditions.join(" AND "));
        }
        Source { sql, values }
    }
}

fn count(
    connection: &Connection,
    query: &SearchQuery,
    expression: &Expression,
) -> Result<u64, Error> {
    let Source { sql, values } = Source::new(query, expression);
    let sql = format!("SELECT count(*) FROM {sql}");
    let mut statement = connection.prepare_cached(&sql).db()?;
    statement
        .query_row(params_from_iter(values), |row| row.get(0))
        .db()
}

fn hits(
    connection: &Connection,
    query: &SearchQuery,
    expression: &Expression,
    matcher: &Matcher,
) -> Result<Vec<SearchHit>, Error> {
    let Source { sql, mut values } = Source::new(query, expression);
    let order = order(connection, query.sort, expression.positive().is_some())?;
    let (from, conditions) = sql.split_once(" WHERE ").unwrap_or((&sql, "true"));
    let sql = format!(
        "SELECT m.chat_id, m.id, m.type, m.sender_id, m.sent_at, m.text, m.deleted_at IS NOT NULL, c.title, u.name
        FROM {from} LEFT JOIN chats c ON c.id = m.chat_id LEFT JOIN users u ON u.id = m.sender_id
        WHERE {conditions} ORDER BY {order} LIMIT ? OFFSET ?"
    );
    let limit = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    values.push(Value::from(limit));
    values.push(Value::from(i64::try_from(query.offset).unwrap_or(i64::MAX)));
    let mut statement = connection.prepare_cached(&sql).db()?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        read_hit(connection, row, matcher, query.snippet_length)
    });
    rows.db()?.collect::<Result<_, _>>().db()
}

/// Returns the columns to sort by.
fn order(
    connection: &Connection,
    sort: SearchSort,
    has_index: bool,
) -> Result<&'static str, Error> {
    // Rows are ids, and the order of rows needs no sorting. Other rows are negative.
    let sql = "SELECT EXISTS (SELECT * FROM messages WHERE row < 0)";
    let mut statement = connection.prepare_cached(sql).db()?;
    let has_other_rows: bool = statement.query_row([], |row| row.get(0)).db()?;
    Ok(match (sort, has_index, has_other_rows) {
        (SearchSort::Relevance, true, _) => "search.rank",
        (SearchSort::Oldest, true, false) => "search.rowid",
        (SearchSort::Oldest, false, false) => "m.row",
        (SearchSort::Oldest, _, true) => "m.id, m.chat_id",
        (_, true, false) => "search.rowid DESC",
        (_, false, false) => "m.row DESC",
        (_, _, true) => "m.id DESC, m.chat_id DESC",
    })
}

fn read_hit(
    connection: &Connection,
    row: &Row<'_>,
    matcher: &Matcher,
    length: usize,
) -> rusqlite::Result<SearchHit> {
    let (chat, message): (i64, i64) = (row.get(0)?, row.get(1)?);
    let sender: Option<i64> = row.get(3)?;
    let text: Option<String> = row.get(5)?;
    let mut snippet = matcher.snippet(text.as_deref().unwrap_or_default(), length);
    if snippet.matches.is_empty() {
        // The search also finds names of files.
        let sql =
            "SELECT name FROM files WHERE chat_id = ?1 AND message_id = ?2 AND name IS NOT NULL";
        let mut names = connection.prepare_cached(sql)?;
        let mut names = names.query((chat, message))?;
        while let Some(name) = names.next()? {
            let name = matcher.snippet(name.get_ref(0)?.as_str().unwrap_or_default(), length);
            if !name.matches.is_empty() || snippet.text.is_empty() {
                snippet = name;
            }
        }
    }
    Ok(SearchHit {
        chat: ChatId(chat),
        chat_title: row.get(7)?,
        message: MessageId(message),
        message_type: row.get(2)?,
        sender: sender.map(UserId),
        sender_name: row.get(8)?,
        sent_at: row.get(4)?,
        snippet,
        deleted: row.get(6)?,
    })
}

/// The folded words that a snippet marks.
type Words = HashSet<String>;
