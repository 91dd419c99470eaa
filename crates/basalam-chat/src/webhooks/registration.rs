//! Request builders that register users on webhooks.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::{REGISTER_WEBHOOK, UNREGISTER_WEBHOOK};
use basalam_chat_api::types::{RegisterWebhookBody, UnregisterWebhookBody};

use super::{UnregisterWebhookResponse, WebhookCustomer, WebhookId, Webhooks};
use crate::request::{self, check_id, impl_send, plain_request};
use crate::{Client, Error, UserId};

impl<C: Clone> Webhooks<C> {
    /// Registers the token's user on a webhook, which receives the user's events from then on.
    ///
    /// Unknown: what a second registration does. The call is not retried if it may have succeeded.
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
    /// client.webhooks().register_webhook(WebhookId(5120)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn register_webhook(&self, webhook: WebhookId) -> RegisterWebhook<C> {
        RegisterWebhook {
            client: self.client.clone(),
            request: RegisterWebhookParams { webhook },
        }
    }

    /// Unregisters the token's user, or another [`customer`](UnregisterWebhook::customer), from a webhook.
    /// Not retried if it may have succeeded: after a success, a second call looks like a failure.
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call, one with [`is_not_found`](Error::is_not_found) if the user is
    /// not registered (likely).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # use basalam_chat::webhooks::WebhookId;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// client.webhooks().unregister_webhook(WebhookId(5120)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn unregister_webhook(&self, webhook: WebhookId) -> UnregisterWebhook<C> {
        UnregisterWebhook {
            client: self.client.clone(),
            request: UnregisterWebhookParams {
                webhook,
                customer: None,
            },
        }
    }
}

plain_request! {
    /// Request builder that registers a user on a webhook; returned by [`Webhooks::register_webhook`].
    pub struct RegisterWebhook -> WebhookCustomer;
    struct RegisterWebhookParams { webhook: WebhookId }
    REGISTER_WEBHOOK => |client, params| {
        check_id("webhook", params.webhook.0)?;
        let body = RegisterWebhookBody::new(params.webhook);
        let result = client.raw().register_webhook(&body).await;
        client.transport().decode_response(&REGISTER_WEBHOOK, result)
    }
}

/// Request builder that unregisters a user from a webhook; returned by [`Webhooks::unregister_webhook`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct UnregisterWebhook<C = Client> {
    pub(crate) client: C,
    pub(crate) request: UnregisterWebhookParams,
}

#[derive(Clone, Debug)]
pub(crate) struct UnregisterWebhookParams {
    webhook: WebhookId,
    customer: Option<UserId>,
}

impl<C> UnregisterWebhook<C> {
    /// Sets the user to unregister. The default is the token's user. Likely: only the owner of the webhook can
    /// unregister other users.
    pub fn customer(mut self, customer: UserId) -> Self {
        self.request.customer = Some(customer);
        self
    }
}

impl_send!(UnregisterWebhook -> UnregisterWebhookResponse);

impl request::Request for UnregisterWebhookParams {
    type Response = UnregisterWebhookResponse;

    fn operation() -> &'static Operation {
        &UNREGISTER_WEBHOOK
    }

    async fn run(self, client: Client) -> Result<UnregisterWebhookResponse, Error> {
        check_id("webhook", self.webhook.0)?;
        if let Some(customer) = self.customer {
            check_id("customer", customer.0)?;
        }
        let mut body = UnregisterWebhookBody::new(self.webhook);
        body.customer_id = self.customer;
        let result = client.raw().unregister_webhook(&body).await;
        let transport = client.transport();
        transport.decode_response(&UNREGISTER_WEBHOOK, result)
    }
}
