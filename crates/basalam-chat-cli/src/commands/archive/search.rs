//! `search`: finds messages in the archive.

use basalam_chat_archive::{SearchHit, SearchQuery, SearchSort};
use serde::Serialize;

use super::OpenArchive;
use crate::arguments::{SearchOptions, SortBy};
use crate::context::Context;
use crate::failure::Failure;
use crate::prompt::blocking;
use crate::view::{faint, strong};

#[derive(Serialize)]
struct Content<'a> {
    hit: &'a SearchHit,
}

pub(crate) async fn search(context: &Context<'_>, options: SearchOptions) -> Result<(), Failure> {
    let open = OpenArchive::existing(context, options.archive.as_deref()).await?;
    let query = query(&options);
    let archive = open.archive.clone();
    let search = blocking(move || archive.search(&query));
    let results = context.interrupt.or(search).await???;
    for hit in &results.hits {
        print(context, hit)?;
    }
    if results.hits.is_empty() {
        context.output.note("No messages.");
    }
    if results.has_more {
        context
            .output
            .note("There are more; raise --limit, or narrow the search.");
    }
    Ok(())
}

fn query(options: &SearchOptions) -> SearchQuery {
    let mut query = SearchQuery::new(options.query.join(" ")).limit(options.limit as usize);
    query = query.sort(match options.sort {
        SortBy::Newest => SearchSort::Newest,
        SortBy::Oldest => SearchSort::Oldest,
        SortBy::Relevance => SearchSort::Relevance,
    });
    for chat in &options.chat {
        query = query.chat(*chat);
    }
    for user in &options.sender {
        query = query.sender(*user);
    }
    for message_type in &options.r#type {
        query = query.message_type(message_type.clone());
    }
    if let Some(time) = &options.since {
        query = query.since(time.as_str());
    }
    if let Some(time) = &options.until {
        query = query.until(time.as_str());
    }
    query
}

fn print(context: &Context<'_>, hit: &SearchHit) -> Result<(), Failure> {
    let output = context.output;
    if output.is_json {
        return output.json("search_hit", Content { hit });
    }
    let line = output.view.line().styled(faint(), |line| {
        let line = line.column(&hit.sent_at, 19);
        line.own(&format!("chat {}  {}  ", hit.chat, hit.message))
    });
    let mut line = line.styled(strong(), |line| match (&hit.sender_name, hit.sender) {
        (Some(name), _) if !name.is_empty() => line.foreign(name),
        (_, Some(id)) => line.own(&format!("user {id}")),
        _ => line.own("unknown sender"),
    });
    if let Some(title) = hit
        .chat_title
        .as_deref()
        .filter(|title| Some(*title) != hit.sender_name.as_deref())
    {
        line = line.own("  in ").foreign(title);
    }
    if hit.deleted {
        line = line.own("  (deleted)");
    }
    output.line(line)?;
    let snippet = &hit.snippet;
    let mut line = output.view.line().own("    ");
    if snippet.cut_before {
        line = line.own("… ");
    }
    line = match snippet.text.is_empty() {
        true => line.own("[").foreign(&hit.message_type).own("]"),
        false => line.foreign_with_matches(&snippet.text, &snippet.matches),
    };
    if snippet.cut_after {
        line = line.own(" …");
    }
    output.line(line)
}
