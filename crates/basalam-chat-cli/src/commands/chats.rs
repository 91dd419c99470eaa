//! `chats`: lists chats.

use basalam_chat::ChatFilter;
use basalam_chat::chats::Chat;
use serde::Serialize;

use super::list::Gaps;
use crate::arguments::ChatsOptions;
use crate::context::Context;
use crate::failure::Failure;
use crate::message_view::summary;
use crate::text;
use crate::view::{faint, strong};

/// The largest page that has been used with the service.
const MAX_PAGE: u32 = 100;

/// The widths of the last columns.
#[derive(Debug, Eq, PartialEq)]
struct Widths {
    name: usize,
    last_message: usize,
}

impl Widths {
    /// Lets a line fit into a terminal of at least 80 columns.
    fn new(columns: Option<usize>) -> Widths {
        let columns = columns.unwrap_or(usize::MAX);
        let name = if columns < 100 { 16 } else { 24 };
        // The other columns, and the gap after the name.
        let before = 50 + name + 2;
        Widths {
            name,
            last_message: columns.saturating_sub(before).clamp(10, 40),
        }
    }
}

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
    let widths = Widths::new(output.columns);
    if is_first && output.is_terminal {
        let header = output.view.line().styled(faint(), |line| {
            line.column("CHAT", 10)
                .own("UNSEEN  ")
                .column("UPDATED", 19)
                .column("TYPE", 7)
                .column("NAME", widths.name)
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
            line.foreign_column(chat.title().unwrap_or("-"), widths.name)
        });
    let last = chat.last_message.as_ref();
    let last = last.map(|message| summary(message)).unwrap_or_default();
    let last = text::truncate(&text::field(&last), widths.last_message);
    output.line(line.foreign(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_into_the_terminal() {
        let widths = |columns| {
            let widths = Widths::new(columns);
            (widths.name, widths.last_message)
        };
        assert_eq!(widths(None), (24, 40));
        assert_eq!(widths(Some(200)), (24, 40));
        assert_eq!(widths(Some(100)), (24, 24));
        assert_eq!(widths(Some(80)), (16, 12));
        assert_eq!(widths(Some(20)), (16, 10));
    }
}
