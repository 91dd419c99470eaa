//! Delivery of events to webhooks.
//!
//! The deliveries of a webhook are made one after the other, with retries. Deliveries to different webhooks do not
//! wait for each other.

mod http;
mod queue;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use serde_json::json;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::service::Service;
use crate::fault::{DELIVER_WEBHOOK, DeliveryFault, Fault, FaultKind};
use crate::operations;
use crate::state::State;
use crate::state::webhooks::{DeliveryAttempt, WebhookConfig};
pub(crate) use queue::{Delivery, DeliveryQueue};

/// How long a delivery that is held back waits for the one that overtakes it.
const REORDER_TIMEOUT: Duration = Duration::from_secs(1);

impl Service {
    /// Queues the events of the messages that were sent since the last call.
    pub(crate) fn queue_deliveries(&self, state: &mut State) {
        for message_id in state.webhooks.take_outbox() {
            for event in operations::message_events(state, message_id) {
                self.deliveries().push(event);
            }
        }
    }

    /// Waits until no delivery is pending. The shutdown gives up all of them.
    pub(crate) async fn deliveries_finished(&self) {
        tokio::select! {
            () = self.deliveries().finished() => {}
            () = self.shutdown_started() => {}
        }
    }
}

/// Makes the deliveries of a queue, until the runtime ends.
pub(crate) async fn run(service: Arc<Service>, mut queue: UnboundedReceiver<Delivery>) {
    let mut workers: HashMap<i64, UnboundedSender<Delivery>> = HashMap::new();
    while let Some(delivery) = queue.recv().await {
        let worker = workers.entry(delivery.event.webhook_id).or_insert_with(|| {
            let (sender, deliveries) = mpsc::unbounded_channel();
            tokio::spawn(deliver_in_order(Arc::clone(&service), deliveries));
            sender
        });
        // A worker lives as long as its sender.
        let _ = worker.send(delivery);
    }
}

async fn deliver_in_order(service: Arc<Service>, mut queue: UnboundedReceiver<Delivery>) {
    let mut held: Option<(Delivery, Option<Fault>)> = None;
    loop {
        let next = match held {
            None => Ok(queue.recv().await),
            Some(_) => tokio::time::timeout(REORDER_TIMEOUT, queue.recv()).await,
        };
        let Ok(next) = next else {
            // Nothing overtakes the delivery that is held back.
            if let Some((delivery, fault)) = held.take() {
                start(&service, delivery, fault).await;
            }
            continue;
        };
        let Some(delivery) = next else { return };
        if !service.deliveries().is_current(&delivery) {
            continue;
        }
        // A panic in a hook must not end the deliveries.
        let hooks = AssertUnwindSafe(|| service.run_hooks(DELIVER_WEBHOOK));
        let _ = std::panic::catch_unwind(hooks);
        let fault = service.test_controls().faults.next(DELIVER_WEBHOOK);
        let is_reordered = |fault: &Fault| fault.kind.delivery() == Some(DeliveryFault::Reordered);
        if held.is_none() && fault.as_ref().is_some_and(is_reordered) {
            held = Some((delivery, fault));
            continue;
        }
        start(&service, delivery, fault).await;
        if let Some((overtaken, fault)) = held.take() {
            start(&service, overtaken, fault).await;
        }
    }
}

/// Makes a delivery, or starts a task for it if a fault delays it.
async fn start(service: &Arc<Service>, delivery: Delivery, fault: Option<Fault>) {
    let delay = fault.as_ref().map_or(Duration::ZERO, |it| it.delay);
    let fault = fault.and_then(|it| match it.kind {
        FaultKind::Delivery(fault) => Some(fault),
        _ => None,
    });
    let service = Arc::clone(service);
    let delivering = async move {
        tokio::time::sleep(delay).await;
        deliver(&service, &delivery, fault).await;
        service.deliveries().finish(&delivery);
    };
    match delay.is_zero() {
        true => delivering.await,
        false => drop(tokio::spawn(delivering)),
    }
}

async fn deliver(service: &Service, delivery: &Delivery, fault: Option<DeliveryFault>) {
    match fault {
        Some(DeliveryFault::Lost) => {}
        Some(DeliveryFault::Repeated) => {
            deliver_with_retries(service, delivery, false).await;
            deliver_with_retries(service, delivery, false).await;
        }
        Some(DeliveryFault::WrongHeader) => deliver_with_retries(service, delivery, true).await,
        Some(DeliveryFault::Reordered) | None => {
            deliver_with_retries(service, delivery, false).await;
        }
    }
}

/// Attempts a delivery until the receiver accepts it with a 2xx, the webhook is deleted or inactive, the service is
/// reset, or no retries are left. Each attempt is logged.
async fn deliver_with_retries(service: &Service, delivery: &Delivery, has_wrong_header: bool) {
    let options = service.options();
    let mut delay = options.webhook_retry_delay;
    for attempt in 0..=options.webhook_retries {
        if attempt > 0 {
            tokio::time::sleep(delay).await;
            delay = delay.saturating_mul(2);
        }
        let Some(mut config) = config_of(service, delivery) else {
            return;
        };
        service.test_controls().count_request(DELIVER_WEBHOOK);
        if has_wrong_header {
            for (_, value) in &mut config.headers {
                *value = HeaderValue::from_static("wrong");
            }
        }
        let event = &delivery.event;
        let start = Instant::now();
        let body = event.body.to_string();
        let result = http::send(&config, body, options.allow_remote_webhooks).await;
        let request = json!({
            "method": config.method.as_str(), "url": config.url.as_str(), "body": event.body,
        });
        let (status, response) = match result {
            Ok((status, body)) => (status, json!({ "body": body })),
            Err(error) => (0, json!({ "error": error })),
        };
        let logged = DeliveryAttempt {
            webhook_id: event.webhook_id,
            user_id: event.user_id,
            event_id: event.event_id,
            number: attempt + 1,
            status,
            request,
            response,
            duration: start.elapsed(),
        };
        log(service, delivery, logged);
        if (200..300).contains(&status) {
            return;
        }
    }
}

/// Returns the properties of the webhook of a delivery, if it is active.
fn config_of(service: &Service, delivery: &Delivery) -> Option<WebhookConfig> {
    // A reset locks the state, too.
    let state = service.state();
    let webhook = state.webhooks.by_id(delivery.event.webhook_id);
    let webhook = webhook.filter(|_| service.deliveries().is_current(delivery));
    let config = webhook.map(|it| it.config.clone());
    config.filter(|it| it.is_active)
}

fn log(service: &Service, delivery: &Delivery, attempt: DeliveryAttempt) {
    let now = service.now();
    let mut state = service.state();
    if service.deliveries().is_current(delivery) {
        state.webhooks.log(attempt, now);
    }
}
