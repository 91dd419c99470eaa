//! `watch`: shows new messages of all chats.

use std::sync::Arc;
use std::time::Duration;

use basalam_chat::chats::Chat;
use basalam_chat::messages::Message;
use basalam_chat::state::{FileState, MemoryState, StateStore};
use basalam_chat::watch::{Delivery, Event, Report, Watch, Watcher};
use basalam_chat::{Client, MessageId};
use serde::Serialize;

use super::list::print_unreadable;
use crate::arguments::WatchOptions;
use crate::context::Context;
use crate::directories::Directories;
use crate::emulated::POLL_INTERVAL;
use crate::failure::Failure;
use crate::message_view::MessageView;
use crate::output::Output;

/// Nothing is in flight when the command ends, so this is never reached.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct Content<'a> {
    chat_id: i64,
    /// 1, or more if the event may have been printed before.
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<&'a Chat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<MessageId>,
}

pub(crate) async fn run(context: &Context<'_>, options: WatchOptions) -> Result<(), Failure> {
    let client = context.client().await?;
    let store = open_store(context, &options).await?;
    let watch = client.watch(store).shutdown_timeout(SHUTDOWN_TIMEOUT);
    let mut watch = watch.own_messages(options.own);
    if let Some(name) = &options.name {
        watch = watch.name(name);
    }
    let start = match (options.after, options.from_the_beginning) {
        (None, false) => newest_message(context, client).await?,
        (after, _) => after,
    };
    // An account without messages starts with its first one, too.
    watch = match start {
        Some(message) => watch.after(message),
        None => watch.from_the_beginning(),
    };
    if let Some(emulated) = &context.emulated {
        emulated.start_customer();
        watch = watch.poll_interval(POLL_INTERVAL);
        watch = watch.idle_interval(POLL_INTERVAL);
    }
    let watcher = start_watcher(context, watch)?;
    let mut follower = Follower {
        context,
        options: &options,
        last: start,
        received: None,
    };
    follower.run(watcher).await
}

/// Returns the newest message of all chats, so that every later one is shown, even if it arrives before the watcher has
/// read anything.
async fn newest_message(
    context: &Context<'_>,
    client: &Client,
) -> Result<Option<MessageId>, Failure> {
    // The most recent activity is listed first.
    let page = context.interrupt.or(client.get_chats().send()).await??;
    let messages = page.iter().filter_map(|chat| chat.last_message.as_ref());
    Ok(messages.map(|message| message.id).max())
}

/// Opens the store of the position. Without a name, nothing is kept.
async fn open_store(
    context: &Context<'_>,
    options: &WatchOptions,
) -> Result<Arc<dyn StateStore>, Failure> {
    if options.name.is_none() || context.emulated.is_some() {
        return Ok(Arc::new(MemoryState::new()));
    }
    let path = Directories::find()?.watch(&context.options.profile);
    Ok(Arc::new(FileState::open(path).await?))
}

/// Starts the watcher. Its reports become notes and warnings, which it must not wait for.
fn start_watcher(context: &Context<'_>, watch: Watch) -> Result<Watcher, Failure> {
    let notes = Output::new(context.options);
    let watch = watch.on_report(move |report| match report {
        Report::Started => notes.note("Watching. Press Ctrl-C to stop."),
        Report::LeaseLost => notes.note("Another process shows the messages now."),
        Report::RequestFailed(error) => notes.warning(&format!("{error} (it is tried again)")),
        Report::StoreFailed(error) => notes.warning(&format!("{error} (it is tried again)")),
        Report::UnreadableMessage(chat) => {
            notes.warning(&format!(
                "a message of chat {chat} has no id that can be read"
            ));
        }
        _ => {}
    });
    Ok(watch.start()?)
}

struct Follower<'a> {
    context: &'a Context<'a>,
    options: &'a WatchOptions,
    /// The newest message that was shown.
    last: Option<MessageId>,
    /// The message that was shown last, if its sender is somebody else.
    received: Option<MessageId>,
}

