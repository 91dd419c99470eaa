//! The operations of the blocking client.

use super::client::Client;
use super::iter::Iter;
use crate::bots::Bot;
use crate::chats::{
    ChatCursor, ChatPages, ChatPartner, ChatStream, CreateChat, DeleteChats, GetChats,
    GetUnseenChatCount,
};
use crate::files::UploadFile;
use crate::messages::{
    CreateMessage, DeleteMessage, EditMessage, FindSentMessage, Follower, ForwardMessage,
    GetMessages, Message, MessageCursor, MessageEdit, MessagePages, MessageStream,
    UnconfirmedMessage,
};
use crate::users::GetCurrentUser;
use crate::{ChatId, Error, MessageId, NewFile, NewMessage, UserId};

impl Client {
    /// Returns a client for a bot; see [`Client::bot`](crate::Client::bot).
    ///
    /// # Errors
    ///
    /// The errors of that method.
    pub fn bot(&self, bot_token: impl Into<String>) -> Result<Bot<Client>, Error> {
        Bot::new(self.clone(), bot_token.into())
    }

    /// Returns the id of the token's user; see [`Client::current_user_id`](crate::Client::current_user_id).
    ///
    /// # Errors
    ///
    /// The errors of that method.
    pub fn current_user_id(&self) -> Result<UserId, Error> {
        let client = self.async_client();
        self.block_on(async move { client.current_user_id().await })?
    }

    /// Returns `true` if the token's user sent a message; see [`Client::is_mine`](crate::Client::is_mine).
    ///
    /// # Errors
    ///
    /// The errors of that method.
    pub fn is_mine(&self, message: &Message) -> Result<bool, Error> {
        Ok(message.is_from(self.current_user_id()?))
    }

    /// Follows a chat; see [`Client::follow`](crate::Client::follow).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, blocking};
    /// # fn run(client: blocking::Client) -> Result<(), basalam_chat::Error> {
    /// let mut follower = client.follow(ChatId(183_583_802));
    /// loop {
    ///     let new = follower.new_messages()?;
    ///     for message in &new {
    ///         println!("{}: {}", message.id, message.content.text.as_deref().unwrap_or("-"));
    ///     }
    ///     if new.is_empty() {
    ///         std::thread::sleep(std::time::Duration::from_secs(5));
    ///     }
    /// }
    /// # }
    /// ```
    pub fn follow(&self, chat: ChatId) -> Follower<Client> {
        self.async_client().follow(chat).with_client(self.clone())
    }
}

/// Defines the methods that create request builders.
macro_rules! methods {
    ($($name:ident($($argument:ident: $type:ty),*) -> $builder:ident;)*) => {
        impl Client {
            $(
                #[doc = concat!(
                    "Creates the request of [`Client::", stringify!($name), "`](crate::Client::",
                    stringify!($name), "), which `send` sends."
                )]
                ///
                /// # Errors
                ///
                /// The errors of that method.
                pub fn $name(&self, $($argument: $type),*) -> $builder<Client> {
                    let $builder { request, .. } = self.async_client().$name($($argument),*);
                    $builder { client: self.clone(), request }
                }
            )*
        }
    };
}

methods! {
    create_chat(partner: impl Into<ChatPartner>) -> CreateChat;
    create_message(chat: ChatId, message: impl Into<NewMessage>) -> CreateMessage;
    delete_chats(chats: impl IntoIterator<Item = ChatId>) -> DeleteChats;
    delete_message(messages: impl IntoIterator<Item = MessageId>) -> DeleteMessage;
    edit_message(message: MessageId, edit: impl Into<MessageEdit>) -> EditMessage;
    find_sent_message(message: &UnconfirmedMessage) -> FindSentMessage;
    forward_message(messages: impl IntoIterator<Item = MessageId>, chat: ChatId) -> ForwardMessage;
    get_chats() -> GetChats;
    get_current_user() -> GetCurrentUser;
    get_messages(chat: ChatId) -> GetMessages;
    get_unseen_chat_count() -> GetUnseenChatCount;
    upload_file(file: impl Into<NewFile>) -> UploadFile;
    upload_picture(file: impl Into<NewFile>) -> UploadFile;
    upload_video(file: impl Into<NewFile>) -> UploadFile;
    upload_voice(file: impl Into<NewFile>) -> UploadFile;
}

/// Defines the cursor of iterators.
macro_rules! cursors {
    ($($stream:ident -> $cursor:ident, $resume:literal;)*) => {
        $(impl Iter<$stream> {
            #[doc = concat!(
                "Returns the position after the last yielded element, for [`", $resume, "`](crate::", $resume, "),"
            )]
            /// or `None` after a panic of the client's thread.
            pub fn cursor(&self) -> Option<$cursor> {
                self.stream().map($stream::cursor)
            }
        })*
    };
}

cursors! {
    ChatPages -> ChatCursor, "chats::GetChats::resume";
    ChatStream -> ChatCursor, "chats::GetChats::resume";
    MessagePages -> MessageCursor, "messages::GetMessages::resume";
    MessageStream -> MessageCursor, "messages::GetMessages::resume";
}
