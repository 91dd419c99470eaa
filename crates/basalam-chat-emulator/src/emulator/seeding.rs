//! Changes of the state without HTTP requests, for tests.

use jiff::civil::DateTime;

use super::Emulator;
use crate::clock::truncate_to_seconds;
use crate::error::Error;
use crate::seed::{Seed, SeedChat, SeedMessage, SeededIds};

impl Emulator {
    /// Adds messages to a chat as if `sender_id` had sent them one after the other, and
    /// returns their ids, which increase.
    ///
    /// `messages` can be strings or [`SeedMessage`]s. 100,000 messages take a fraction of a
    /// second. The last message sets `updated_at` and `modified_at` of the chat; see
    /// [`Emulator::set_chat_updated_at`] for other times.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the chat does not exist, if the sender is not a
    /// member or has deleted the chat, or if explicit ids do not increase. No message is
    /// added in these cases.
    ///
    /// ```
    /// # use basalam_chat_emulator::{Emulator, SeedChat};
    /// let emulator = Emulator::builder().start_blocking()?;
    /// let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    /// let chat_id = emulator.seed_chat(SeedChat::private(seller, customer))?;
    /// let texts = (0..1000).map(|index| format!("message {index}"));
    /// let ids = emulator.seed_messages(chat_id, customer, texts)?;
    /// assert_eq!(ids.len(), 1000);
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn seed_messages<I>(
        &self,
        chat_id: i64,
        sender_id: i64,
        messages: I,
    ) -> Result<Vec<i64>, Error>
    where
        I: IntoIterator,
        I::Item: Into<SeedMessage>,
    {
        // Collected before locking, since the iterator may use the emulator.
        let messages: Vec<SeedMessage> = messages.into_iter().map(Into::into).collect();
        let now = self.service().now();
        let mut state = self.service().state();
        state.require_chat_of(chat_id, sender_id)?;
        state.check_message_ids(messages.iter().map(|it| it.id))?;
        let messages = messages.into_iter();
        let ids = messages
            .map(|it| it.apply(&mut state, chat_id, sender_id, now))
            .collect();
        self.service().queue_deliveries(&mut state);
        ids
    }

    /// Adds a chat without messages and returns its id.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if there are no members, or unknown or duplicate ones,
    /// if two users already have a private chat, if the id is taken, or if a property does
    /// not apply to the type of the chat.
    pub fn seed_chat(&self, chat: SeedChat) -> Result<i64, Error> {
        let now = self.service().now();
        chat.apply(&mut self.service().state(), now)
    }

    /// Applies a JSON seed, all or nothing, and returns the ids of the added objects; see
    /// [`EmulatorBuilder::seed_file`](crate::EmulatorBuilder::seed_file).
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the seed is invalid or conflicts with the state; the
    /// message contains the JSON path.
    pub fn seed_json(&self, json: &str) -> Result<SeededIds, Error> {
        self.service().apply_seed(&Seed::parse(json)?)
    }

    /// Sets the `updated_at` of a chat, by which chats are sorted by default.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the chat does not exist.
    pub fn set_chat_updated_at(&self, chat_id: i64, time: DateTime) -> Result<(), Error> {
        let mut state = self.service().state();
        state.chat_times_mut(chat_id)?.updated_at = truncate_to_seconds(time);
        Ok(())
    }

    /// Sets the `modified_at` of a chat, by which chats can be sorted; `None` is null, which
    /// is sorted last.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the chat does not exist.
    pub fn set_chat_modified_at(
        &self,
        chat_id: i64,
        time: impl Into<Option<DateTime>>,
    ) -> Result<(), Error> {
        let mut state = self.service().state();
        state.chat_times_mut(chat_id)?.modified_at = time.into().map(truncate_to_seconds);
        Ok(())
    }

    /// Marks all messages of other senders in a chat as seen by a member.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the user is not a member of the chat.
    pub fn mark_seen(&self, chat_id: i64, user_id: i64) -> Result<(), Error> {
        self.service().mark_seen(chat_id, user_id)
    }

    /// Deletes a message of any sender for all members. Returns `false` if it did not exist.
    pub fn delete_message(&self, message_id: i64) -> bool {
        self.service().state().delete_message(message_id)
    }

    /// Deletes a chat and its messages for all members. Returns `false` if it did not exist.
    pub fn delete_chat(&self, chat_id: i64) -> bool {
        self.service().state().delete_chat(chat_id)
    }
}
