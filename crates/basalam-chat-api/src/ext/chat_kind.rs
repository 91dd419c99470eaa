//! Chats by type.

use crate::newtypes::ChatType;
use crate::types::{Channel, Chat, ChatBot, Contact, Group};

/// A chat's type with the details for that type, returned by [`Chat::kind`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChatKind<'a> {
    /// Two people.
    #[non_exhaustive]
    Private {
        /// The other party, if present in the response.
        contact: Option<&'a Contact>,
    },
    /// Several people.
    #[non_exhaustive]
    Group {
        /// The group's details, if present in the response.
        group: Option<&'a Group>,
    },
    /// One party writes and many read.
    #[non_exhaustive]
    Channel {
        /// The channel's details, if present in the response.
        channel: Option<&'a Channel>,
    },
    /// A conversation with a bot.
    #[non_exhaustive]
    Bot {
        /// The bot's details, if present in the response.
        bot: Option<&'a ChatBot>,
    },
    /// A type that this version does not know.
    Other(&'a ChatType),
}

impl Chat {
    /// Returns the chat's type with its details, to match on.
    ///
    /// Likely: the types are those of Basalam's web application. The details can be missing for any type.
    ///
    /// ```
    /// use basalam_chat_api::{ChatKind, types::Chat};
    ///
    /// fn is_worth_answering(chat: &Chat) -> bool {
    ///     matches!(chat.kind(), ChatKind::Private { .. })
    /// }
    /// ```
    pub fn kind(&self) -> ChatKind<'_> {
        match &self.chat_type {
            ChatType::Private => ChatKind::Private {
                contact: self.contact.as_deref(),
            },
            ChatType::Group => ChatKind::Group {
                group: self.group.as_ref(),
            },
            ChatType::Channel => ChatKind::Channel {
                channel: self.channel.as_ref(),
            },
            ChatType::Bot => ChatKind::Bot {
                bot: self.bot.as_ref(),
            },
            other => ChatKind::Other(other),
        }
    }
}
