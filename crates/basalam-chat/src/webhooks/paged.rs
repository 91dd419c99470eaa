//! Request builders of the lists with numbered pages.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::{GET_REGISTERED_WEBHOOKS, GET_WEBHOOK_CUSTOMERS};

use super::list::{WebhookPage, decode_page};
use super::pager::{NumberedList, NumberedPager};
use super::{RegisteredWebhook, WebhookCustomer, WebhookId, WebhookServiceId, Webhooks};
use crate::paging::impl_stream;
use crate::request::{self, check_id, impl_send};
use crate::{Client, Error};

/// Defines a request builder for a list with numbered pages, and its streams.
macro_rules! numbered_list {
    (
        $(#[$docs:meta])*
        pub struct $builder:ident($params:ident) -> $item:ident;
        $(#[$stream_docs:meta])*
        pub struct $stream:ident;
        $(#[$pages_docs:meta])*
        pub struct $pages:ident;
        $(#[$filter_docs:meta])*
        pub fn $filter:ident($filter_type:ident);
        $operation:ident => $method:ident, $id:expr
    ) => {
        $(#[$docs])*
        #[derive(Clone, Debug)]
        #[must_use = "a request is sent when it is awaited"]
        pub struct $builder<C = Client> {
            pub(crate) client: C,
            pub(crate) request: $params,
        }

        #[derive(Clone, Debug, Default)]
        pub(crate) struct $params {
            page: Option<u32>,
            per_page: Option<u32>,
            filter: Option<$filter_type>,
        }

        impl<C> $builder<C> {
            $(#[$filter_docs])*
            pub fn $filter(mut self, $filter: $filter_type) -> Self {
                self.request.filter = Some($filter);
                self
            }

            /// Sets the number of the page, or of the first page of a stream, from 1. The default is 1.
            pub fn page(mut self, page: u32) -> Self {
                self.request.page = Some(page);
                self
            }

            /// Sets the maximum number of items on a page, greater than zero. The service's default is 10.
            /// Unknown: the largest number that it allows.
            pub fn per_page(mut self, items: u32) -> Self {
                self.request.per_page = Some(items);
                self
            }
        }

        impl_send!($builder -> WebhookPage<$item>);

        impl $builder {
            /// Returns a stream of all items. An item that is added or deleted meanwhile can repeat or hide
            /// others, since pages are numbered.
            pub fn stream(self) -> $stream {
                $stream::new(NumberedPager::new(self.client, self.request))
            }

            /// Returns a stream of pages; otherwise like `stream`.
            pub fn pages(self) -> $pages {
                $pages::new(NumberedPager::new(self.client, self.request))
            }
        }

        #[cfg(feature = "blocking")]
        impl $builder<crate::blocking::Client> {
            /// Returns an iterator over all items (feature `blocking`); otherwise like `stream`.
            pub fn iter(self) -> crate::blocking::Iter<$stream> {
                let pager = NumberedPager::new(self.client.async_client(), self.request);
                crate::blocking::Iter::new(self.client, $stream::new(pager))
            }

            /// Returns an iterator over pages (feature `blocking`); otherwise like `stream`.
            pub fn pages(self) -> crate::blocking::Iter<$pages> {
                let pager = NumberedPager::new(self.client.async_client(), self.request);
                crate::blocking::Iter::new(self.client, $pages::new(pager))
            }
        }

        impl request::Request for $params {
            type Response = WebhookPage<$item>;

            fn operation() -> &'static Operation {
                &$operation
            }

            async fn run(self, client: Client) -> Result<WebhookPage<$item>, Error> {
                self.fetch(&client, self.first_page()).await
            }
        }

        impl NumberedList for $params {
            type Item = $item;

            const OPERATION: &'static Operation = &$operation;

            fn first_page(&self) -> u32 {
                self.page.unwrap_or(1)
            }

            fn id(item: &$item) -> (i64, Option<i64>) {
                let id: fn(&$item) -> (i64, Option<i64>) = $id;
                id(item)
            }

            async fn fetch(&self, client: &Client, page: u32) -> Result<WebhookPage<$item>, Error> {
                let check = || {
                    if page == 0 {
                        return Err(Error::zero("page"));
                    }
                    if self.per_page == Some(0) {
                        return Err(Error::zero("per_page"));
                    }
                    match self.filter {
                        Some(filter) => check_id(stringify!($filter), filter.0),
                        None => Ok(()),
                    }
                };
                check().map_err(|error: Error| error.with_operation(&$operation))?;
                // The first page is the default, unless it was set.
                let number = (page > 1 || self.page.is_some()).then_some(i64::from(page));
                let per_page = self.per_page.map(i64::from);
                let result = client.raw().$method(number, per_page, self.filter.as_ref()).await;
                decode_page(client, &$operation, page, result)
            }
        }

        impl_stream! {
            $(#[$stream_docs])*
            pub struct $stream(ItemPaginator<NumberedPager<$params>>) -> $item;
        }

        impl_stream! {
            $(#[$pages_docs])*
            pub struct $pages(Paginator<NumberedPager<$params>>) -> WebhookPage<$item>;
        }
    };
}

impl<C: Clone> Webhooks<C> {
    /// Lists the users who are registered on webhooks of the token's user.
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
    /// let mut customers = client.webhooks().get_webhook_customers().stream();
    /// while let Some(customer) = customers.try_next().await? {
    ///     println!("{:?}", customer.customer_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_webhook_customers(&self) -> GetWebhookCustomers<C> {
        GetWebhookCustomers {
            client: self.client.clone(),
            request: GetWebhookCustomersParams::default(),
        }
    }

    /// Lists the webhooks that the token's user is registered on.
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
    /// let webhooks = client.webhooks().get_registered_webhooks().await?;
    /// println!("registered on {} webhooks", webhooks.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_registered_webhooks(&self) -> GetRegisteredWebhooks<C> {
        GetRegisteredWebhooks {
            client: self.client.clone(),
            request: GetRegisteredWebhooksParams::default(),
        }
    }
}

numbered_list! {
    /// Request builder that lists registered users; returned by [`Webhooks::get_webhook_customers`].
    pub struct GetWebhookCustomers(GetWebhookCustomersParams) -> WebhookCustomer;
    /// Stream of registered users; returned by [`GetWebhookCustomers::stream`].
    pub struct WebhookCustomerStream;
    /// Stream of pages of registered users; returned by [`GetWebhookCustomers::pages`].
    pub struct WebhookCustomerPages;
    /// Lists only users of this webhook.
    pub fn webhook(WebhookId);
    GET_WEBHOOK_CUSTOMERS => get_webhook_customers, |item| (item.id.0, None)
}

numbered_list! {
    /// Request builder that lists the webhooks of a registered user; returned by
    /// [`Webhooks::get_registered_webhooks`].
    pub struct GetRegisteredWebhooks(GetRegisteredWebhooksParams) -> RegisteredWebhook;
    /// Stream of webhooks; returned by [`GetRegisteredWebhooks::stream`].
    pub struct RegisteredWebhookStream;
    /// Stream of pages of webhooks; returned by [`GetRegisteredWebhooks::pages`].
    pub struct RegisteredWebhookPages;
    /// Lists only webhooks of this service.
    pub fn service(WebhookServiceId);
    GET_REGISTERED_WEBHOOKS => get_registered_webhooks, |item| (item.id.0, item.service_id.map(|it| it.0))
}
