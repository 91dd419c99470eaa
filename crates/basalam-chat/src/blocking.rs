//! The client without `async`: the same requests, each waiting for its answer.
//!
//! [`Client`] has the methods of the [async client](crate::Client) under the same names, but for `raw`, and
//! they make the same builders with the same setters. Where the async client is awaited, `send` sends and waits;
//! and where that one gives a stream, `iter` and `pages` give an [`Iter`], which is a plain iterator.
//!
//! ```no_run
//! use basalam_chat::{PersonalToken, UserId, blocking};
//!
//! fn main() -> Result<(), basalam_chat::Error> {
//!     let client = blocking::Client::new(PersonalToken::new("access-token"))?;
//!     let chat = client.create_chat(UserId(123)).send()?;
//!     client.create_message(chat.id, "Hello, how can I help you?").send()?;
//!     for message in client.get_messages(chat.id).iter().take(100) {
//!         println!("{}", message?.created_at);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Threads
//!
//! A client has one thread of its own, which holds the connections and does the work. It ends when the
//! last clone, builder and iterator of the client is dropped, wherever that happens. The client works
//! where there is no async runtime and inside of any; there, a call keeps its thread from other work
//! until the answer is here, which the [async client](crate::Client) does not.

mod iter;
mod worker;

use std::fmt;
use std::sync::Arc;

pub use iter::Iter;
pub(crate) use iter::{Source, next};

use crate::auth::{Authentication, TokenInfo};
use crate::bots::Bot;
use crate::chats::{ChatPartner, CreateChat, DeleteChats, GetChats, GetUnseenChatCount};
use crate::files::UploadFile;
use crate::messages::{
    CreateMessage, DeleteMessage, EditMessage, FindSentMessage, Follower, ForwardMessage,
    GetMessages, Message, MessageEdit, UnconfirmedMessage,
};
use crate::request::{self, Request};
use crate::users::GetCurrentUser;
use crate::{ChatId, ClientBuilder, Error, MessageId, NewFile, NewMessage, RequestOptions, UserId};
use worker::Worker;

/// Talks to the chat service of Basalam, and waits for each answer.
///
/// Clones share the thread and the connections, cost a reference count, and may be used from many threads
/// at once: their requests run side by side. Configure one with [`Client::builder`](crate::Client::builder)
/// and [`build_blocking`](ClientBuilder::build_blocking).
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::{ChatFilter, PersonalToken, blocking};
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// let client = blocking::Client::new(PersonalToken::new("access-token"))?;
/// for chat in client.get_chats().filter(ChatFilter::Unseen).iter() {
///     println!("chat {} waits for an answer", chat?.id);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    /// Its requests run on the worker, and nowhere else: the connections belong to that runtime.
    client: crate::Client,
    worker: Arc<Worker>,
}

impl Client {
    /// Makes a client of the production service.
    ///
    /// # Errors
    ///
    /// As [`Client::new`](crate::Client::new) of the async client; besides, an error with
    /// [`is_configuration`](Error::is_configuration) where no thread can be started.
    pub fn new(authentication: impl Into<Authentication>) -> Result<Client, Error> {
        crate::Client::builder(authentication).build_blocking()
    }

    /// Makes a client of the same login and the same connections whose requests go by other options; see
    /// [`Client::with_options`](crate::Client::with_options).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn with_options(&self, options: RequestOptions) -> Result<Client, Error> {
        Ok(Client {
            client: self.client.with_options(options)?,
            worker: self.worker.clone(),
        })
    }

    /// As [`with_options`](Client::with_options), for options that are checked with each call.
    pub(crate) fn taking(&self, options: RequestOptions) -> Client {
        Client {
            client: self.client.taking(options),
            worker: self.worker.clone(),
        }
    }

    /// Gets a token where none is at hand that is still good, and tells what it allows; see
    /// [`Client::authenticate`](crate::Client::authenticate).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn authenticate(&self) -> Result<TokenInfo, Error> {
        let client = self.client.clone();
        let grant = async move { client.authenticate().await };
        self.worker.wait(grant).and_then(|grant| grant)
    }

    /// The URL that every path is appended to.
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// Acts for a bot; see [`Client::bot`](crate::Client::bot).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn bot(&self, bot_token: impl Into<String>) -> Result<Bot<Client>, Error> {
        Bot::new(self.clone(), bot_token.into())
    }

    /// Tells the id of the user that the token belongs to; see
    /// [`Client::current_user_id`](crate::Client::current_user_id).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn current_user_id(&self) -> Result<UserId, Error> {
        let client = self.client.clone();
        let id = async move { client.current_user_id().await };
        self.worker.wait(id).and_then(|id| id)
    }

    /// Whether the user that the token belongs to has sent a message; see
    /// [`Client::is_mine`](crate::Client::is_mine).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn is_mine(&self, message: &Message) -> Result<bool, Error> {
        Ok(message.is_from(self.current_user_id()?))
    }

    /// Runs a request on the worker and waits for its answer.
    pub(crate) fn send<R: Request>(&self, request: R) -> Result<R::Response, Error> {
        let answer = request::future(self.client.clone(), request);
        let answer = self.worker.wait(answer).and_then(|answer| answer);
        answer.map_err(|error| error.of(R::operation()))
    }

    /// Refuses to wait on the worker's own thread.
    pub(crate) fn check_thread(&self) -> Result<(), Error> {
        self.worker.check_thread()
    }

    /// Runs a future on the worker and waits for what it gives.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        self.worker.wait(future)
    }

    /// Follows a chat, as [`Client::follow`](crate::Client::follow) does.
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
        self.client.follow(chat).with_client(self.clone())
    }

    /// The client that walks through lists start from.
    pub(crate) fn walker(&self) -> crate::Client {
        self.client.clone()
    }
}

/// Writes the methods of the async client that make builders.
macro_rules! methods {
    ($($name:ident($($argument:ident: $type:ty),*) -> $builder:ident;)*) => {
        impl Client {
            $(
                #[doc = concat!(
                    "Makes the request of [`Client::", stringify!($name), "`](crate::Client::",
                    stringify!($name), "), to be sent with `send`."
                )]
                ///
                /// # Errors
                ///
                /// As there.
                pub fn $name(&self, $($argument: $type),*) -> $builder<Client> {
                    let $builder { request, .. } = self.client.$name($($argument),*);
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

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("blocking::Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Makes a client that waits for each answer, with a thread and connections of its own. Nothing is
    /// sent yet.
    ///
    /// What is set with [`configure_http`](ClientBuilder::configure_http) runs on that thread.
    ///
    /// # Errors
    ///
    /// As [`build`](ClientBuilder::build); besides, an error with
    /// [`is_configuration`](Error::is_configuration) where no thread can be started.
    ///
    /// # Examples
    ///
    /// ```
    /// use basalam_chat::{Client, PersonalToken};
    ///
    /// # fn main() -> Result<(), basalam_chat::Error> {
    /// let client = Client::builder(PersonalToken::new("access-token"))
    ///     .user_agent("my-shop/1.0")
    ///     .build_blocking()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn build_blocking(self) -> Result<Client, Error> {
        let (worker, client) = Worker::start(move || self.build())?;
        Ok(Client {
            client: client?,
            worker: Arc::new(worker),
        })
    }
}
