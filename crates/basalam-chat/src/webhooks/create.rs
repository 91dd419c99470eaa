//! Request builder that creates a webhook.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::CREATE_WEBHOOK;
use basalam_chat_api::types::CreateWebhookBody;

use super::headers::{DeliveryHeaders, check_events, check_url};
use super::{Webhook, WebhookEventId, WebhookMethod, WebhookServiceId, Webhooks};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl<C: Clone> Webhooks<C> {
    /// Creates a webhook. Repeating the call can create it twice, so it is not retried if it may have succeeded.
    ///
    /// - `url`: the HTTP URL that receives the events, of at most 2083 characters (certain, from the contract).
    /// - `events`: at least one event. [`get_webhook_events`](Webhooks::get_webhook_events) lists them.
    ///
    /// Set a [`header`](CreateWebhook::header) with a secret value, without which nobody can tell deliveries from
    /// forged requests.
    ///
    /// # Errors
    ///
    /// Fails only with the [errors](Error) of every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # use basalam_chat::webhooks::WebhookEventId;
    /// # async fn run(client: Client, secret: String) -> Result<(), basalam_chat::Error> {
    /// let webhook = client
    ///     .webhooks()
    ///     .create_webhook("https://example.com/webhooks", [WebhookEventId::CHAT_RECEIVED_MESSAGE])
    ///     .header("Authorization", format!("Bearer {secret}"))
    ///     .await?;
    /// # let _ = webhook;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_webhook(
        &self,
        url: impl Into<String>,
        events: impl IntoIterator<Item = WebhookEventId>,
    ) -> CreateWebhook<C> {
        CreateWebhook {
            client: self.client.clone(),
            request: CreateWebhookParams {
                url: url.into(),
                events: events.into_iter().collect(),
                method: WebhookMethod::Post,
                headers: DeliveryHeaders::default(),
                service: None,
                active: None,
                register_me: None,
            },
        }
    }
}

/// Request builder that creates a webhook; returned by [`Webhooks::create_webhook`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateWebhook<C = Client> {
    pub(crate) client: C,
    pub(crate) request: CreateWebhookParams,
}

#[derive(Clone, Debug)]
pub(crate) struct CreateWebhookParams {
    url: String,
    events: Vec<WebhookEventId>,
    method: WebhookMethod,
    headers: DeliveryHeaders,
    service: Option<WebhookServiceId>,
    active: Option<bool>,
    register_me: Option<bool>,
}

impl<C> CreateWebhook<C> {
    /// Adds a header to every delivery, or replaces the one with this name, which is case-insensitive. Visible ASCII
    /// characters, and spaces and tabs between them, are accepted as `value`, which is treated as a secret.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.headers.insert(name.into(), value.into());
        self
    }

    /// Sets the HTTP method of deliveries. The default is `POST`.
    pub fn method(mut self, method: WebhookMethod) -> Self {
        self.request.method = method;
        self
    }

    /// Sets the service that the webhook belongs to.
    pub fn service(mut self, service: WebhookServiceId) -> Self {
        self.request.service = Some(service);
        self
    }

    /// Sets whether events are delivered. The service's default is `true`.
    pub fn active(mut self, enabled: bool) -> Self {
        self.request.active = Some(enabled);
        self
    }

    /// Sets whether the token's user is registered on the webhook. The default is `true` without a
    /// [`service`](CreateWebhook::service), which the service then requires (certain, from the vendor's
    /// documentation), and `false` with one.
    pub fn register_me(mut self, enabled: bool) -> Self {
        self.request.register_me = Some(enabled);
        self
    }
}

impl_send!(CreateWebhook -> Webhook);

impl request::Request for CreateWebhookParams {
    type Response = Webhook;

    fn operation() -> &'static Operation {
        &CREATE_WEBHOOK
    }

    async fn run(self, client: Client) -> Result<Webhook, Error> {
        check_url(&self.url)?;
        check_events(&self.events)?;
        if let Some(service) = self.service {
            request::check_id("service", service.0)?;
        }
        let headers = self.headers.to_json()?;
        let mut body = CreateWebhookBody::new(self.events, self.method, self.url);
        body.request_headers = headers;
        body.is_active = self.active;
        body.register_me = self.register_me.or(self.service.is_none().then_some(true));
        body.service_id = self.service;
        let result = client.raw().create_webhook(&body).await;
        client.transport().decode_response(&CREATE_WEBHOOK, result)
    }
}
