//! Web pages of an archive: one static folder, without anything from the network.

mod directory;
mod escape;
mod files;
mod index;
mod language;
mod pages;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::ExportReport;
use super::rows::Selection;
use crate::archive::read_account;
use crate::error::{DatabaseResult, Error};
use directory::Directory;
use files::FileCopies;
pub use language::Language;

/// The number of messages on a page. Browsers need much memory for long pages.
const MESSAGES_PER_PAGE: u64 = 1000;

/// Where and how to write.
pub(super) struct Site<'a> {
    pub(super) directory: &'a Path,
    /// The directory of the downloaded files.
    pub(super) attachments: PathBuf,
    pub(super) title: Option<String>,
    pub(super) language: Language,
}

/// What all pages share.
struct Context<'a> {
    connection: &'a Connection,
    selection: &'a Selection,
    directory: Directory,
    title: String,
    language: Language,
    /// The user whose messages are on the other side.
    user: Option<i64>,
}

pub(super) fn write(
    connection: &Connection,
    selection: &Selection,
    site: &Site<'_>,
) -> Result<ExportReport, Error> {
    let account = read_account(connection).db()?;
    let strings = site.language.strings();
    let context = Context {
        connection,
        selection,
        directory: Directory::create(site.directory)?,
        title: site
            .title
            .clone()
            .unwrap_or_else(|| strings.archive.to_owned()),
        language: site.language,
        user: account.map(|it| it.user_id.0),
    };
    let mut files = FileCopies::new(&site.attachments, &context.directory);
    let mut report = ExportReport::default();
    let mut chats = Vec::new();
    for chat in selection.chats(connection)? {
        let messages = pages::write_chat(&context, &chat, &mut files)?;
        report.chats += 1;
        report.messages += messages;
        chats.push((chat, messages));
    }
    report.attachments = files.count();
    let shards = index::write(&context, &chats, report.messages)?;
    pages::write_start(&context, chats, shards)?;
    context
        .directory
        .write("style.css", include_str!("html/style.css"))?;
    context
        .directory
        .write("fold.js", include_str!("html/fold.js"))?;
    context
        .directory
        .write("search.js", include_str!("html/search.js"))?;
    Ok(report)
}
