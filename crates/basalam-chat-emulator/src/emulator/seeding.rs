//! Chats and messages put into a running emulator, and taken out, without HTTP.

use jiff::civil::DateTime;

use super::Emulator;
use crate::error::Error;
use crate::options::whole_seconds;
use crate::seed::{Seed, SeedChat, SeedMessage, SeededIds};

impl Emulator {
    /// Puts messages into a chat as if `sender_id` had sent them one after the other,
    /// and gives their numbers, which increase.
    ///
    /// Texts will do, as will [`SeedMessage`]s. 100,000 messages take a fraction of a
    /// second. The chat is updated and modified at the time of the last one; see
    /// [`Emulator::set_chat_updated_at`] for another.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when there is no such chat, when the sender is no member of
    /// it or has deleted it, and when a number was set that does not increase; nothing is
    /// stored then.
    ///
    /// ```
    /// # use basalam_chat_emulator::{Emulator, SeedChat};
    /// let emulator = Emulator::builder().start_blocking()?;
    /// let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    /// let chat_id = emulator.seed_chat(SeedChat::private(seller, customer))?;
    /// let texts = (0..1000).map(|number| format!("message {number}"));
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
        // The iterator is the caller's code, which may use the emulator itself.
        let messages: Vec<SeedMessage> = messages.into_iter().map(Into::into).collect();
        let now = self.service().now();
        let mut state = self.service().state();
        if state.chat_of(chat_id, sender_id).is_none() {
            return Err(Error::argument(format!(
                "the user {sender_id} has no chat {chat_id}; seed it first, with that user as a member"
            )));
        }
        state.check_message_ids(messages.iter().map(|it| it.id))?;
        let messages = messages.into_iter();
        messages
            .map(|it| it.send(&mut state, chat_id, sender_id, now))
            .collect()
    }

    /// Puts a chat into the service, without any messages, and gives its number.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when it has no members, or one that is unknown or named
    /// twice, when two users have their private chat already, when there is a chat of its
    /// number, and when something was set that its kind has not.
    pub fn seed_chat(&self, chat: SeedChat) -> Result<i64, Error> {
        let now = self.service().now();
        chat.put_into(&mut self.service().state(), now)
    }

    /// Puts in what the text of a seed file describes, all of it or nothing, and gives
    /// the numbers of it; see [`EmulatorBuilder::seed_file`](crate::EmulatorBuilder::seed_file).
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the text is no seed, or cannot be put beside what is
    /// there; the message names the place by its JSON path.
    pub fn seed_json(&self, text: &str) -> Result<SeededIds, Error> {
        self.service().plant(&Seed::read(text)?)
    }

    /// Moves a chat to another time in the lists that are sorted by `updated_at`.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when there is no such chat.
    pub fn set_chat_updated_at(&self, chat_id: i64, time: DateTime) -> Result<(), Error> {
        let mut state = self.service().state();
        let times = state.chat_times_mut(chat_id);
        times.ok_or_else(|| no_chat(chat_id))?.updated_at = whole_seconds(time);
        Ok(())
    }

    /// Moves a chat to another time in the lists that are sorted by `modified_at`;
    /// `None` is null in answers, and moves it to their end.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when there is no such chat.
    pub fn set_chat_modified_at(
        &self,
        chat_id: i64,
        time: impl Into<Option<DateTime>>,
    ) -> Result<(), Error> {
        let mut state = self.service().state();
        let times = state.chat_times_mut(chat_id);
        times.ok_or_else(|| no_chat(chat_id))?.modified_at = time.into().map(whole_seconds);
        Ok(())
    }

    /// Marks all that others wrote in a chat as seen by a member.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the user has no such chat.
    pub fn mark_seen(&self, chat_id: i64, user_id: i64) -> Result<(), Error> {
        self.service().mark_seen(chat_id, user_id)
    }

    /// Deletes a message of anybody, for everybody; tells whether it was there.
    pub fn delete_message(&self, message_id: i64) -> bool {
        self.service().state().delete_message(message_id)
    }

    /// Deletes a chat and its messages for everybody; tells whether it was there.
    pub fn delete_chat(&self, chat_id: i64) -> bool {
        self.service().state().delete_chat(chat_id)
    }
}

fn no_chat(id: i64) -> Error {
    Error::argument(format!("there is no chat {id}; seed it first"))
}
