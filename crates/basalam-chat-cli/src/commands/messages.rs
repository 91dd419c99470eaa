//! `messages`: shows messages of a chat.

use basalam_chat::messages::{GetMessages, Message};
use basalam_chat::{MessageId, SortOrder};
use serde::Serialize;

use super::list::Gaps;
use crate::arguments::MessagesOptions;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::message_view::MessageView;

/// The largest page that has been used with the service is 200.
const MAX_PAGE: u32 = 100;

#[derive(Serialize)]
pub(super) struct Content<'a> {
    pub(super) message: &'a Message,
}

pub(crate) async fn run(context: &Context<'_>, options: MessagesOptions) -> Result<(), Failure> {
    let mut request = context.client().await?.get_messages(options.chat);
    if let Some(message) = options.before {
        request = request.before(message);
    }
    if let Some(message) = options.after {
        request = request.after(message);
    }
    let list = MessageList {
        context,
        options: &options,
        gaps: Gaps::default(),
    };
    match options.all || options.after.is_some() {
        true => list.stream_oldest_first(request).await,
        false => list.print_newest(request).await,
    }
}

struct MessageList<'a> {
    context: &'a Context<'a>,
    options: &'a MessagesOptions,
    gaps: Gaps,
}

impl MessageList<'_> {
    /// Reads backwards from the newest message, and prints the messages in their order.
    async fn print_newest(mut self, request: GetMessages) -> Result<(), Failure> {
        let limit = self.options.limit;
        let request = request.limit(limit.min(MAX_PAGE)).read_ahead(false);
        let mut stream = request.stream();
        let mut messages = Vec::new();
        for _ in 0..limit {
            match self.context.interrupt.or(stream.try_next()).await? {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) => self.gaps.report(self.context, error)?,
            }
        }
        if messages.is_empty() {
            self.context.output.note("No messages.");
        }
        messages.reverse();
        for message in &messages {
            self.print(message)?;
        }
        self.gaps.finish()
    }

    /// Prints messages as they are read. If it is interrupted, a later call can go on.
    async fn stream_oldest_first(mut self, request: GetMessages) -> Result<(), Failure> {
        let (limit, page) = match self.options.all {
            true => (u32::MAX, MAX_PAGE),
            false => (self.options.limit, self.options.limit.min(MAX_PAGE)),
        };
        let request = request.order(SortOrder::Asc).limit(page);
        let mut stream = request.read_ahead(self.options.all).stream();
        let mut last = self.options.after;
        let mut count = 0;
        while count < limit {
            match self.context.interrupt.or(stream.try_next()).await {
                Ok(Ok(Some(message))) => {
                    self.print(&message)?;
                    last = Some(message.id);
                }
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    let reported = self.gaps.report(self.context, error);
                    reported.map_err(|failure| self.resumable(failure, last, limit - count))?;
                }
                Err(interrupted) => return Err(self.resumable(interrupted, last, limit - count)),
            }
            count += 1;
            // The next page may take long.
            if count % page == 0 {
                self.context.output.flush()?;
            }
        }
        if count == 0 {
            self.context.output.note("No messages.");
        }
        self.gaps.finish()
    }

    /// Adds the command that goes on after the last message that was printed, with as many as are left.
    fn resumable(&self, failure: Failure, last: Option<MessageId>, left: u32) -> Failure {
        let can_resume = matches!(failure.kind, Kind::Interrupted | Kind::TryLater);
        // A second bound is not possible.
        let (Some(last), true, None) = (last, can_resume, self.options.before) else {
            return failure;
        };
        let mut added = format!("--after {last}");
        if !self.options.all {
            added = format!("--limit {left} {added}");
        }
        let hint = self.context.again("To go on", &["after", "limit"], &added);
        failure.hint_if(hint)
    }

    fn print(&self, message: &Message) -> Result<(), Failure> {
        let output = self.context.output;
        if output.is_json {
            return output.json("message", Content { message });
        }
        let view = MessageView {
            output,
            is_full: self.options.full,
            has_chat: false,
        };
        view.print(message, "")
    }
}
