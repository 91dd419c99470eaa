//! `webhooks`: manages webhooks, and prints what they deliver.

mod event;
mod listen;
mod redact;
mod secret_file;

use basalam_chat::Secret;
use basalam_chat::webhooks::{Webhook, WebhookId, WebhookLog};
use serde::Serialize;
use serde_json::json;

use super::list::Gaps;
use crate::arguments::{CreateOptions, WebhookCommand};
use crate::context::Context;
use crate::failure::Failure;
use crate::prompt;
use crate::view::faint;

#[derive(Serialize)]
struct WebhookContent<'a> {
    webhook: &'a Webhook,
}

#[derive(Serialize)]
struct LogContent<'a> {
    webhook_id: WebhookId,
    delivery: &'a WebhookLog,
}

pub(crate) async fn run(context: &Context<'_>, command: WebhookCommand) -> Result<(), Failure> {
    match command {
        WebhookCommand::List => list(context).await,
        WebhookCommand::Create(options) => create(context, options).await,
        WebhookCommand::Delete { webhook } => delete(context, webhook).await,
        WebhookCommand::Log { webhook } => log(context, webhook).await,
        WebhookCommand::Listen(options) => listen::run(context, options).await,
    }
}

async fn list(context: &Context<'_>) -> Result<(), Failure> {
    let webhooks = context.client().await?.webhooks();
    let page = context
        .interrupt
        .or(webhooks.get_webhooks().send())
        .await??;
    for webhook in &page {
        print(context, webhook)?;
    }
    if page.is_empty() {
        context.output.note("No webhooks.");
    }
    Gaps::of(context, page.unreadable())?.finish()
}

/// Prints a webhook without the secret headers of its deliveries.
fn print(context: &Context<'_>, webhook: &Webhook) -> Result<(), Failure> {
    let output = context.output;
    if output.is_json {
        let mut webhook = webhook.clone();
        if webhook.request_headers.is_some() {
            webhook.request_headers = Some(Secret::new(redact::REDACTED.into()));
        }
        return output.json("webhook", WebhookContent { webhook: &webhook });
    }
    let state = match webhook.is_active {
        Some(false) => "inactive",
        _ => "active",
    };
    let method = webhook.request_method.as_ref().map(|it| it.as_str());
    let line = output
        .view
        .line()
        .column(&webhook.id.to_string(), 8)
        .column(state, 8)
        .foreign_column(method.unwrap_or("-"), 6)
        .foreign(webhook.url.as_deref().unwrap_or("-"));
    output.line(line)?;
    let events: Vec<String> = webhook.event_ids().map(|id| id.to_string()).collect();
    if events.is_empty() {
        return Ok(());
    }
    let events = format!("events {}", events.join(", "));
    let line = output.view.line().column("", 8);
    output.line(line.styled(faint(), |line| line.own(&events)))
}

async fn create(context: &Context<'_>, options: CreateOptions) -> Result<(), Failure> {
    let webhooks = context.client().await?.webhooks();
    let question = format!("Deliver events of this account to {}?", options.url);
    prompt::confirm(context, &question).await?;
    let secret = match &options.secret_file {
        Some(path) => Some(secret_file::read_or_create(context, path)?),
        None => None,
    };
    let mut request = webhooks.create_webhook(&options.url, options.event);
    if let Some(secret) = &secret {
        request = request.header(&options.header, secret.expose_secret());
    }
    let created = context.interrupt.or(request.send()).await;
    let webhook = created.map_err(may_exist)??;
    print(context, &webhook)
}

async fn delete(context: &Context<'_>, webhook: WebhookId) -> Result<(), Failure> {
    let webhooks = context.client().await?.webhooks();
    prompt::confirm(context, &format!("Delete the webhook {webhook}?")).await?;
    let request = webhooks.delete_webhook(webhook).send();
    let deleted = context.interrupt.or(request).await??;
    let output = context.output;
    if output.is_json {
        return output.json("webhook_deleted", json!({ "webhook_id": deleted.id }));
    }
    let line = format!("Deleted the webhook {}.", deleted.id);
    output.line(output.view.line().own(&line))
}

async fn log(context: &Context<'_>, webhook: WebhookId) -> Result<(), Failure> {
    let webhooks = context.client().await?.webhooks();
    let request = webhooks.get_webhook_logs(webhook).send();
    let mut page = context.interrupt.or(request).await??;
    page.items.sort_by_key(|delivery| delivery.id);
    for delivery in &page {
        print_delivery(context, webhook, delivery)?;
    }
    if page.is_empty() {
        context.output.note("No deliveries.");
    }
    Gaps::of(context, page.unreadable())?.finish()
}

fn print_delivery(
    context: &Context<'_>,
    webhook_id: WebhookId,
    delivery: &WebhookLog,
) -> Result<(), Failure> {
    let output = context.output;
    if output.is_json {
        let delivery = &redact::delivery(delivery);
        let content = LogContent {
            webhook_id,
            delivery,
        };
        return output.json("webhook_delivery", content);
    }
    let time = delivery.created_at.as_ref().map(|time| time.as_str());
    let status = match delivery.status_code {
        Some(0) | None => "no response".to_owned(),
        Some(status) => format!("status {status}"),
    };
    let line = output
        .view
        .line()
        .column(&delivery.id.to_string(), 8)
        .column(time.unwrap_or("-"), 19)
        .column(&status, 11)
        .foreign(&event::summary(delivery));
    output.line(line)
}

/// Adds to a Ctrl-C before the response that the webhook may be there.
fn may_exist(interrupted: Failure) -> Failure {
    interrupted.hint("The webhook may have been created. Look with `basalam-chat webhooks list`.")
}
