//! `webhooks listen`: prints events as they are delivered.

use std::collections::BTreeSet;
use std::time::Duration;

use basalam_chat::reqwest::Url;
use basalam_chat::webhooks::{Events, Receiver, WebhookId, WebhookLogId};
use tokio::net::TcpListener;

use super::event::{self, LogDecoder};
use super::secret_file;
use crate::arguments::ListenOptions;
use crate::commands::send::random_hex;
use crate::context::Context;
use crate::emulated::POLL_INTERVAL;
use crate::failure::{Failure, Kind};

/// How often the delivery log is read.
const INTERVAL: Duration = Duration::from_secs(5);

pub(super) async fn run(context: &Context<'_>, options: ListenOptions) -> Result<(), Failure> {
    if let Some(emulated) = &context.emulated {
        emulated.start_customer();
    }
    match &options.public_url {
        Some(url) => receive(context, &options, url).await,
        None => follow_log(context, &options).await,
    }
}

/// Receives deliveries with a separate webhook, which is deleted at the end.
async fn receive(
    context: &Context<'_>,
    options: &ListenOptions,
    public_url: &str,
) -> Result<(), Failure> {
    let client = context.client().await?;
    let (url, path) = with_path(public_url)?;
    let address = options.address;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Failure::io(format!("{address} cannot be used"), &error))?;
    let user = context.interrupt.or(client.current_user_id()).await??;
    let secret = secret_file::random();
    let receiver = Receiver::builder(user, secret.expose_secret()).build()?;
    let router = receiver.axum_router(&path)?;
    let events = receiver.events();
    // Ends with the command.
    tokio::spawn(async move { axum::serve(listener, router).await });
    let webhooks = client.webhooks();
    let request = webhooks.create_webhook(url.as_str(), options.event.iter().copied());
    let request = request.header("Authorization", secret.expose_secret());
    let created = context.interrupt.or(request.send()).await;
    let webhook = created.map_err(super::may_exist)??;
    let note = format!(
        "Created the webhook {}, which delivers to {url}, and listening on {address}. Press Ctrl-C to stop.",
        webhook.id
    );
    context.output.note(&note);
    let result = print_events(context, options, events).await;
    context
        .output
        .note(&format!("Deleting the webhook {}.", webhook.id));
    let deleted = webhooks.delete_webhook(webhook.id).await;
    let command = context.command(&format!("webhooks delete {}", webhook.id));
    match (result, deleted) {
        (result, Ok(_)) => result,
        (Err(failure), Err(error)) if failure.kind != Kind::Interrupted => {
            context.output.warning(&format!("{error}. Run: {command}"));
            Err(failure)
        }
        (_, Err(error)) => {
            Err(Failure::from(error).hint(format!("Delete the webhook with: {command}")))
        }
    }
}

async fn print_events(
    context: &Context<'_>,
    options: &ListenOptions,
    mut events: Events,
) -> Result<(), Failure> {
    let mut missed = 0;
    for _ in 0..options.limit.unwrap_or(u64::MAX) {
        let Some(event) = context.interrupt.or(events.next()).await? else {
            break;
        };
        event::print(context, &event, options.full)?;
        if events.missed() > missed {
            let count = events.missed() - missed;
            missed = events.missed();
            context
                .output
                .warning(&format!("{count} events were too fast and are not shown"));
        }
    }
    Ok(())
}

/// Reads the delivery log of a webhook again and again.
async fn follow_log(context: &Context<'_>, options: &ListenOptions) -> Result<(), Failure> {
    let client = context.client().await?;
    let webhook = match options.webhook {
        Some(webhook) => webhook,
        None => only_webhook(context).await?,
    };
    let user = context.interrupt.or(client.current_user_id()).await??;
    let mut log = Log {
        context,
        webhook,
        seen: BTreeSet::new(),
        decoder: LogDecoder::new(user)?,
    };
    let interval = match context.emulated {
        Some(_) => POLL_INTERVAL,
        None => INTERVAL,
    };
    // Earlier deliveries are in `webhooks log`.
    log.read().await?;
    let note = format!(
        "Reading the delivery log of the webhook {webhook} every {:?}: events appear here after the service has tried \
         to deliver them. Pass --public-url to receive them directly. Press Ctrl-C to stop.",
        interval
    );
    context.output.note(&note);
    let mut left = options.limit.unwrap_or(u64::MAX);
    while left > 0 {
        context.interrupt.or(tokio::time::sleep(interval)).await?;
        let events = match log.read().await {
            Err(failure) if failure.kind == Kind::TryLater => {
                let warning = format!("{} (it is tried again)", failure.message);
                context.output.warning(&warning);
                continue;
            }
            events => events?,
        };
        for event in events {
            if left > 0 {
                event::print(context, &event, options.full)?;
                left -= 1;
            }
        }
    }
    Ok(())
}

/// A delivery log, and the deliveries that were read.
struct Log<'a> {
    context: &'a Context<'a>,
    webhook: WebhookId,
    seen: BTreeSet<WebhookLogId>,
    decoder: LogDecoder,
}

impl Log<'_> {
    /// Returns the events of new deliveries, the oldest first.
    async fn read(&mut self) -> Result<Vec<basalam_chat::webhooks::Event>, Failure> {
        let webhooks = self.context.client().await?.webhooks();
        let request = webhooks.get_webhook_logs(self.webhook).send();
        let mut page = self.context.interrupt.or(request).await??;
        page.items.sort_by_key(|delivery| delivery.id);
        let has_gap = !self.seen.is_empty()
            && !page.is_empty()
            && page
                .iter()
                .all(|delivery| !self.seen.contains(&delivery.id));
        if has_gap {
            self.context.output.warning(
                "the service may have recorded more deliveries than it lists, so events may be missing",
            );
        }
        let new = page
            .iter()
            .filter(|delivery| !self.seen.contains(&delivery.id));
        let events = new
            .filter_map(|delivery| self.decoder.decode(delivery))
            .collect();
        // What is not listed any more does not come back.
        self.seen = page.iter().map(|delivery| delivery.id).collect();
        Ok(events)
    }
}

async fn only_webhook(context: &Context<'_>) -> Result<WebhookId, Failure> {
    let webhooks = context.client().await?.webhooks();
    let page = context
        .interrupt
        .or(webhooks.get_webhooks().send())
        .await??;
    match &page[..] {
        [webhook] => Ok(webhook.id),
        [] => Err(
            Failure::usage("the account has no webhook whose log can be read").hint(
                "Pass --public-url, or create a webhook with `basalam-chat webhooks create`.",
            ),
        ),
        _ => Err(Failure::usage("the account has several webhooks").hint(
            "Choose one of `basalam-chat webhooks list` with --webhook, or pass --public-url.",
        )),
    }
}

/// Returns the URL with a path that nobody can guess, unless it has one.
fn with_path(public_url: &str) -> Result<(Url, String), Failure> {
    let mut url = Url::parse(public_url)
        .map_err(|_| Failure::usage("the public URL is not an absolute URL"))?;
    if url.path() == "/" {
        url.set_path(&format!("/basalam-chat/{}", random_hex()));
    }
    let path = url.path().to_owned();
    Ok((url, path))
}
