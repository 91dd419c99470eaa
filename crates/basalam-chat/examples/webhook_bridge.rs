//! A bridge that forwards the messages of a login to another system, woken by a webhook.
//!
//! `cargo run --example webhook_bridge --features webhooks-axum` starts a local emulator of the service, registers a
//! webhook on it, sends messages as a customer, and ends when all of them are forwarded.
//!
//! With `BASALAM_TOKEN` set, the bridge uses the real service. `WEBHOOK_URL` is its public URL, which a proxy with TLS
//! forwards to `127.0.0.1:8000`, and `WEBHOOK_SECRET` a random string of at least 32 characters.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context;
use basalam_chat::messages::Follower;
use basalam_chat::webhooks::{Receiver, WebhookEventId};
use basalam_chat::{ChatFilter, ChatId, Client, Error, MessageId, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;
use tokio::net::TcpListener;

/// How often chats are read even without deliveries, which can get lost.
const POLL_INTERVAL: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Ok(token) = std::env::var("BASALAM_TOKEN") else {
        return run_on_emulator().await;
    };
    let url = std::env::var("WEBHOOK_URL").context("set WEBHOOK_URL")?;
    let secret = std::env::var("WEBHOOK_SECRET").context("set WEBHOOK_SECRET")?;
    let client = Client::new(PersonalToken::new(token))?;
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    let receiver = receive(&client, listener, &url, &secret).await?;
    let mut bridge = Bridge::new(client);
    let mut wakeups = receiver.wakeups();
    loop {
        if let Err(error) = bridge.forward_new_messages().await {
            // The messages are still unseen, so the next round returns them again.
            println!("  {error}");
        }
        // Whichever is first.
        let _ = tokio::time::timeout(POLL_INTERVAL, wakeups.next()).await;
    }
}

/// Serves a receiver of deliveries, and registers the URL, unless it is.
async fn receive(
    client: &Client,
    listener: TcpListener,
    url: &str,
    secret: &str,
) -> anyhow::Result<Receiver> {
    let header = format!("Bearer {secret}");
    let receiver = Receiver::builder(client.current_user_id().await?, &header).build()?;
    let path = basalam_chat::reqwest::Url::parse(url)?.path().to_owned();
    let router = receiver.axum_router(&path)?;
    tokio::spawn(async move { axum::serve(listener, router).await });

    let webhooks = client.webhooks();
    let existing = webhooks.get_webhooks().await?;
    if !existing.iter().any(|it| it.url.as_deref() == Some(url)) {
        let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE];
        let request = webhooks.create_webhook(url, events);
        request.header("Authorization", header).await?;
    }
    Ok(receiver)
}

struct Bridge {
    client: Client,
    /// One follower per chat. To resume after a restart, a bridge has to store `Follower::last` of each.
    followers: HashMap<ChatId, Follower>,
}

impl Bridge {
    fn new(client: Client) -> Bridge {
        Bridge {
            client,
            followers: HashMap::new(),
        }
    }

    /// Forwards the new messages of all chats with unseen messages, and returns their number.
    ///
    /// A delivery proves nothing about its content, so the messages are those that the service returns.
    async fn forward_new_messages(&mut self) -> Result<usize, Error> {
        let mut forwarded = 0;
        let mut unseen = self.client.get_chats().filter(ChatFilter::Unseen).stream();
        while let Some(chat) = unseen.try_next().await? {
            let seen = chat.last_seen_id.unwrap_or(MessageId(0));
            let client = &self.client;
            let follower = self.followers.entry(chat.id);
            let follower = follower.or_insert_with(|| client.follow(chat.id).after(seen));
            for message in follower.new_messages().await? {
                if !client.is_mine(&message).await? {
                    let text = message.content.text.as_deref().unwrap_or("-");
                    println!("forwarded {} of chat {}: {text}", message.id, chat.id);
                    forwarded += 1;
                }
            }
        }
        Ok(forwarded)
    }
}

/// Sends messages as a customer, and forwards them as deliveries arrive.
async fn run_on_emulator() -> anyhow::Result<()> {
    let emulator = Emulator::start().await?;
    let client_of = |token: &str| {
        Client::builder(PersonalToken::new(token))
            .base_url(emulator.base_url())
            .build()
    };
    let seller = client_of(emulator.seller().token())?;
    let customer = client_of(emulator.customer().token())?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhooks", listener.local_addr()?);
    let receiver = receive(&seller, listener, &url, "a-secret-of-the-example").await?;
    println!("Receiving webhooks at {url}.");

    let chat = customer.create_chat(UserId(emulator.seller().id)).await?.id;
    let texts = ["سلام", "Is it in stock?", "Thanks!"];
    let sending = tokio::spawn(async move {
        for text in texts {
            customer.create_message(chat, text).await?;
        }
        Ok::<_, Error>(())
    });
    let mut bridge = Bridge::new(seller);
    let mut wakeups = receiver.wakeups();
    let mut forwarded = 0;
    while forwarded < texts.len() {
        wakeups.next().await.context("the receiver is gone")?;
        forwarded += bridge.forward_new_messages().await?;
    }
    sending.await??;
    println!("Forwarded {forwarded} messages.");
    Ok(())
}
