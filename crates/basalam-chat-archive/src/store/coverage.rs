//! The ranges of ids that were read.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::error::{DatabaseResult, Error};
use crate::range::{IdSet, Ids};

/// Adds a range to those of a chat, and merges it with the ones that it overlaps or touches.
pub(crate) fn add_coverage(connection: &Connection, chat: i64, range: Ids) -> Result<(), Error> {
    let select = "SELECT low, high FROM coverage
        WHERE chat_id = ?1 AND low <= ?3 + 1 AND high >= ?2 - 1 ORDER BY low";
    let mut select = connection.prepare_cached(select).db()?;
    let touching = select.query_map((chat, range.low, range.high), |row| {
        Ok(Ids {
            low: row.get(0)?,
            high: row.get(1)?,
        })
    });
    let touching: Vec<Ids> = touching.db()?.collect::<Result<_, _>>().db()?;
    if let [covered] = touching[..]
        && covered.low <= range.low
        && range.high <= covered.high
    {
        return Ok(());
    }
    let mut merged = range;
    let mut delete = connection
        .prepare_cached("DELETE FROM coverage WHERE chat_id = ?1 AND low = ?2")
        .db()?;
    for covered in touching {
        delete.execute((chat, covered.low)).db()?;
        merged = Ids {
            low: merged.low.min(covered.low),
            high: merged.high.max(covered.high),
        };
    }
    let insert = "INSERT INTO coverage (chat_id, low, high) VALUES (?1, ?2, ?3)";
    let mut insert = connection.prepare_cached(insert).db()?;
    insert.execute((chat, merged.low, merged.high)).db()?;
    Ok(())
}

/// Returns the ranges of a chat.
pub(crate) fn coverage_of(connection: &Connection, chat: i64) -> Result<IdSet, Error> {
    let sql = "SELECT low, high FROM coverage WHERE chat_id = ?1 ORDER BY low";
    let mut statement = connection.prepare_cached(sql).db()?;
    let rows = statement.query_map([chat], |row| {
        Ok(Ids {
            low: row.get(0)?,
            high: row.get(1)?,
        })
    });
    rows.db()?.collect::<Result<_, _>>().db()
}

/// Returns the ranges of all chats.
pub(crate) fn all_coverage(connection: &Connection) -> Result<HashMap<i64, IdSet>, Error> {
    let mut statement = connection
        .prepare("SELECT chat_id, low, high FROM coverage")
        .db()?;
    let rows = statement.query_map([], |row| {
        Ok((
            row.get(0)?,
            Ids {
                low: row.get(1)?,
                high: row.get(2)?,
            },
        ))
    });
    let mut coverage: HashMap<i64, IdSet> = HashMap::new();
    for row in rows.db()? {
        let (chat, range): (i64, Ids) = row.db()?;
        coverage.entry(chat).or_default().insert(range);
    }
    Ok(coverage)
}
