//! `chats`: lists chats.

use basalam_chat::ChatFilter;
use basalam_chat::chats::Chat;
use serde::Serialize;

use super::list::Gaps;
use crate::arguments::ChatsOptions;
use crate::context::Context;
use crate::failure::Failure;
use crate::message_view::summary;
use crate::view::{faint, strong};

/// The largest page that has been used with the service.
const MAX_PAGE: u32 = 100;

const NAME_COLUMNS: usize = 24;

#[derive(Serialize)]
struct Content<'a> {
    chat: &'a Chat,
}

pub(crate) async fn run(context: &Context<'_>, options: ChatsOptions) -> Result<(), Failure> {
    let mut request = context.client().await?.get_chats();
    if options.unseen {
        request = request.filter(ChatFilter::Unseen);
    }
    let limit = match options.all {
        true => usize::MAX,
        false => options.limit as usize,
    };
    let page = match options.all {
        true => MAX_PAGE,
        false => options.limit.min(MAX_PAGE),
    };
    let mut stream = request.limit(page).read_ahead(options.all).stream();
    let mut gaps = Gaps::default();
    let mut count = 0;
    while count < limit {
        match context.interrupt.or(stream.try_next()).await? {
            Ok(Some(chat)) => print(context, &chat, count == 0)?,
            Ok(None) => break,
            Err(error) => gaps.report(context, error)?,
        }
        count += 1;
    }
    if count == 0 {
        context.output.note("No chats.");
    }
    gaps.finish()
}

fn print(context: &Context<'_>, chat: &Chat, is_first: bool) -> Result<(), Failure> {
    let output = context.output;
    if output.is_json {
        return output.json("chat", Content { chat });
    }
    if is_first && output.is_terminal {
        let header = output.view.line().styled(faint(), |line| {
            line.column("CHAT", 10)
                .own("UNSEEN  ")
                .column("UPDATED", 19)
                .column("TYPE", 7)
                .column("NAME", NAME_COLUMNS)
                .own("LAST MESSAGE")
        });
        output.line(header)?;
    }
    let line = output
        .view
        .line()
        .column(&chat.id.to_string(), 10)
        .number(chat.unseen_message_count, 6)
        .column(chat.updated_at.as_str(), 19)
        .foreign_column(chat.chat_type.as_str(), 7)
        .styled(strong(), |line| {
            line.foreign_column(chat.title().unwrap_or("-"), NAME_COLUMNS)
        });
    let last = chat.last_message.as_ref();
    let last = last.map(|message| summary(message)).unwrap_or_default();
    output.line(line.foreign(&shortened(&last)))
}

/// Returns the start of a message.
fn shortened(text: &str) -> String {
    crate::text::truncate(&crate::text::field(text), 40)
}
