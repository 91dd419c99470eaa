//! Inspection of an emulator, hooks, queued responses and faults, for tests.

use std::sync::{Arc, Mutex};

use super::{Emulator, StoredFile, StoredMessage};
use crate::error::Error;
use crate::fault::{Fault, FaultRule};
use crate::request_log::LoggedRequest;
use crate::test_controls::RawResponse;

impl Emulator {
    /// Returns the messages of a chat, oldest first. The list is empty if the chat does not
    /// exist.
    #[must_use]
    pub fn messages(&self, chat_id: i64) -> Vec<StoredMessage> {
        let state = self.service().state();
        state.messages_of(chat_id).map(StoredMessage::new).collect()
    }

    /// Returns the number of messages in all chats.
    #[must_use]
    pub fn message_count(&self) -> usize {
        self.service().state().message_count()
    }

    /// Returns an uploaded file, or `None` if it does not exist or is expired.
    #[must_use]
    pub fn file(&self, id: i64) -> Option<StoredFile> {
        let now = self.service().now();
        let mut state = self.service().state();
        state.files.get(id, now).map(|it| StoredFile::new(id, it))
    }

    /// Returns the number of requests for an operation, regardless of the response, or `None` if
    /// the OpenAPI document has no such operation.
    ///
    /// ```
    /// # use basalam_chat_emulator::Emulator;
    /// let emulator = Emulator::builder().start_blocking()?;
    /// assert_eq!(emulator.request_count("create_message"), Some(0));
    /// assert_eq!(emulator.request_count("creat_message"), None);
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn request_count(&self, operation_id: &str) -> Option<u64> {
        if !self.service().has_operation(operation_id) {
            return None;
        }
        let controls = self.service().test_controls();
        Some(controls.request_count(operation_id))
    }

    /// Returns the number of requests for any path, except the control endpoints.
    #[must_use]
    pub fn total_request_count(&self) -> u64 {
        self.service().test_controls().log.total()
    }

    /// Returns the latest 5000 finished requests, oldest first, except those to the control
    /// endpoints.
    #[must_use]
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        let service = self.service();
        let mut requests: Vec<_> = service.test_controls().log.entries().collect();
        service.mask_secrets(&mut requests);
        requests
    }

    /// Restores the initial users, chats, messages, tokens and clock, clears faults,
    /// queued responses, counters and the log, and gives up pending deliveries to webhooks.
    /// Hooks are kept.
    ///
    /// # Errors
    ///
    /// None in practice, since the same state was built successfully at the start.
    pub fn reset(&self) -> Result<(), Error> {
        self.service().reset()
    }

    /// Queues a response for the next request, which is then not handled.
    ///
    /// Use it for responses that the service itself does not send, such as HTML from a
    /// proxy or fields of another type. The response is not checked against the OpenAPI
    /// document. Several queued responses are sent in order. They apply to the next
    /// requests for any path with any token, except requests that are rejected before they
    /// are read completely, such as bodies that are too large.
    ///
    /// - `status`: 200 to 999.
    /// - `headers`: names and values, without `Connection`, `Content-Length` and
    ///   `Transfer-Encoding`, which the server sets. There is no default `Content-Type`.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the status or a header is invalid.
    ///
    /// ```
    /// # use basalam_chat_emulator::Emulator;
    /// let emulator = Emulator::builder().start_blocking()?;
    /// emulator.queue_response(502, &[("Content-Type", "text/html")], "<h1>Bad gateway</h1>")?;
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn queue_response(
        &self,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let response = RawResponse::new(status, headers, body.into())?;
        self.service().test_controls().queue_response(response);
        Ok(())
    }

    /// Adds a hook that runs before each request for an operation is handled.
    ///
    /// A hook can add or delete messages while a client is working. It runs after the
    /// request was read and counted. Several hooks of an operation run in the order in
    /// which they were added.
    ///
    /// Hooks run on the emulator's thread and block all other requests: a request to the emulator
    /// from within a hook blocks forever. A panic in a hook closes the connection. A hook must not
    /// own the emulator, for example in an [`Arc`], since the emulator could then never be dropped;
    /// use the reference that it receives.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the OpenAPI document has no such operation.
    ///
    /// ```
    /// # use basalam_chat_emulator::{Emulator, SeedChat};
    /// let emulator = Emulator::builder().start_blocking()?;
    /// let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    /// let chat_id = emulator.seed_chat(SeedChat::private(seller, customer))?;
    /// let mut page_count = 0;
    /// emulator.on_request("get_messages", move |emulator| {
    ///     page_count += 1;
    ///     if page_count == 2 {
    ///         emulator
    ///             .seed_messages(chat_id, customer, ["arrives before the second page"])
    ///             .expect("the chat exists");
    ///     }
    /// })?;
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn on_request<F>(&self, operation_id: &str, mut hook: F) -> Result<(), Error>
    where
        F: FnMut(&Emulator) + Send + 'static,
    {
        self.service().check_operation(operation_id)?;
        let shared = Arc::downgrade(&self.shared);
        let hook = move || {
            // Requests in progress may outlive the emulator.
            if let Some(shared) = shared.upgrade() {
                hook(&Emulator { shared });
            }
        };
        let hook = Arc::new(Mutex::new(hook));
        self.service().test_controls().add_hook(operation_id, hook);
        Ok(())
    }

    /// Injects a fault into the next request for any operation, once.
    ///
    /// Several faults are injected into consecutive requests. Faults apply after the hooks
    /// of [`Emulator::on_request`], and only if no response is queued by
    /// [`Emulator::queue_response`].
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the status or a header of the fault is invalid.
    ///
    /// ```
    /// # use basalam_chat_emulator::{Emulator, Fault};
    /// let emulator = Emulator::builder().start_blocking()?;
    /// emulator.fail_next(Fault::truncated_body())?;
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn fail_next(&self, fault: Fault) -> Result<(), Error> {
        self.add_fault(FaultRule::new(fault).times(1))
    }

    /// Adds a rule that injects faults into requests.
    ///
    /// A request gets at most one fault, from the first rule that applies, in the order in
    /// which the rules were added.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the OpenAPI document has no such operation, if the
    /// probability is out of range, and as for [`Emulator::fail_next`].
    pub fn add_fault(&self, rule: FaultRule) -> Result<(), Error> {
        self.service().add_fault(rule).map(drop)
    }

    /// Removes all fault rules.
    pub fn clear_faults(&self) {
        self.service().test_controls().faults.clear();
    }
}
