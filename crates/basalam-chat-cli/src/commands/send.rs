//! `send`: sends a message, once.

mod message;
mod once;

use basalam_chat::messages::Message;
use basalam_chat::random::{RandomSource, SystemRandom};
use serde::Serialize;

use crate::arguments::SendOptions;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::prompt;
use once::{Sending, Sent};

#[derive(Serialize)]
struct Content<'a> {
    idempotency_key: &'a str,
    /// The chat had the message before this call.
    already_sent: bool,
    message: &'a Message,
}

pub(crate) async fn run(context: &Context<'_>, options: SendOptions) -> Result<(), Failure> {
    let client = context.client().await?;
    let text = message::read_text(&options).await?;
    message::check(&options, text.as_deref())?;
    let question = format!(
        "Send {} to chat {}?",
        message::description(&options, text.as_deref()),
        options.chat
    );
    prompt::confirm(context, &question).await?;
    let is_repeatable = options.idempotency_key.is_some();
    let key = options.idempotency_key.clone().unwrap_or_else(random_hex);
    let sending = Sending {
        context,
        client,
        options: &options,
        key: &key,
    };
    if is_repeatable && let Some(message) = sending.find().await? {
        return print(context, &key, &message, true);
    }
    let message = message::build(context, &options, text).await?;
    match sending.send(message).await? {
        Sent::Confirmed(message) => print(context, &key, &message, false),
        Sent::Missing => Err(Failure::new(
            Kind::TryLater,
            "the response was lost, and the chat does not have the message so far",
        )
        .hint(sending.repetition())),
        Sent::Unknown => Err(Failure::failed(
            "the response was lost, and it is unknown whether the chat has the message",
        )
        .hint(sending.repetition())),
    }
}

fn print(
    context: &Context<'_>,
    key: &str,
    message: &Message,
    already_sent: bool,
) -> Result<(), Failure> {
    let output = context.output;
    if output.is_json {
        let content = Content {
            idempotency_key: key,
            already_sent,
            message,
        };
        return output.json("sent_message", content);
    }
    let what = if already_sent { "Already sent" } else { "Sent" };
    let line = format!("{what}: message {} in chat {}", message.id, message.chat_id);
    output.line(output.view.line().own(&line))
}

/// Returns 32 random hexadecimal digits.
pub(super) fn random_hex() -> String {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
