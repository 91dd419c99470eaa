//! Writing and searching, compared with bare statements.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use basalam_chat::ChatId;
use basalam_chat_archive::{Archive, SearchQuery, fold};
use basalam_chat_bench::median;
use rusqlite::{Connection, params};

use super::Limit;
use super::generate::export;

const ROUNDS: usize = 3;

/// The rows that the bare inserts write in one transaction.
pub(crate) const BATCH: usize = 2_000;

pub(crate) fn write() -> anyhow::Result<Vec<Limit>> {
    const MESSAGES: u64 = 100_000;
    let directory = tempfile::tempdir()?;
    let mut ratios = Vec::new();
    println!("messages per second: bare inserts, import");
    for round in 0..ROUNDS {
        let path = directory.path().join(format!("{round}.db"));
        let archive = Archive::open(&path)?;
        let started_at = Instant::now();
        let report = archive.import_json_lines(export(20, MESSAGES))?;
        let imported = MESSAGES as f64 / started_at.elapsed().as_secs_f64();
        ensure!(report.messages_added == MESSAGES, "messages are missing");
        let copy = directory.path().join(format!("{round}-bare.db"));
        drop(Archive::open(&copy)?);
        let bare = MESSAGES as f64 / bare_inserts(&path, &copy)?;
        println!("{bare:>9.0} {imported:>9.0}");
        ratios.push(imported / bare);
    }
    let ratio = median(ratios).context("no rounds")?;
    Ok(vec![Limit::at_least(
        "writing with the index / bare inserts",
        ratio,
        0.7,
    )])
}

pub(crate) type Row = (
    i64,
    i64,
    String,
    i64,
    String,
    String,
    String,
    String,
    String,
);

/// Inserts the rows of an archive into an empty one, and returns the seconds. The texts are folded before.
fn bare_inserts(from: &Path, to: &Path) -> anyhow::Result<f64> {
    let from = Connection::open(from)?;
    let sql = "SELECT chat_id, id, type, sender_id, sent_at, updated_at, text, json FROM messages ORDER BY id";
    let mut statement = from.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let text: String = row.get(6)?;
        let index = index_entry(&text);
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            text,
            row.get(7)?,
            index,
        ))
    })?;
    let rows: Vec<Row> = rows.collect::<Result<_, _>>()?;
    let to = Connection::open(to)?;
    to.pragma_update(None, "synchronous", "NORMAL")?;
    let started_at = Instant::now();
    for batch in rows.chunks(BATCH) {
        insert(&to, batch)?;
    }
    Ok(started_at.elapsed().as_secs_f64())
}

/// Folds a text.
pub(crate) fn index_entry(text: &str) -> String {
    let folded = fold(text);
    let joined = if folded.joined == folded.body {
        ""
    } else {
        &folded.joined
    };
    format!("{}\n{joined}", folded.body)
}

/// Inserts rows in one transaction.
pub(crate) fn insert(to: &Connection, rows: &[Row]) -> anyhow::Result<()> {
    let insert =
        "INSERT INTO messages (row, chat_id, id, type, sender_id, sent_at, updated_at, text, json)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let index = "INSERT INTO search (rowid, body, joined, meta) VALUES (?1, ?2, ?3, ?4)";
    let transaction = to.unchecked_transaction()?;
    let (mut insert, mut index) = (to.prepare_cached(insert)?, to.prepare_cached(index)?);
    for (chat, id, kind, sender, sent_at, updated_at, text, json, folded) in rows {
        insert.execute(params![
            id, chat, id, kind, sender, sent_at, updated_at, text, json
        ])?;
        let (body, joined) = folded.split_once('\n').unwrap_or_default();
        let meta = format!("chat{chat} typetext from{sender}");
        index.execute(params![id, body, joined, meta])?;
    }
    transaction.commit()?;
    Ok(())
}

pub(crate) fn search() -> anyhow::Result<Vec<Limit>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("a.db");
    let archive = Archive::open(&path)?;
    archive.import_json_lines(export(200, 1_000_000))?;
    let bare = Connection::open(&path)?;
    let word = |word: &str| format!("{{body joined}} : \"{word}\"");
    let queries = [
        ("rare word", SearchQuery::new("کد77"), word("کد77")),
        ("frequent word", SearchQuery::new("ارسال"), word("ارسال")),
        (
            "two words",
            SearchQuery::new("ارسال تهران"),
            format!("{} AND {}", word("ارسال"), word("تهران")),
        ),
        (
            "phrase",
            SearchQuery::new("\"ارسال رایگان\""),
            word("ارسال رایگان"),
        ),
        (
            "word in a chat",
            SearchQuery::new("ارسال").chat(ChatId(7)),
            format!("{} AND meta : \"chat7\"", word("ارسال")),
        ),
    ];
    println!("milliseconds: bare statement, search");
    let (mut all_bare, mut all_searched, mut hits_cost) = (0.0, 0.0, 0.0_f64);
    let kinds = [false, true].into_iter();
    let runs = kinds.flat_map(|count| queries.iter().map(move |query| (count, query)));
    for (count, (name, query, expression)) in runs {
        let query = query.clone().count_total(count);
        let (mut bare_times, mut times) = (Vec::new(), Vec::new());
        for _ in 0..21 {
            let started_at = Instant::now();
            let rows = bare_search(&bare, expression)?;
            if count {
                bare_count(&bare, expression)?;
            }
            bare_times.push(started_at.elapsed().as_secs_f64() * 1000.0);
            let started_at = Instant::now();
            let hits = archive.search(&query)?.hits;
            times.push(started_at.elapsed().as_secs_f64() * 1000.0);
            ensure!(
                rows == hits.len() && rows > 0,
                "{name}: {rows} rows, {} hits",
                hits.len()
            );
        }
        let (bare, searched) = (
            median(bare_times).context("no rounds")?,
            median(times).context("no rounds")?,
        );
        let kind = if count { ", counted" } else { "" };
        println!("{bare:>8.2} {searched:>8.2}  {name}{kind}");
        all_bare += bare;
        all_searched += searched;
        if !count {
            hits_cost = hits_cost.max(searched - bare);
        }
    }
    Ok(vec![
        Limit::at_most(
            "search of 1,000,000 messages / bare statement",
            all_searched / all_bare,
            1.2,
        ),
        // Folding the texts of 50 hits to find what a snippet marks.
        Limit::at_most("milliseconds for the snippets of 50 hits", hits_cost, 2.0),
    ])
}

/// Counts all hits.
fn bare_count(connection: &Connection, expression: &str) -> anyhow::Result<i64> {
    let sql = "SELECT count(*) FROM search CROSS JOIN messages m ON m.row = search.rowid WHERE search MATCH ?1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([expression], |row| row.get(0))?)
}

/// Reads what a hit consists of with one statement.
fn bare_search(connection: &Connection, expression: &str) -> anyhow::Result<usize> {
    let sql = "SELECT m.chat_id, m.id, m.type, m.sender_id, m.sent_at, m.text, m.deleted_at, c.title, u.name
        FROM search CROSS JOIN messages m ON m.row = search.rowid
        LEFT JOIN chats c ON c.id = m.chat_id LEFT JOIN users u ON u.id = m.sender_id
        WHERE search MATCH ?1 ORDER BY search.rowid DESC LIMIT 50";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([expression], |row| row.get::<_, Option<String>>(5))?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?.len())
}
