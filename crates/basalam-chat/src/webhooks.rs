//! Webhooks: have the service deliver chat events to a URL.
//!
//! [`Client::webhooks`] manages webhooks. [`Receiver`] checks and decodes the requests that
//! arrive at the URL.
//!
//! A webhook belongs to a user, and delivers the events of the users who are registered on it. A program for
//! one login creates a webhook and registers itself in one call:
//!
//! ```no_run
//! # use basalam_chat::Client;
//! # use basalam_chat::webhooks::WebhookEventId;
//! # async fn run(client: Client, secret: String) -> Result<(), basalam_chat::Error> {
//! let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE, WebhookEventId::CHAT_SEND_MESSAGE];
//! let webhook = client
//!     .webhooks()
//!     .create_webhook("https://example.com/webhooks/430", events)
//!     .header("Authorization", format!("Bearer {secret}"))
//!     .await?;
//! println!("created webhook {}", webhook.id);
//! # Ok(())
//! # }
//! ```
//!
//! # What a delivery proves
//!
//! Deliveries are not signed (certain). A header with a secret value, which the webhook is created with, proves
//! that the sender knows the secret. It proves nothing about the body: whoever learns the header, from a log for
//! example, can invent messages. A delivery contains no user id and no event name either (certain), so use one URL
//! and one secret for each login. Likely, deliveries can arrive more than once; unknown: how often the service
//! retries, how long it waits for a response, and whether deliveries get lost. So use a delivery as a hint to
//! read the chat, and act on messages that [`get_messages`](Client::get_messages) returns. `Client::watch` (feature
//! `watch`) does that for all chats, each message once, if it has the receiver: `client.watch(store).webhooks(&receiver)`.
//!
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | register a URL? | [`Webhooks::create_webhook`], with [`WebhookEventId`]s and optionally a [`WebhookMethod`] |
//! | list, change or delete webhooks? | [`get_webhooks`](Webhooks::get_webhooks), [`update_webhook`](Webhooks::update_webhook), [`delete_webhook`](Webhooks::delete_webhook) ([`DeleteWebhookResponse`]) |
//! | see what was delivered? | [`get_webhook_logs`](Webhooks::get_webhook_logs): a [`WebhookLog`] for each attempt, with a [`WebhookLogId`] |
//! | see which events exist? | [`get_webhook_events`](Webhooks::get_webhook_events): a [`WebhookEvent`] each |
//! | receive deliveries? | a [`Receiver`], built by a [`ReceiverBuilder`], as an axum router, as a tower service (`DeliveryService`, `DeliveryFuture`), or with [`accept`](Receiver::accept), which returns an [`Outcome`] |
//! | be woken, or get the events? | [`Wakeups`]; [`Events`], with a [`MessageEvent`] from an [`EventUser`] in a [`City`] |
//! | let other users register? | [`register_webhook`](Webhooks::register_webhook), [`unregister_webhook`](Webhooks::unregister_webhook) ([`UnregisterWebhookResponse`]), [`get_registered_webhooks`](Webhooks::get_registered_webhooks) (a [`RegisteredWebhook`] each, from [`RegisteredWebhookPages`] or a [`RegisteredWebhookStream`]) |
//! | see who is registered? | [`get_webhook_customers`](Webhooks::get_webhook_customers): a [`WebhookCustomer`] each, with a [`WebhookRegistrationId`], from [`WebhookCustomerPages`] or a [`WebhookCustomerStream`] |
//! | group webhooks? | [`create_webhook_service`](Webhooks::create_webhook_service) and [`get_webhook_services`](Webhooks::get_webhook_services): a [`WebhookService`] has a [`WebhookServiceId`] |
//!
//! Lists return a [`WebhookPage`], and a [`PageCursor`] has the numbers of pages and items.

mod changes;
mod create;
mod headers;
mod list;
mod lists;
mod paged;
mod pager;
mod receiver;
mod registration;
mod services;

pub use basalam_chat_api::newtypes::{
    WebhookEventId, WebhookId, WebhookLogId, WebhookMethod, WebhookRegistrationId, WebhookServiceId,
};
pub use basalam_chat_api::types::{
    DeleteWebhookResponse, RegisteredWebhook, UnregisterWebhookResponse, Webhook, WebhookCustomer,
    WebhookEvent, WebhookLog, WebhookService,
};
pub use changes::{DeleteWebhook, UpdateWebhook};
pub use create::CreateWebhook;
pub use list::{PageCursor, WebhookPage};
pub use lists::{GetWebhookEvents, GetWebhookLogs, GetWebhookServices, GetWebhooks};
pub use paged::{
    GetRegisteredWebhooks, GetWebhookCustomers, RegisteredWebhookPages, RegisteredWebhookStream,
    WebhookCustomerPages, WebhookCustomerStream,
};
pub use receiver::{
    City, Event, EventUser, Events, MessageEvent, Outcome, Receiver, ReceiverBuilder, Wakeups,
};
#[cfg(feature = "webhooks-tower")]
pub use receiver::{DeliveryFuture, DeliveryService};
pub use registration::{RegisterWebhook, UnregisterWebhook};
pub use services::CreateWebhookService;

use crate::Client;

impl Client {
    /// Returns a client for the operations on webhooks. Sends nothing.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// for webhook in &client.webhooks().get_webhooks().await? {
    ///     println!("{}: {}", webhook.id, webhook.url.as_deref().unwrap_or("-"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "webhook")]
    #[doc(alias = "callback")]
    pub fn webhooks(&self) -> Webhooks {
        Webhooks {
            client: self.clone(),
        }
    }
}

/// Client for the operations on webhooks; returned by [`Client::webhooks`].
///
/// Unknown: the scopes that the operations need. Chat events need `customer.chat.read` (likely).
#[derive(Clone, Debug)]
pub struct Webhooks<C = Client> {
    client: C,
}

#[cfg(feature = "blocking")]
impl crate::blocking::Client {
    /// Returns a client for the operations on webhooks; see [`Client::webhooks`](crate::Client::webhooks).
    pub fn webhooks(&self) -> Webhooks<crate::blocking::Client> {
        Webhooks {
            client: self.clone(),
        }
    }
}
