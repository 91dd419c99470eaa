//! The generated client, which is exempt from semantic versioning.
//!
//! Method names, argument orders and types are generated from the OpenAPI document and can change in any
//! release. Use it for operations that [`Client`](crate::Client) does not have, and pin the version of this
//! crate if you do. Requests use the client's transport, with its tokens, timeouts, retries and limits.
//!
//! Do not print the generated [`Error`]: it contains the whole response, including private messages. Pass
//! the result to [`read`] instead.
//!
//! ```no_run
//! # async fn run(client: basalam_chat::Client) -> Result<(), basalam_chat::Error> {
//! use basalam_chat::raw;
//!
//! let result = client.raw().get_unseen_chat_count().await;
//! let unseen = raw::read(&client, &raw::operations::GET_UNSEEN_CHAT_COUNT, result)?;
//! println!("{} unseen chats", unseen.count);
//! # Ok(())
//! # }
//! ```
//!
//! A client that `cargo xtask generate --document` wrote for another document can use the same transport:
//!
//! ```
//! use basalam_chat::raw::{ClientInfo, Inner};
//!
//! fn transport(client: &basalam_chat::Client) -> Inner {
//!     client.raw().inner().clone()
//! }
//! ```

mod body;

pub use basalam_chat_api::{
    ByteStream, Client, ClientInfo, Error, Inner, InvalidSecret, RequestFactory, ResponseValue,
    SuccessResponse, Transport, TransportError, TransportFuture, UndecodableResponse, newtypes,
    operation, operations, path, read_json, types,
};
pub use body::body;
use serde::de::DeserializeOwned;

/// Converts the result of a generated operation of `client` to that of this crate.
///
/// `operation` is the constant in [`operations`] for the operation that was called.
///
/// # Errors
///
/// Returns the error of the operation.
pub fn read<T: DeserializeOwned>(
    client: &crate::Client,
    operation: &'static operation::Operation,
    result: Result<ResponseValue<T>, Error<()>>,
) -> Result<T, crate::Error> {
    client.transport().decode_response(operation, result)
}
