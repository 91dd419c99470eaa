//! What a chat is, with what describes it.

use crate::newtypes::ChatType;
use crate::types::{Channel, Chat, ChatBot, Contact, Group};

/// What a chat is, with the part of it that describes it; made by [`Chat::kind`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChatKind<'a> {
    /// Two people.
    #[non_exhaustive]
    Private {
        /// The other one, where the service says who that is.
        contact: Option<&'a Contact>,
    },
    /// Several people.
    #[non_exhaustive]
    Group {
        /// What the group is, where the service says so.
        group: Option<&'a Group>,
    },
    /// One side writes, and many read.
    #[non_exhaustive]
    Channel {
        /// What the channel is, where the service says so.
        channel: Option<&'a Channel>,
    },
    /// A conversation with a bot.
    #[non_exhaustive]
    Bot {
        /// What the bot is, where the service says so.
        bot: Option<&'a ChatBot>,
    },
    /// A type that this version does not know.
    Other(&'a ChatType),
}

impl Chat {
    /// What the chat is, to match on.
    ///
    /// Likely: the types are those of Basalam's web application. The parts that describe a chat may
    /// be missing from it whatever its type.
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
