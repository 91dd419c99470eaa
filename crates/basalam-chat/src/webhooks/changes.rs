//! Request builders that change and delete a webhook.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::{DELETE_WEBHOOK_BY_ID, UPDATE_WEBHOOK};
use basalam_chat_api::types::UpdateWebhookBody;

use super::headers::{DeliveryHeaders, check_events, check_url};
use super::{DeleteWebhookResponse, Webhook, WebhookEventId, WebhookId, WebhookMethod, Webhooks};
use crate::request::{self, check_id, impl_send, plain_request};
use crate::{Client, Error};

impl<C: Clone> Webhooks<C> {
    /// Changes a webhook: what the builder sets, and nothing else (likely).
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call: [`is_invalid_input`](Error::is_invalid_input) if nothing is set,
    /// and [`is_not_found`](Error::is_not_found) if the webhook does not exist (likely).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # use basalam_chat::webhooks::WebhookId;
    /// # async fn run(client: Client, secret: String) -> Result<(), basalam_chat::Error> {
    /// // A new secret. The receiver accepts both for a while.
    /// let webhooks = client.webhooks();
    /// let request = webhooks.update_webhook(WebhookId(5120));
    /// request.header("Authorization", format!("Bearer {secret}")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_webhook(&self, webhook: WebhookId) -> UpdateWebhook<C> {
        UpdateWebhook {
            client: self.client.clone(),
            request: UpdateWebhookParams {
                webhook,
                url: None,
                events: None,
                method: None,
                headers: DeliveryHeaders::default(),
                active: None,
            },
        }
    }

    /// Deletes a webhook. Not retried if it may have succeeded: after a success, a second call looks like a
    /// failure.
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
    /// client.webhooks().delete_webhook(WebhookId(5120)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_webhook(&self, webhook: WebhookId) -> DeleteWebhook<C> {
        DeleteWebhook {
            client: self.client.clone(),
            request: DeleteWebhookParams { webhook },
        }
    }
}

/// Request builder that changes a webhook; returned by [`Webhooks::update_webhook`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct UpdateWebhook<C = Client> {
    pub(crate) client: C,
    pub(crate) request: UpdateWebhookParams,
}

#[derive(Clone, Debug)]
pub(crate) struct UpdateWebhookParams {
    webhook: WebhookId,
    url: Option<String>,
    events: Option<Vec<WebhookEventId>>,
    method: Option<WebhookMethod>,
    headers: DeliveryHeaders,
    active: Option<bool>,
}

impl<C> UpdateWebhook<C> {
    /// Sets the URL that receives the events.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.request.url = Some(url.into());
        self
    }

    /// Sets the events, at least one, instead of the current ones.
    pub fn events(mut self, events: impl IntoIterator<Item = WebhookEventId>) -> Self {
        self.request.events = Some(events.into_iter().collect());
        self
    }

    /// Sets the HTTP method of deliveries.
    pub fn method(mut self, method: WebhookMethod) -> Self {
        self.request.method = Some(method);
        self
    }

    /// Adds a header to those that replace the current ones (likely), as
    /// [`CreateWebhook::header`](super::CreateWebhook::header) does.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.headers.insert(name.into(), value.into());
        self
    }

    /// Sets whether events are delivered.
    pub fn active(mut self, enabled: bool) -> Self {
        self.request.active = Some(enabled);
        self
    }
}

impl_send!(UpdateWebhook -> Webhook);

impl request::Request for UpdateWebhookParams {
    type Response = Webhook;

    fn operation() -> &'static Operation {
        &UPDATE_WEBHOOK
    }

    async fn run(self, client: Client) -> Result<Webhook, Error> {
        check_id("webhook", self.webhook.0)?;
        if let Some(url) = &self.url {
            check_url(url)?;
        }
        if let Some(events) = &self.events {
            check_events(events)?;
        }
        let mut body = UpdateWebhookBody::new();
        body.url = self.url;
        body.event_ids = self.events;
        body.request_method = self.method;
        body.request_headers = self.headers.to_json()?;
        body.is_active = self.active;
        if body == UpdateWebhookBody::new() {
            return Err(Error::invalid_input(
                "update_webhook",
                "changes nothing",
                "set the URL, the events, a header or another field",
            ));
        }
        let result = client.raw().update_webhook(&self.webhook, &body).await;
        client.transport().decode_response(&UPDATE_WEBHOOK, result)
    }
}

plain_request! {
    /// Request builder that deletes a webhook; returned by [`Webhooks::delete_webhook`].
    pub struct DeleteWebhook -> DeleteWebhookResponse;
    struct DeleteWebhookParams { webhook: WebhookId }
    DELETE_WEBHOOK_BY_ID => |client, params| {
        check_id("webhook", params.webhook.0)?;
        let result = client.raw().delete_webhook_by_id(&params.webhook).await;
        client.transport().decode_response(&DELETE_WEBHOOK_BY_ID, result)
    }
}