impl Follower<'_> {
    async fn run(&mut self, mut watcher: Watcher) -> Result<(), Failure> {
        let handle = watcher.handle();
        let mut left = self.options.limit.unwrap_or(u64::MAX);
        let mut ended = Ok(());
        while left > 0 && ended.is_ok() {
            match self.context.interrupt.or(watcher.next()).await {
                Ok(Some(delivery)) => left -= u64::from(self.show(delivery?)?),
                Ok(None) => break,
                Err(interrupted) => ended = Err(interrupted),
            }
        }
        // Stores the position. What was not shown is not acknowledged.
        handle.shutdown();
        while let Some(delivery) = watcher.next().await {
            // A newer message of another chat may have been shown.
            if let Some(message) = delivery?.event().message() {
                self.last = self.last.min(Some(MessageId(message.id.0 - 1)));
            }
        }
        ended.map_err(|interrupted| interrupted.hint_if(self.continuation(left)))
    }

    /// Shows an event, and acknowledges it when it is written. Returns `false` if it is of another chat.
    fn show(&mut self, delivery: Delivery) -> Result<bool, Failure> {
        let chats = &self.options.chat;
        let is_chosen = chats.is_empty() || chats.contains(&delivery.chat_id());
        let is_shown = is_chosen && !self.is_obvious(delivery.event());
        if is_shown {
            match self.context.output.is_json {
                true => self.print_json(&delivery)?,
                false => self.print(&delivery)?,
            }
            self.context.output.flush()?;
        }
        if let Some(message) = delivery.event().message() {
            self.last = self.last.max(Some(message.id));
            let is_received = matches!(delivery.event(), Event::MessageReceived(_));
            self.received = is_received.then_some(message.id);
        }
        delivery.ack();
        Ok(is_shown)
    }

    /// Returns `true` for the event that the sender of the last shown message has seen it, which is not shown to people.
    fn is_obvious(&self, event: &Event) -> bool {
        match event {
            Event::SeenByContact(message) => {
                self.received == Some(*message) && !self.context.output.is_json
            }
            _ => false,
        }
    }

    fn print(&self, delivery: &Delivery) -> Result<(), Failure> {
        let output = self.context.output;
        let view = MessageView {
            output,
            is_full: self.options.full,
            has_chat: true,
        };
        let chat_line = |chat: &Chat, what: &str| {
            let line = output.view.line().column(chat.updated_at.as_str(), 19);
            let line = line.own(&format!("chat {}  ", chat.id));
            output.line(line.foreign(chat.title().unwrap_or("-")).own(what))
        };
        let again = if delivery.is_redelivery() {
            "again"
        } else {
            ""
        };
        match delivery.event() {
            Event::MessageReceived(message) => view.print(message, again),
            Event::MessageSent(message) => view.print(message, "sent"),
            Event::MessageOfUnknownSender(message) => view.print(message, again),
            Event::MessageEdited(message) => view.print(message, "edited"),
            Event::UnreadableMessage(item) => print_unreadable(self.context, item),
            Event::ChatOpened(chat) => chat_line(chat, "  (new chat)"),
            Event::ChatChanged(chat) => chat_line(chat, "  (chat changed)"),
            Event::SeenByContact(message) => {
                let chat = delivery.chat_id();
                let line = format!("chat {chat}  seen by the contact up to {message}");
                output.line(output.view.line().own(&line))
            }
            _ => Ok(()),
        }
    }

    fn print_json(&self, delivery: &Delivery) -> Result<(), Failure> {
        let output = self.context.output;
        let mut content = Content {
            chat_id: delivery.chat_id().0,
            attempt: delivery.attempt(),
            message: delivery.event().message(),
            chat: None,
            message_id: None,
        };
        let name = match delivery.event() {
            Event::MessageReceived(_) => "message_received",
            Event::MessageSent(_) => "message_sent",
            Event::MessageOfUnknownSender(_) => "message_of_unknown_sender",
            Event::MessageEdited(_) => "message_edited",
            Event::UnreadableMessage(item) => return print_unreadable(self.context, item),
            Event::ChatOpened(chat) => {
                content.chat = Some(&**chat);
                "chat_opened"
            }
            Event::ChatChanged(chat) => {
                content.chat = Some(&**chat);
                "chat_changed"
            }
            Event::SeenByContact(message) => {
                content.message_id = Some(*message);
                "seen_by_contact"
            }
            _ => return Ok(()),
        };
        output.json(name, content)
    }

    /// Returns the hint to continue after the last message, with the number of events that are left.
    fn continuation(&self, left: u64) -> Option<String> {
        let after = match (&self.options.name, self.last) {
            (Some(_), _) => None,
            (None, Some(message)) => Some(format!("--after {message}")),
            (None, None) => Some("--from-the-beginning".to_owned()),
        };
        let limit = self.options.limit.map(|_| format!("--limit {left}"));
        let added: Vec<String> = after.into_iter().chain(limit).collect();
        let without = ["after", "from_the_beginning", "limit"];
        let what = "To go on after the last message";
        self.context.again(what, &without, &added.join(" "))
    }
}
