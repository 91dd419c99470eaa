//! What tests see of a running emulator, and what they make of its answers.

use std::sync::{Arc, Mutex};

use super::{Emulator, StoredFile, StoredMessage};
use crate::error::Error;
use crate::fault::{Fault, FaultRule};
use crate::request_log::LoggedRequest;
use crate::test_aids::RawResponse;

impl Emulator {
    /// Gives the messages of a chat as they are stored now, oldest first; none for a
    /// chat that does not exist.
    #[must_use]
    pub fn messages(&self, chat_id: i64) -> Vec<StoredMessage> {
        let state = self.service().state();
        state.messages_of(chat_id).map(StoredMessage::new).collect()
    }

    /// Gives the number of messages that are stored now, in all chats.
    #[must_use]
    pub fn messages_stored(&self) -> usize {
        self.service().state().message_count()
    }

    /// Gives an uploaded file as it is stored now; `None` where there is no file of that
    /// number, or its time is over.
    #[must_use]
    pub fn file(&self, id: i64) -> Option<StoredFile> {
        let now = self.service().now();
        let mut state = self.service().state();
        state.files.get(id, now).map(|it| StoredFile::new(id, it))
    }

    /// Gives the number of requests that came in for an operation, however they were
    /// answered; `None` where the OpenAPI document has no operation of that id.
    ///
    /// ```
    /// # use basalam_chat_emulator::Emulator;
    /// let emulator = Emulator::builder().start_blocking()?;
    /// assert_eq!(emulator.requests("create_message"), Some(0));
    /// assert_eq!(emulator.requests("creat_message"), None);
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn requests(&self, operation_id: &str) -> Option<u64> {
        if !self.service().knows_operation(operation_id) {
            return None;
        }
        Some(self.service().aids().requests(operation_id))
    }

    /// Gives the number of requests that came in at all, for whatever path.
    #[must_use]
    pub fn total_requests(&self) -> u64 {
        self.service().aids().log.total()
    }

    /// Gives the latest 1000 requests that are over, oldest first. Those to the control
    /// paths are not among them.
    #[must_use]
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.service().aids().log.entries().collect()
    }

    /// Goes back to what the service started with: users, chats, messages, tokens and
    /// clock, without faults, written answers, counts and log. Hooks stay.
    ///
    /// # Errors
    ///
    /// None that could be met: what the service started with can be had again.
    pub fn reset(&self) -> Result<(), Error> {
        self.service().reset()
    }

    /// Makes the next request get exactly this answer, once, and do nothing else.
    ///
    /// It is for odd answers that the service itself would not give: HTML from a
    /// proxy, text that is no JSON, members of another type. Nothing of it is checked
    /// against the OpenAPI document. Called several times, the answers are given one
    /// after the other. They go to whatever request comes next, for whatever path and
    /// with whatever token; a request that is not read to its end (a body too large)
    /// does not use one up.
    ///
    /// - `status`: 200 to 999.
    /// - `headers`: names and values, without `Connection`, `Content-Length` and
    ///   `Transfer-Encoding`, which are the server's own. There is no `Content-Type`
    ///   unless you name one.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the status or a header cannot be sent.
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
        let answer = RawResponse::new(status, headers, body.into())?;
        self.service().aids().push_answer(answer);
        Ok(())
    }

    /// Runs code before each answer to an operation, from the next request on.
    ///
    /// It is how messages arrive, or vanish, in the midst of what a client does: the
    /// code is given the emulator, and runs when the request has been read and counted
    /// and nothing has been done for it yet. Several hooks of an operation run in the
    /// order in which they were added.
    ///
    /// The code runs on the emulator's own thread, which answers nobody meanwhile: a
    /// request to the emulator from within it would wait for ever. A panic in it cuts
    /// the connection. It must not own this emulator (in an [`Arc`], say), which could
    /// then not end; the one that it is given is the same.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the OpenAPI document has no operation of that id.
    ///
    /// ```
    /// # use basalam_chat_emulator::{Emulator, SeedChat};
    /// let emulator = Emulator::builder().start_blocking()?;
    /// let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    /// let chat_id = emulator.seed_chat(SeedChat::private(seller, customer))?;
    /// let mut pages = 0;
    /// emulator.on_request("get_messages", move |emulator| {
    ///     pages += 1;
    ///     if pages == 2 {
    ///         emulator
    ///             .seed_messages(chat_id, customer, ["arrives before the second page"])
    ///             .expect("the chat is there");
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
            // Requests under way may outlive the emulator.
            if let Some(shared) = shared.upgrade() {
                hook(&Emulator { shared });
            }
        };
        let hook = Arc::new(Mutex::new(hook));
        self.service().aids().add_hook(operation_id, hook);
        Ok(())
    }

    /// Makes the next request for any operation fail, once.
    ///
    /// Called several times, the faults happen one after the other. They come after the
    /// hooks of [`Emulator::on_request`], and after the answers of
    /// [`Emulator::queue_response`] are used up.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the status or the `Retry-After` of the fault cannot
    /// be sent.
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

    /// Makes requests fail by a rule, from the next request on.
    ///
    /// A request fails once, by the first of the rules that has a fault for it; they
    /// are asked in the order in which they were added.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the OpenAPI document has no operation of that id,
    /// when the probability is none, and as [`Emulator::fail_next`].
    pub fn add_fault(&self, rule: FaultRule) -> Result<(), Error> {
        self.service().add_fault(rule)
    }

    /// Forgets all faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.service().aids().clear_faults();
    }
}
