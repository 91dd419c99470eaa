//! Answers whoever writes, once, and never itself.
//!
//! `cargo run --example answering_bot` starts a local emulator of the service, plays a customer, and ends
//! when everything is answered. With `BASALAM_TOKEN` set it answers on the real service until it is
//! stopped.

// An example talks to the person who runs it.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::time::Duration;

use basalam_chat::messages::{Delivery, Follower, Message, MessageKind};
use basalam_chat::{ChatFilter, ChatId, Client, Error, MessageId, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;

/// How long the bot rests when nothing is new.
const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if let Ok(token) = std::env::var("BASALAM_TOKEN") {
        let mut bot = Bot::new(Client::new(PersonalToken::new(token))?);
        loop {
            match bot.answer_all().await {
                Ok(0) => tokio::time::sleep(PAUSE).await,
                Ok(_) => {}
                // What was not answered is still unseen, and comes again.
                Err(error) => {
                    println!("  {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
    against_an_emulator().await
}

struct Bot {
    client: Client,
    /// One follower a chat. A bot that is started anew keeps `Follower::last` of each somewhere.
    chats: HashMap<ChatId, Follower>,
}

impl Bot {
    fn new(client: Client) -> Bot {
        Bot {
            client,
            chats: HashMap::new(),
        }
    }

    /// Answers what is new in every chat with unseen messages, and says how much that was.
    async fn answer_all(&mut self) -> Result<usize, Error> {
        let mut answered = 0;
        let mut unseen = self.client.get_chats().filter(ChatFilter::Unseen).stream();
        while let Some(chat) = unseen.try_next().await? {
            // A chat that is new to the bot is followed from the last message that was seen in it.
            let seen = chat.last_seen_id.unwrap_or(MessageId(0));
            let client = self.client.clone();
            let follower = self
                .chats
                .entry(chat.id)
                .or_insert_with(|| client.follow(chat.id).after(seen));
            let mut done = follower.last();
            for message in follower.new_messages().await? {
                match reply(&client, chat.id, &message).await {
                    Ok(None) => {}
                    Ok(Some(answer)) => {
                        println!("  answered {}: {answer}", message.id);
                        answered += 1;
                    }
                    Err(error) => {
                        // Go on behind the last one that was dealt with.
                        let again = client.follow(chat.id).after(done.unwrap_or(seen));
                        self.chats.insert(chat.id, again);
                        return Err(error);
                    }
                }
                done = Some(message.id);
            }
        }
        Ok(answered)
    }
}

/// Answers a message that is somebody else's, once.
async fn reply(client: &Client, chat: ChatId, message: &Message) -> Result<Option<String>, Error> {
    if client.is_mine(message).await? {
        return Ok(None);
    }
    let answer = answer(message);
    let request = client.create_message(chat, answer.as_str());
    let Err(error) = request.reply_to(message.id).random_idempotency_key().await else {
        return Ok(Some(answer));
    };
    // Where the answer of the service is lost, look before sending again.
    let Some(unconfirmed) = error.unconfirmed_message() else {
        return Err(error);
    };
    match client.find_sent_message(unconfirmed).await? {
        Delivery::NotFound => Err(error),
        // Rather one answer too few than two.
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

/// Plays a customer, and lets the bot answer.
async fn against_an_emulator() -> anyhow::Result<()> {
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
        println!("  {}: {text}", who.unwrap_or("somebody"));
    }
    Ok(())
}
