//! Requests that are written by hand, since the generator has no operation for them.

use basalam_chat_api::Error as Raw;
use basalam_chat_api::operation::Operation;

use super::Requests;
use super::outcome::failed;
use crate::{Client, Error};

/// Makes a call under the rules of its operation, as if the generated client had made it, and reads its
/// answer with `read`.
pub(crate) async fn by_hand<T>(
    client: &Client,
    operation: &'static Operation,
    requests: &mut impl Requests,
    read: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
) -> Result<T, Error> {
    let answer = client.transport().call(operation, requests).await;
    let answer = answer.map_err(|error| error.of(operation))?;
    let body = answer.body;
    read(&body).map_err(|error| failed(client, operation, Raw::InvalidResponsePayload(body, error)))
}
