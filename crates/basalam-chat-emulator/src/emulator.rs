//! The handle of a running emulator.

mod builder;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use jiff::civil::DateTime;
use serde_json::Value;

use crate::error::Error;
use crate::operations;
use crate::server::Service;
use crate::server::running::Server;
use crate::state::messages::Message;
use crate::test_aids::RawAnswer;
use crate::user::{NewUser, User};
pub use builder::Builder;

/// A running chat service on this computer.
///
/// It listens until it is dropped; [`Emulator::shutdown`] also waits for the end. It
/// has a thread of its own, so that it can be started in any async runtime, or in
/// none by [`Builder::start_blocking`].
///
/// ```
/// use basalam_chat_emulator::Emulator;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let response = reqwest::Client::new()
///     .get(format!("{}/v1/users/me", emulator.base_url()))
///     .bearer_auth(emulator.seller().token())
///     .send()
///     .await?;
/// assert_eq!(response.status(), 200);
/// emulator.shutdown().await;
/// # Ok(())
/// # }
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
/// # runtime.unwrap().block_on(example()).unwrap();
/// ```
pub struct Emulator {
    service: Arc<Service>,
    server: Server,
    base_url: String,
    seller: User,
    customer: User,
}

impl Emulator {
    /// Starts a service with default options on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`].
    pub async fn start() -> Result<Emulator, Error> {
        Self::builder().start().await
    }

    /// Begins a service with options.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Gives the address for clients, such as `http://127.0.0.1:49152`, without a slash
    /// at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Gives the first of two users that every service starts with. It has a stall.
    #[must_use]
    pub fn seller(&self) -> &User {
        &self.seller
    }

    /// Gives the second of two users that every service starts with.
    #[must_use]
    pub fn customer(&self) -> &User {
        &self.customer
    }

    /// Adds a user with this name, and with an id, a hash id and a token of its own.
    pub fn add_user(&self, name: impl Into<String>) -> User {
        self.service.state().users.add_named(name.into())
    }

    /// Adds a user.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the id is below 1, when the hash id or the token is
    /// empty, or when another user has one of them.
    pub fn add_user_with(&self, user: NewUser) -> Result<User, Error> {
        self.service.state().users.add(user)
    }

    /// Gives the messages of a chat as they are stored now, oldest first; none for a
    /// chat that does not exist.
    #[must_use]
    pub fn messages(&self, chat_id: i64) -> Vec<StoredMessage> {
        let state = self.service.state();
        state.messages_of(chat_id).map(StoredMessage::new).collect()
    }

    /// Gives the number of messages that are stored now, in all chats.
    #[must_use]
    pub fn messages_stored(&self) -> usize {
        self.service.state().message_count()
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
        self.service.contract().operation(operation_id)?;
        Some(self.service.aids().requests(operation_id))
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
    /// emulator.answer_next(502, &[("Content-Type", "text/html")], "<h1>Bad gateway</h1>")?;
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn answer_next(
        &self,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let answer = RawAnswer::new(status, headers, body.into())?;
        self.service.aids().push_answer(answer);
        Ok(())
    }

    /// Stops listening, and waits until requests under way have been answered, for 5
    /// seconds at most.
    pub async fn shutdown(self) {
        self.server.stop().await;
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// A message as the emulator has stored it.
///
/// `Debug` leaves the content out: it is private.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredMessage {
    /// The number of the message.
    pub id: i64,
    /// The chat that it is in.
    pub chat_id: i64,
    /// The user who sent it.
    pub sender_id: i64,
    /// What it is, such as `text`.
    pub message_type: String,
    /// Its content as answers give it, with the members `text`, `entity_id`, `files`,
    /// `metadata`, `reply_markup` and `links`.
    pub content: Value,
    /// The message that it replies to.
    pub replied_message_id: Option<i64>,
    /// The message that it forwards.
    pub forward_from: Option<i64>,
    /// When it was sent.
    pub created_at: DateTime,
    /// When the other side saw it.
    pub seen_at: Option<DateTime>,
}

impl StoredMessage {
    /// Gives the text of the content, where it has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.content.get("text")?.as_str()
    }

    fn new(message: &Message) -> Self {
        Self {
            id: message.id,
            chat_id: message.chat_id,
            sender_id: message.sender_id,
            message_type: message.message_type.clone(),
            content: operations::content(&message.content),
            replied_message_id: message.replied_message_id,
            forward_from: message.forward_from,
            created_at: message.created_at,
            seen_at: message.seen_at,
        }
    }
}

impl fmt::Debug for StoredMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StoredMessage")
            .field("id", &self.id)
            .field("chat_id", &self.chat_id)
            .field("sender_id", &self.sender_id)
            .field("message_type", &self.message_type)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// Names an address that clients on this computer can connect to.
fn url_for(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        match address {
            SocketAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        }
    }
    format!("http://{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_for_clients_can_be_connected_to() {
        for (address, url) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:80", "http://[::1]:80"),
            ("192.0.2.1:80", "http://192.0.2.1:80"),
        ] {
            assert_eq!(url_for(address.parse().unwrap()), url);
        }
    }
}
