//! Request builders of the lists that the service does not page.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::{
    GET_WEBHOOK_EVENTS, GET_WEBHOOK_LOGS, GET_WEBHOOK_SERVICES, GET_WEBHOOKS,
};

use super::headers::check_events;
use super::list::{WebhookPage, decode_page};
use super::{
    Webhook, WebhookEvent, WebhookEventId, WebhookId, WebhookLog, WebhookService, WebhookServiceId,
    Webhooks,
};
use crate::request::{self, check_id, impl_send, plain_request};
use crate::{Client, Error};

impl<C: Clone> Webhooks<C> {
    /// Lists the webhooks of the token's user.
    ///
    /// The contract declares counts of pages, but no way to request a page. Compare
    /// [`total_count`](super::PageCursor::total_count) of the page's cursor with the length to find out whether
    /// the list is complete (likely).
    ///
    /// A [`Webhook`] contains the secret headers of its deliveries as a [`Secret`](crate::Secret), so that `Debug`
    /// output does not show them. Serializing it writes them.
    ///
    /// # Errors
    ///
    /// Fails only with the [errors](Error) of every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let webhooks = client.webhooks().get_webhooks().await?;
    /// println!("{} webhooks", webhooks.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_webhooks(&self) -> GetWebhooks<C> {
        GetWebhooks {
            client: self.client.clone(),
            request: GetWebhooksParams {
                service: None,
                events: None,
            },
        }
    }

    /// Lists the events that webhooks can receive, each with a sample of its body.
    ///
    /// # Errors
    ///
    /// Fails only with the [errors](Error) of every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// for event in &client.webhooks().get_webhook_events().await? {
    ///     println!("{} {}", event.id, event.name.as_deref().unwrap_or("-"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_webhook_events(&self) -> GetWebhookEvents<C> {
        GetWebhookEvents {
            client: self.client.clone(),
            request: GetWebhookEventsParams {},
        }
    }

    /// Lists the webhook services of the token's user.
    ///
    /// # Errors
    ///
    /// Fails only with the [errors](Error) of every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let services = client.webhooks().get_webhook_services().await?;
    /// # let _ = services;
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_webhook_services(&self) -> GetWebhookServices<C> {
        GetWebhookServices {
            client: self.client.clone(),
            request: GetWebhookServicesParams {},
        }
    }

    /// Lists recorded deliveries of a webhook. Unknown: their order, how many are returned, and how long they
    /// are recorded.
    ///
    /// The delivered request is a [`Secret`](crate::Secret), since it may contain secret headers (unknown).
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call, one with [`is_not_found`](Error::is_not_found) if the webhook
    /// does not exist (likely).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # use basalam_chat::webhooks::WebhookId;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let deliveries = client.webhooks().get_webhook_logs(WebhookId(5120)).await?;
    /// let failed = deliveries.iter().filter(|it| it.status_code != Some(200));
    /// println!("{} deliveries failed", failed.count());
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_webhook_logs(&self, webhook: WebhookId) -> GetWebhookLogs<C> {
        GetWebhookLogs {
            client: self.client.clone(),
            request: GetWebhookLogsParams { webhook },
        }
    }
}

/// Request builder that lists webhooks; returned by [`Webhooks::get_webhooks`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetWebhooks<C = Client> {
    pub(crate) client: C,
    pub(crate) request: GetWebhooksParams,
}

#[derive(Clone, Debug)]
pub(crate) struct GetWebhooksParams {
    service: Option<WebhookServiceId>,
    events: Option<Vec<WebhookEventId>>,
}

impl<C> GetWebhooks<C> {
    /// Lists only webhooks of this service.
    pub fn service(mut self, service: WebhookServiceId) -> Self {
        self.request.service = Some(service);
        self
    }

    /// Lists only webhooks with these events, at least one. They are sent separated by commas, which is likely:
    /// the contract only declares a string. Unknown: whether a webhook needs all of them or one.
    pub fn events(mut self, events: impl IntoIterator<Item = WebhookEventId>) -> Self {
        self.request.events = Some(events.into_iter().collect());
        self
    }
}

impl_send!(GetWebhooks -> WebhookPage<Webhook>);

impl request::Request for GetWebhooksParams {
    type Response = WebhookPage<Webhook>;

    fn operation() -> &'static Operation {
        &GET_WEBHOOKS
    }

    async fn run(self, client: Client) -> Result<WebhookPage<Webhook>, Error> {
        if let Some(service) = self.service {
            check_id("service", service.0)?;
        }
        if let Some(events) = &self.events {
            check_events(events)?;
        }
        let events = self.events.map(|events| {
            let ids: Vec<String> = events.iter().map(ToString::to_string).collect();
            ids.join(",")
        });
        let result = client
            .raw()
            .get_webhooks(events.as_deref(), self.service.as_ref())
            .await;
        decode_page(&client, &GET_WEBHOOKS, 1, result)
    }
}

plain_request! {
    /// Request builder that lists events; returned by [`Webhooks::get_webhook_events`].
    pub struct GetWebhookEvents -> WebhookPage<WebhookEvent>;
    struct GetWebhookEventsParams {}
    GET_WEBHOOK_EVENTS => |client, _params| {
        let result = client.raw().get_webhook_events().await;
        decode_page(&client, &GET_WEBHOOK_EVENTS, 1, result)
    }
}

plain_request! {
    /// Request builder that lists webhook services; returned by [`Webhooks::get_webhook_services`].
    pub struct GetWebhookServices -> WebhookPage<WebhookService>;
    struct GetWebhookServicesParams {}
    GET_WEBHOOK_SERVICES => |client, _params| {
        let result = client.raw().get_webhook_services().await;
        decode_page(&client, &GET_WEBHOOK_SERVICES, 1, result)
    }
}

plain_request! {
    /// Request builder that lists recorded deliveries; returned by [`Webhooks::get_webhook_logs`].
    pub struct GetWebhookLogs -> WebhookPage<WebhookLog>;
    struct GetWebhookLogsParams { webhook: WebhookId }
    GET_WEBHOOK_LOGS => |client, params| {
        check_id("webhook", params.webhook.0)?;
        let result = client.raw().get_webhook_logs(&params.webhook).await;
        decode_page(&client, &GET_WEBHOOK_LOGS, 1, result)
    }
}
