//! `basalam-chat`, as its users have it.

use basalam_chat::chats::Chat;
use basalam_chat::messages::{Message, SentMessage};
use basalam_chat::{ChatId, Client, PersonalToken};

use crate::TOKEN;
use crate::bodies::{CHAT_ID, TEXT};

/// The facade, with its defaults.
#[derive(Clone, Debug)]
pub struct Facade {
    client: Client,
}

impl Facade {
    /// Makes a client.
    ///
    /// # Errors
    ///
    /// Gives an error where the client cannot be made.
    pub fn new(base_url: &str) -> anyhow::Result<Facade> {
        let client = Client::builder(PersonalToken::new(TOKEN)).base_url(base_url);
        Ok(Facade {
            client: client.build()?,
        })
    }

    /// The client itself.
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub(super) async fn create_message(&self) -> anyhow::Result<SentMessage> {
        let message = self.client.create_message(ChatId(CHAT_ID), TEXT);
        Ok(message.await?)
    }

    pub(super) async fn get_messages(&self, limit: u32) -> anyhow::Result<Vec<Message>> {
        let page = self.client.get_messages(ChatId(CHAT_ID)).limit(limit);
        Ok(page.await?.messages)
    }

    pub(super) async fn get_chats(&self, limit: u32) -> anyhow::Result<Vec<Chat>> {
        Ok(self.client.get_chats().limit(limit).await?.chats)
    }
}
