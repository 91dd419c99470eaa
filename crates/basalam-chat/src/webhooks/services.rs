//! Request builder that creates a webhook service.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::CREATE_WEBHOOK_SERVICE;
use basalam_chat_api::types::CreateWebhookServiceBody;

use super::{WebhookService, Webhooks};
use crate::request::{self, check_not_blank, impl_send};
use crate::{Client, Error};

impl<C: Clone> Webhooks<C> {
    /// Creates a webhook service, which groups the webhooks of an application. Repeating the call can create it
    /// twice, so it is not retried if it may have succeeded.
    ///
    /// `title` has 3 to 100 characters (certain, from the contract).
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
    /// let service = client.webhooks().create_webhook_service("Inbox", "Answers customers").await?;
    /// # let _ = service;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_webhook_service(
        &self,
        title: impl Into<String>,
        description: impl Into<String>,
    ) -> CreateWebhookService<C> {
        CreateWebhookService {
            client: self.client.clone(),
            request: CreateWebhookServiceParams {
                title: title.into(),
                description: description.into(),
            },
        }
    }
}

/// Request builder that creates a webhook service; returned by [`Webhooks::create_webhook_service`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateWebhookService<C = Client> {
    pub(crate) client: C,
    pub(crate) request: CreateWebhookServiceParams,
}

#[derive(Clone, Debug)]
pub(crate) struct CreateWebhookServiceParams {
    title: String,
    description: String,
}

impl_send!(CreateWebhookService -> WebhookService);

impl request::Request for CreateWebhookServiceParams {
    type Response = WebhookService;

    fn operation() -> &'static Operation {
        &CREATE_WEBHOOK_SERVICE
    }

    async fn run(self, client: Client) -> Result<WebhookService, Error> {
        check_not_blank("title", Some(&self.title))?;
        if !(3..=100).contains(&self.title.chars().count()) {
            return Err(Error::invalid_input(
                "title",
                "has fewer than 3 or more than 100 characters",
                "use a title of 3 to 100 characters",
            ));
        }
        let body = CreateWebhookServiceBody::new(self.description, self.title);
        let result = client.raw().create_webhook_service(&body).await;
        let transport = client.transport();
        transport.decode_response(&CREATE_WEBHOOK_SERVICE, result)
    }
}
