//! Webhooks without HTTP requests, for tests.

use super::Emulator;
use crate::error::Error;
use crate::operations;

impl Emulator {
    /// Adds a webhook for all events of a user, without headers, and returns its id.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the user does not exist, or if events are not delivered to the URL; see
    /// [`EmulatorBuilder::allow_remote_webhooks`](crate::EmulatorBuilder::allow_remote_webhooks).
    ///
    /// ```
    /// # use basalam_chat_emulator::Emulator;
    /// let emulator = Emulator::builder().start_blocking()?;
    /// let seller = emulator.seller().id;
    /// let webhook_id = emulator.add_webhook(seller, "http://127.0.0.1:8000/webhooks")?;
    /// # let _ = webhook_id;
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn add_webhook(&self, user_id: i64, url: &str) -> Result<i64, Error> {
        let (now, options) = (self.service().now(), self.service().options());
        let mut state = self.service().state();
        operations::add_webhook(&mut state, user_id, url, options.allow_remote_webhooks, now)
    }

    /// Returns the ids of the webhooks that a user has created, in that order.
    #[must_use]
    pub fn webhook_ids(&self, user_id: i64) -> Vec<i64> {
        let state = self.service().state();
        state
            .webhooks
            .webhooks_of(user_id)
            .map(|it| it.id)
            .collect()
    }

    /// Deletes a webhook with its registrations and log. Returns `false` if it did not exist.
    pub fn delete_webhook(&self, webhook_id: i64) -> bool {
        let webhooks = &mut self.service().state().webhooks;
        let owner_id = webhooks.by_id(webhook_id).map(|it| it.owner_id);
        owner_id.is_some_and(|owner_id| webhooks.remove(webhook_id, owner_id))
    }

    /// Waits until all events of the messages so far were delivered to webhooks, or the deliveries were given up:
    /// after the retries, and when the emulator is reset or shut down.
    pub async fn webhooks_delivered(&self) {
        self.service().deliveries_finished().await;
    }
}
