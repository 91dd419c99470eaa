//! The webhooks of the service: what is registered, and what was delivered.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use jiff::civil::DateTime;
use serde_json::Value;
use url::Url;

/// The id of the event `CHAT_RECEIVED_MESSAGE`.
pub(crate) const MESSAGE_RECEIVED: i64 = 1;
/// The id of the event `CHAT_SEND_MESSAGE`.
pub(crate) const MESSAGE_SENT: i64 = 4;

/// The number of deliveries that are logged per webhook.
const MAX_LOG_LENGTH: usize = 1000;

const FIRST_SERVICE_ID: i64 = 310;
const FIRST_WEBHOOK_ID: i64 = 5_120;
const FIRST_REGISTRATION_ID: i64 = 64_001;
const FIRST_LOG_ID: i64 = 88_001;

/// The webhooks of the service.
#[derive(Clone)]
pub(crate) struct Webhooks {
    services: BTreeMap<i64, WebhookService>,
    webhooks: BTreeMap<i64, Webhook>,
    registrations: BTreeMap<i64, Registration>,
    logs: BTreeMap<i64, VecDeque<DeliveryLog>>,
    next_service_id: i64,
    next_webhook_id: i64,
    next_registration_id: i64,
    next_log_id: i64,
    /// Ids of messages whose events were not handed out yet.
    outbox: Vec<i64>,
    /// Incremented by every change of webhooks, registrations and logs.
    version: u64,
}

/// A group of webhooks.
#[derive(Clone)]
pub(crate) struct WebhookService {
    pub(crate) id: i64,
    pub(crate) owner_id: i64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) created_at: DateTime,
}

/// A URL that receives events.
#[derive(Clone)]
pub(crate) struct Webhook {
    pub(crate) id: i64,
    pub(crate) service_id: i64,
    pub(crate) owner_id: i64,
    pub(crate) config: WebhookConfig,
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
}

/// The properties of a webhook that its owner sets.
#[derive(Clone)]
pub(crate) struct WebhookConfig {
    pub(crate) event_ids: Vec<i64>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) is_active: bool,
}

/// A user whose events a webhook receives.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) id: i64,
    pub(crate) user_id: i64,
    pub(crate) webhook_id: i64,
    pub(crate) created_at: DateTime,
}

/// A logged attempt to deliver an event.
#[derive(Clone)]
pub(crate) struct DeliveryLog {
    pub(crate) id: i64,
    pub(crate) attempt: DeliveryAttempt,
    pub(crate) created_at: DateTime,
}

/// An attempt to deliver an event.
#[derive(Clone)]
pub(crate) struct DeliveryAttempt {
    pub(crate) webhook_id: i64,
    pub(crate) user_id: i64,
    pub(crate) event_id: i64,
    /// 1 for the first attempt.
    pub(crate) number: u32,
    /// 0 without a response.
    pub(crate) status: u16,
    pub(crate) request: Value,
    pub(crate) response: Value,
    pub(crate) duration: Duration,
}

impl Webhooks {
    pub(crate) fn add_service(
        &mut self,
        owner_id: i64,
        title: String,
        description: String,
        now: DateTime,
    ) -> &WebhookService {
        let id = self.next_service_id;
        self.next_service_id += 1;
        self.services.entry(id).or_insert(WebhookService {
            id,
            owner_id,
            title,
            description,
            created_at: now,
        })
    }

    /// Returns the services of a user, by id.
    pub(crate) fn services_of(&self, owner_id: i64) -> impl Iterator<Item = &WebhookService> {
        let services = self.services.values();
        services.filter(move |it| it.owner_id == owner_id)
    }

    /// Returns the service of a user with this id.
    pub(crate) fn service_of(&self, id: i64, owner_id: i64) -> Option<&WebhookService> {
        self.services.get(&id).filter(|it| it.owner_id == owner_id)
    }

    /// Returns the first service of a user, and adds one to a user without services.
    pub(crate) fn default_service_id(&mut self, owner_id: i64, now: DateTime) -> i64 {
        let first = self.services_of(owner_id).next().map(|it| it.id);
        first.unwrap_or_else(|| {
            let (title, description) = ("Default".to_owned(), "Added by the emulator".to_owned());
            self.add_service(owner_id, title, description, now).id
        })
    }

    pub(crate) fn add(
        &mut self,
        service_id: i64,
        owner_id: i64,
        config: WebhookConfig,
        now: DateTime,
    ) -> &Webhook {
        let id = self.next_webhook_id;
        self.next_webhook_id += 1;
        self.version += 1;
        self.webhooks.entry(id).or_insert(Webhook {
            id,
            service_id,
            owner_id,
            config,
            created_at: now,
            updated_at: now,
        })
    }

    pub(crate) fn by_id(&self, id: i64) -> Option<&Webhook> {
        self.webhooks.get(&id)
    }

