//! Requests that are written by hand, since the generator has no operation for them.

use basalam_chat_api::ResponseValue;
use basalam_chat_api::operation::Operation;
use serde::de::DeserializeOwned;

use super::{Requests, outcome};
use crate::{Client, Error};

/// Makes a call under the rules of its operation, as if the generated client had made it.
pub(crate) async fn by_hand<T: DeserializeOwned>(
    client: &Client,
    operation: &'static Operation,
    requests: &mut impl Requests,
) -> Result<T, Error> {
    let answer = client.transport().call(operation, requests).await;
    let answer = answer.map_err(|error| error.of(operation))?;
    outcome(
        client,
        operation,
        ResponseValue::from_response(answer).await,
    )
}
