//! A bot that answers each message of other users once.
//!
//! `cargo run --example answering_bot` starts a local emulator of the service, sends messages as a customer,
//! and ends when all of them are answered. With `BASALAM_TOKEN` set, the bot answers on the real service
//! until it is stopped.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::time::Duration;

use basalam_chat::messages::{Delivery, Follower, Message, MessageKind};
use basalam_chat::{ChatFilter, ChatId, Client, Error, MessageId, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;

/// The interval between polls when there are no new messages.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if let Ok(token) = std::env::var("BASALAM_TOKEN") {
        let mut bot = Bot::new(Client::new(PersonalToken::new(token))?);
        loop {
            match bot.answer_all().await {
                Ok(0) => tokio::time::sleep(POLL_INTERVAL).await,
                Ok(_) => {}
                // Unanswered messages are still unseen, so the next poll returns them again.
                Err(error) => {
                    println!("  {error}");
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
            }
        }
    }
    run_on_emulator().await
}

struct Bot {
    client: Client,
    /// One follower per chat. To resume after a restart, a bot has to store `Follower::last` of each.
    followers: HashMap<ChatId, Follower>,
}

impl Bot {
    fn new(client: Client) -> Bot {
        Bot {
            client,
            followers: HashMap::new(),
        }
    }

    /// Answers the new messages in all chats with unseen messages, and returns the number of answers.
    async fn answer_all(&mut self) -> Result<usize, Error> {
        let mut answered = 0;
        let mut unseen = self.client.get_chats().filter(ChatFilter::Unseen).stream();
        while let Some(chat) = unseen.try_next().await? {
            // A chat that is new to the bot is followed from its last seen message.
            let seen = chat.last_seen_id.unwrap_or(MessageId(0));
            let client = self.client.clone();
            let follower = self
                .followers
                .entry(chat.id)
                .or_insert_with(|| client.follow(chat.id).after(seen));
            let mut handled = follower.last();
            for message in follower.new_messages().await? {
                match reply(&client, chat.id, &message).await {
                    Ok(None) => {}
                    Ok(Some(answer)) => {
                        println!("  answered {}: {answer}", message.id);
                        answered += 1;
                    }
                    Err(error) => {
                        // Resume after the last handled message.
                        let follower = client.follow(chat.id).after(handled.unwrap_or(seen));
                        self.followers.insert(chat.id, follower);
                        return Err(error);
                    }
                }
                handled = Some(message.id);
            }
        }
        Ok(answered)
    }
}

/// Answers a message of another user once.
async fn reply(client: &Client, chat: ChatId, message: &Message) -> Result<Option<String>, Error> {
    if client.is_mine(message).await? {
        return Ok(None);
    }
    let answer = answer(message);
    let request = client.create_message(chat, answer.as_str());
    let Err(error) = request.reply_to(message.id).random_idempotency_key().await else {
        return Ok(Some(answer));
    };
    // If the response was lost, check whether the answer was delivered before sending it again.
    let Some(unconfirmed) = error.unconfirmed_message() else {
        return Err(error);
    };
    match client.find_sent_message(unconfirmed).await? {
        Delivery::NotFound => Err(error),
        // A missing answer is better than a duplicated one.
        _ => Ok(Some(answer)),
    }
}

fn answer(message: &Message) -> String {
    match message.kind() {
        MessageKind::Text(text) if text.contains('?') => {
            "Good question! A person will answer.".into()
        }
        MessageKind::Text(_) => "Thank you for your message.".into(),
        MessageKind::Product(product) => format!("Product {product} is in stock."),
        _ => format!("Thank you for the {}.", message.message_type),
    }
}

/// Sends messages as a customer, and runs the bot.
async fn run_on_emulator() -> anyhow::Result<()> {
    let emulator = Emulator::start().await?;
    let client_of = |token: &str| {
        Client::builder(PersonalToken::new(token))
            .base_url(emulator.base_url())
            .build()
    };
    let mut bot = Bot::new(client_of(emulator.seller().token())?);
    let customer = client_of(emulator.customer().token())?;
    println!("Answering on an emulator at {}.", bot.client.base_url());
    let chat = customer.create_chat(UserId(emulator.seller().id)).await?.id;
    customer.create_message(chat, "سلام").await?;
    customer.create_message(chat, "Is it in stock?").await?;
    while bot.answer_all().await? > 0 {}
    customer.create_message(chat, "Thanks!").await?;
    while bot.answer_all().await? > 0 {}

    println!("\nThe conversation:");
    for message in customer
        .get_messages(chat)
        .order(basalam_chat::SortOrder::Asc)
        .await?
    {
        let who = message
            .sender
            .as_ref()
            .and_then(|sender| sender.name.as_deref());
        let text = message.content.text.as_deref().unwrap_or_default();
        println!("  {}: {text}", who.unwrap_or("unknown"));
    }
    Ok(())
}