    /// Returns all webhooks, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Webhook> {
        self.webhooks.values()
    }

    /// Returns a counter of the changes.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Returns the webhooks of a user, by id.
    pub(crate) fn webhooks_of(&self, owner_id: i64) -> impl Iterator<Item = &Webhook> {
        let webhooks = self.webhooks.values();
        webhooks.filter(move |it| it.owner_id == owner_id)
    }

    /// Returns the webhook of a user with this id.
    pub(crate) fn webhook_of(&mut self, id: i64, owner_id: i64) -> Option<&mut Webhook> {
        self.version += 1;
        let webhook = self.webhooks.get_mut(&id);
        webhook.filter(|it| it.owner_id == owner_id)
    }

    /// Deletes a webhook of a user with its registrations and log. Returns `false` if the user has no such webhook.
    pub(crate) fn remove(&mut self, id: i64, owner_id: i64) -> bool {
        if self.webhook_of(id, owner_id).is_none() {
            return false;
        }
        self.webhooks.remove(&id);
        self.logs.remove(&id);
        self.registrations.retain(|_, it| it.webhook_id != id);
        true
    }

    /// Registers a user on a webhook, once. Returns `None` if the webhook does not exist.
    pub(crate) fn register(
        &mut self,
        webhook_id: i64,
        user_id: i64,
        now: DateTime,
    ) -> Option<&Registration> {
        self.webhooks.get(&webhook_id)?;
        self.version += 1;
        let existing = self
            .registrations()
            .find(|it| it.is_of(webhook_id, user_id));
        let id = existing.map_or(self.next_registration_id, |it| it.id);
        self.next_registration_id = self.next_registration_id.max(id + 1);
        Some(self.registrations.entry(id).or_insert(Registration {
            id,
            user_id,
            webhook_id,
            created_at: now,
        }))
    }

    /// Ends a registration. Returns `false` if the user is not registered.
    pub(crate) fn unregister(&mut self, webhook_id: i64, user_id: i64) -> bool {
        self.version += 1;
        let count = self.registrations.len();
        self.registrations
            .retain(|_, it| !it.is_of(webhook_id, user_id));
        self.registrations.len() < count
    }

    /// Returns all registrations, by id.
    pub(crate) fn registrations(&self) -> impl Iterator<Item = &Registration> {
        self.registrations.values()
    }

    /// Returns the active webhooks that receive an event of a user.
    pub(crate) fn receivers(&self, user_id: i64, event_id: i64) -> impl Iterator<Item = &Webhook> {
        let registrations = self.registrations().filter(move |it| it.user_id == user_id);
        let webhooks = registrations.filter_map(|it| self.by_id(it.webhook_id));
        webhooks.filter(move |it| it.config.is_active && it.config.event_ids.contains(&event_id))
    }

    /// Records that a message was sent.
    pub(super) fn message_sent(&mut self, id: i64) {
        if !self.registrations.is_empty() {
            self.outbox.push(id);
        }
    }

    /// Removes and returns the ids of the messages that were sent.
    pub(crate) fn take_outbox(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.outbox)
    }

    /// Logs an attempt to deliver, unless the webhook was deleted.
    pub(crate) fn log(&mut self, attempt: DeliveryAttempt, now: DateTime) {
        let webhook_id = attempt.webhook_id;
        if !self.webhooks.contains_key(&webhook_id) {
            return;
        }
        let id = self.next_log_id;
        self.next_log_id += 1;
        self.version += 1;
        let log = self.logs.entry(webhook_id).or_default();
        log.push_back(DeliveryLog {
            id,
            attempt,
            created_at: now,
        });
        if log.len() > MAX_LOG_LENGTH {
            log.pop_front();
        }
    }

    /// Returns the logged deliveries of all webhooks, unordered.
    pub(crate) fn all_logs(&self) -> impl Iterator<Item = &DeliveryLog> {
        self.logs.values().flatten()
    }

    /// Returns the logged deliveries of a webhook, oldest first.
    pub(crate) fn log_of(&self, webhook_id: i64) -> impl DoubleEndedIterator<Item = &DeliveryLog> {
        self.logs.get(&webhook_id).into_iter().flatten()
    }
}

impl Registration {
    fn is_of(&self, webhook_id: i64, user_id: i64) -> bool {
        self.webhook_id == webhook_id && self.user_id == user_id
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            services: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            registrations: BTreeMap::new(),
            logs: BTreeMap::new(),
            next_service_id: FIRST_SERVICE_ID,
            next_webhook_id: FIRST_WEBHOOK_ID,
            next_registration_id: FIRST_REGISTRATION_ID,
            next_log_id: FIRST_LOG_ID,
            outbox: Vec::new(),
            version: 0,
        }
    }
}
