//! A bridge that forwards the messages of a login to another system, woken by a webhook.
//!
//! `cargo run --example webhook_bridge --features watch,webhooks-axum` starts a local emulator of the service, registers
//! a webhook on it, sends messages as a customer, and ends when all of them are forwarded.
//!
//! With `BASALAM_TOKEN` set, the bridge uses the real service. `WEBHOOK_URL` is its public URL, which a proxy with TLS
//! forwards to `127.0.0.1:8000`, and `WEBHOOK_SECRET` a random string of at least 32 characters.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use anyhow::Context;
use basalam_chat::state::{FileState, MemoryState};
use basalam_chat::watch::Watcher;
use basalam_chat::webhooks::{Receiver, WebhookEventId};
use basalam_chat::{Client, Error, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;
use tokio::net::TcpListener;

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
    // What was forwarded is remembered here, so a restart loses no message.
    let state = FileState::open("webhook-bridge-state").await?;
    let watcher = client.watch(state).webhooks(&receiver).start()?;
    forward(watcher, usize::MAX).await
}

/// Forwards the messages of other users until there were `count`.
async fn forward(mut watcher: Watcher, count: usize) -> anyhow::Result<()> {
    let mut forwarded = 0;
    while forwarded < count {
        let delivery = watcher.next().await.context("the watcher is stopped")??;
        if let Some(message) = delivery.event().received() {
            let text = message.content.text.as_deref().unwrap_or("-");
            println!(
                "forwarded {} of chat {}: {text}",
                message.id, message.chat_id
            );
            forwarded += 1;
        }
        // Not earlier: a message that is not forwarded must be delivered again after a crash.
        delivery.ack();
    }
    println!("Forwarded {forwarded} messages.");
    Ok(())
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
    // The messages may be sent before the watcher has read the list of chats for the first time.
    let watch = seller.watch(MemoryState::new()).from_the_beginning();
    forward(watch.webhooks(&receiver).start()?, texts.len()).await?;
    sending.await??;
    Ok(())
}
