//! The generated client, outside of semantic versioning.
//!
//! Everything here comes from the document by generation: method names, argument orders and types
//! change when the document or the generator does, in any release. Reach for it where the facade does
//! not offer something, and pin the version when you do. Requests go through the client's transport,
//! under its rules for tokens, times and sizes.
//!
//! Do not print the generated [`Error`]: it shows the whole answer, private texts included. Give the
//! result to [`read`] instead.
//!
//! ```no_run
//! # async fn run(client: basalam_chat::Client) -> Result<(), basalam_chat::Error> {
//! use basalam_chat::raw;
//!
//! let answer = client.raw().get_unseen_chat_count().await;
//! let unseen = raw::read(&client, &raw::operations::GET_UNSEEN_CHAT_COUNT, answer)?;
//! println!("{} unseen chats", unseen.count);
//! # Ok(())
//! # }
//! ```

pub use basalam_chat_api::{
    ByteStream, Client, ClientInfo, Error, Inner, InvalidSecret, RequestFactory, ResponseValue,
    SuccessResponse, Transport, TransportError, TransportFuture, newtypes, operation, operations,
    path, types,
};
use serde::de::DeserializeOwned;

/// Reads what a generated operation of `client` gave, with the facade's [`Error`](crate::Error).
///
/// `operation` is the row of [`operations`] for the operation that was called.
///
/// # Errors
///
/// Gives whatever made the operation fail.
pub fn read<T: DeserializeOwned>(
    client: &crate::Client,
    operation: &'static operation::Operation,
    result: Result<ResponseValue<T>, Error<()>>,
) -> Result<T, crate::Error> {
    crate::transport::outcome(client, operation, result)
}
