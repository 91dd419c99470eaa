//! `basalam-chat` with its default settings.

use basalam_chat::chats::Chat;
use basalam_chat::messages::{Message, SentMessage};
use basalam_chat::{ChatId, Client, PersonalToken};

use crate::TOKEN;
use crate::bodies::{CHAT_ID, TEXT};

/// The facade with its default settings.
#[derive(Clone, Debug)]
pub struct Facade {
    client: Client,
}

impl Facade {
    /// Creates a client.
    ///
    /// # Errors
    ///
    /// Returns an error if the client cannot be created.
    pub fn new(base_url: &str) -> anyhow::Result<Facade> {
        let client = Client::builder(PersonalToken::new(TOKEN)).base_url(base_url);
        Ok(Facade {
            client: client.build()?,
        })
    }

    /// Returns the client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub(super) async fn create_message(&self) -> anyhow::Result<SentMessage> {
        let message = self.client.create_message(ChatId(CHAT_ID), TEXT);
        Ok(message.await?)
    }

    pub(super) async fn get_messages(&self, limit: u32) -> anyhow::Result<Vec<Message>> {
        let page = self.client.get_messages(ChatId(CHAT_ID)).limit(limit);
        Ok(page.await?.items)
    }

    pub(super) async fn get_chats(&self, limit: u32) -> anyhow::Result<Vec<Chat>> {
        Ok(self.client.get_chats().limit(limit).await?.items)
    }
}
