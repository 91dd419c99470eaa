//! A new secret for a webhook.

// ANCHOR: program
use basalam_chat::webhooks::{Receiver, WebhookId};
use basalam_chat::{Client, Error};

/// Replaces the secret of a webhook. Deliveries with the old one are accepted until the service uses the new one.
pub async fn rotate(
    client: &Client,
    receiver: &Receiver,
    webhook: WebhookId,
    secret: &str,
) -> Result<(), Error> {
    let header = format!("Bearer {secret}");
    receiver.rotate_secret(&header)?;
    let update = client.webhooks().update_webhook(webhook);
    update.header("Authorization", header).await?;
    receiver.forget_previous_secret();
    Ok(())
}
// ANCHOR_END: program
