//! The search index of the pages: scripts that are loaded on demand, since pages on a disk can load nothing else.
//!
//! Messages are numbered by id. `search/d{n}.js` describes 500 of them, and `search/t{n}.js` lists the messages of each
//! word whose first two characters have the hash `n`. The words of a shard are collected in a file first, so that the
//! index of any archive can be written with little memory.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use super::super::rows::Chat;
use super::{Context, MESSAGES_PER_PAGE};
use crate::error::{DatabaseResult, Error};
use crate::file::open_private;
use crate::fold::Tokens;

/// The number of messages in a script.
const MESSAGES_PER_SCRIPT: u64 = 500;

/// The number of characters of a message in the list of results.
const EXCERPT: usize = 160;

/// The maximum number of shards, each of which is an open file while the index is written.
const MAX_SHARDS: u64 = 256;

/// Writes the index of `count` messages, and returns the number of shards.
pub(super) fn write(
    context: &Context<'_>,
    chats: &[(Chat, u64)],
    count: u64,
) -> Result<u32, Error> {
    let shards = (count / 400).next_power_of_two().clamp(16, MAX_SHARDS) as u32;
    let mut spools = Vec::new();
    for shard in 0..shards {
        spools.push(Spool::create(
            context.directory.path(&format!("search/t{shard}.tmp")),
        )?);
    }
    let mut positions: HashMap<i64, (usize, u64)> = HashMap::new();
    for (index, (chat, _)) in chats.iter().enumerate() {
        positions.insert(chat.id, (index, 0));
    }
    let mut messages = Messages::new(context);
    for_each_message(context, |chat, id, text, sent_at, sender| {
        let Some((index, position)) = positions.get_mut(&chat) else {
            return Ok(());
        };
        let page = *position / MESSAGES_PER_PAGE + 1;
        *position += 1;
        let number = messages.count;
        let mut words = words(text);
        words.sort_unstable();
        words.dedup();
        for word in words {
            let spool = &mut spools[shard_of(&word, shards) as usize];
            spool.write(&word, number)?;
        }
        let excerpt: String = text.chars().take(EXCERPT).collect();
        messages.add(&(*index, page, id, sent_at, sender, excerpt))
    })?;
    messages.finish()?;
    for (shard, spool) in spools.into_iter().enumerate() {
        write_shard(context, shard, spool)?;
    }
    let chats: Vec<_> = chats
        .iter()
        .map(|(chat, _)| (chat.id, &chat.title))
        .collect();
    let chats = json(&chats)?;
    context
        .directory
        .write("search/chats.js", &format!("archive.chats={chats};\n"))?;
    Ok(shards)
}

/// Calls a function with the chat, id, text, time and sender of each selected message, by id.
fn for_each_message(
    context: &Context<'_>,
    mut visit: impl FnMut(i64, i64, &str, &str, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    // Rows are ids, and in their order, unless two chats have a message with the same id.
    let has_other_rows = "SELECT EXISTS (SELECT * FROM messages WHERE row < 0)";
    let has_other_rows = context
        .connection
        .query_row(has_other_rows, [], |row| row.get(0));
    let order = match has_other_rows.db()? {
        true => "m.id",
        false => "m.row",
    };
    let sql = format!(
        "SELECT m.chat_id, m.id, coalesce(m.text, ''), m.sent_at, coalesce(u.name, '')
        FROM messages m LEFT JOIN users u ON u.id = m.sender_id
        WHERE m.sent_at >= ?1 AND (?2 IS NULL OR m.sent_at < ?2) ORDER BY {order}"
    );
    let mut statement = context.connection.prepare_cached(&sql).db()?;
    let since = context.selection.since.as_deref().unwrap_or_default();
    let mut rows = statement.query((since, &context.selection.until)).db()?;
    while let Some(row) = rows.next().db()? {
        let text = |index| {
            row.get_ref(index)
                .db()
                .map(|it| it.as_str().unwrap_or_default())
        };
        visit(
            row.get(0).db()?,
            row.get(1).db()?,
            text(2)?,
            text(3)?,
            text(4)?,
        )?;
    }
    Ok(())
}

/// Returns the words of a text in both forms.
fn words(text: &str) -> Vec<String> {
    let tokens = Tokens::of(text);
    let mut words: Vec<String> = tokens.words().map(|(word, _)| word.to_owned()).collect();
    tokens.for_each_joined(|word, _| words.push(word.to_owned()));
    words
}

/// Returns the shard of a word, as `search.js` does: words with the same first two characters are in the same one.
fn shard_of(word: &str, shards: u32) -> u32 {
    let start = word.chars().take(2).collect::<String>();
    let hash = start.encode_utf16().fold(0_u32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    });
    hash % shards
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    let json = serde_json::to_string(value);
    json.map_err(|error| {
        Error::new(
            crate::ErrorKind::Io,
            format!("the index cannot be written: {error}"),
        )
    })
}

