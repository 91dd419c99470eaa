//! An archive of all chats.

// ANCHOR: program
use std::path::Path;

use basalam_chat::Client;
use basalam_chat_archive::{Archive, SearchQuery};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Copies what is new into `shop.db` of a directory, searches it, and writes web pages. Returns the texts that were
/// found.
pub async fn archive(client: &Client, directory: &Path, words: &str) -> Result<Vec<String>, Error> {
    let archive = Archive::open(directory.join("shop.db"))?;
    let report = archive.sync(client).await?;
    println!("{} new messages", report.messages_added);
    let hits = archive.search(&SearchQuery::new(words))?.hits;
    archive.export().html(directory.join("pages"))?;
    Ok(hits.into_iter().map(|hit| hit.snippet.text).collect())
}
// ANCHOR_END: program
