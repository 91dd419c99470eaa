//! A bridge to another system, woken by webhooks.

// ANCHOR: receive
use basalam_chat::Client;
use basalam_chat::webhooks::{Receiver, WebhookEventId};
use tokio::net::TcpListener;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Serves the deliveries of a login, and registers their public URL, unless it is registered.
pub async fn receive(
    client: &Client,
    listener: TcpListener,
    url: &str,
    secret: &str,
) -> Result<Receiver, Error> {
    let header = format!("Bearer {secret}");
    let receiver = Receiver::builder(client.current_user_id().await?, &header).build()?;
    let router = receiver.axum_router("/webhooks/basalam")?;
    tokio::spawn(async move { axum::serve(listener, router).await });

    let webhooks = client.webhooks();
    let existing = webhooks.get_webhooks().await?;
    if !existing.iter().any(|it| it.url.as_deref() == Some(url)) {
        let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE];
        let webhook = webhooks.create_webhook(url, events);
        webhook.header("Authorization", header).await?;
    }
    Ok(receiver)
}
// ANCHOR_END: receive

// ANCHOR: forward
use basalam_chat::messages::Message;
use basalam_chat::watch::Watcher;

/// Forwards each message, such as to a help desk. `watcher` is
/// `client.watch(state).webhooks(&receiver).start()?`.
pub async fn forward(
    mut watcher: Watcher,
    deliver: impl AsyncFn(&Message) -> Result<(), Error>,
) -> Result<(), Error> {
    while let Some(delivery) = watcher.next().await {
        let delivery = delivery?;
        if let Some(message) = delivery.event().received() {
            // If this fails, the program ends; the message is delivered again when it starts.
            deliver(message).await?;
        }
        delivery.ack();
    }
    Ok(())
}
// ANCHOR_END: forward