/// The scripts that describe messages.
struct Messages<'a> {
    context: &'a Context<'a>,
    script: String,
    count: u64,
}

impl<'a> Messages<'a> {
    fn new(context: &'a Context<'_>) -> Messages<'a> {
        Messages {
            context,
            script: String::new(),
            count: 0,
        }
    }

    fn add(&mut self, message: &impl serde::Serialize) -> Result<(), Error> {
        self.script
            .push_str(if self.script.is_empty() { "" } else { ",\n" });
        self.script.push_str(&json(message)?);
        self.count += 1;
        match self.count % MESSAGES_PER_SCRIPT {
            0 => self.write(),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<(), Error> {
        match self.script.is_empty() {
            true => Ok(()),
            false => self.write(),
        }
    }

    fn write(&mut self) -> Result<(), Error> {
        let number = (self.count - 1) / MESSAGES_PER_SCRIPT;
        let script = format!("archive.messages({number},[{}]);\n", self.script);
        self.script.clear();
        self.context
            .directory
            .write(&format!("search/d{number}.js"), &script)
    }
}

/// The words of a shard, with the numbers of messages, in the order of messages.
struct Spool {
    path: PathBuf,
    writer: BufWriter<File>,
}

impl Spool {
    fn create(path: PathBuf) -> Result<Spool, Error> {
        let file = open_private(&path).map_err(|error| Error::io("create", &path, error))?;
        Ok(Spool {
            writer: BufWriter::with_capacity(4096, file),
            path,
        })
    }

    fn write(&mut self, word: &str, number: u64) -> Result<(), Error> {
        let written = writeln!(self.writer, "{word} {number}");
        written.map_err(|error| Error::io("write", &self.path, error))
    }
}

/// Writes the script of a shard. Each number is the difference from the one before it.
fn write_shard(context: &Context<'_>, shard: usize, mut spool: Spool) -> Result<(), Error> {
    let path = spool.path.clone();
    let failed = |error| Error::io("read", &path, error);
    spool.writer.flush().map_err(failed)?;
    let mut words: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for line in BufReader::new(File::open(&path).map_err(failed)?).lines() {
        let line = line.map_err(failed)?;
        let Some((word, number)) = line.split_once(' ') else {
            continue;
        };
        let number: u64 = number.parse().unwrap_or_default();
        match words.get_mut(word) {
            Some((last, numbers)) => {
                numbers.push_str(&format!(",{}", number - *last));
                *last = number;
            }
            None => _ = words.insert(word.to_owned(), (number, number.to_string())),
        }
    }
    let mut output = context.directory.file(&format!("search/t{shard}.js"))?;
    output.write(format_args!("archive.words({shard},[\n"))?;
    for (word, (_, numbers)) in &words {
        output.write(format_args!("[{},[{numbers}]],\n", json(word)?))?;
    }
    output.write_str("]);\n")?;
    output.finish()?;
    fs::remove_file(&path).map_err(failed)
}
