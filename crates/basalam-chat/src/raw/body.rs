//! Responses as received.

use std::sync::Arc;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::{
    Client as ApiClient, Error as ApiError, Inner, RequestFactory, ResponseValue, Transport,
    TransportError, TransportFuture,
};
use bytes::Bytes;

use crate::transport::HttpTransport;
use crate::{Client, Error};

/// Sends a generated operation of `client` and returns the body of its success response as received, byte for byte
/// after decompression, without decoding it.
///
/// `operation` is the constant in [`operations`](super::operations) for the operation, and `call` calls it.
/// [`read_json`](super::read_json) decodes the body, or a part of it.
///
/// # Errors
///
/// Returns the error of the operation. A success whose body cannot be decoded is not an error.
///
/// # Examples
///
/// ```no_run
/// # async fn run(client: basalam_chat::Client) -> Result<(), basalam_chat::Error> {
/// use basalam_chat::ChatId;
/// use basalam_chat::raw::{self, operations};
///
/// let page = raw::body(&client, &operations::GET_MESSAGES, |raw| async move {
///     raw.get_messages(&ChatId(183_583_802), None, Some(100), None, None).await
/// });
/// println!("{} bytes", page.await?.len());
/// # Ok(())
/// # }
/// ```
pub async fn body<T, F>(
    client: &Client,
    operation: &'static Operation,
    call: impl FnOnce(ApiClient) -> F,
) -> Result<Vec<u8>, Error>
where
    F: Future<Output = Result<ResponseValue<T>, ApiError<()>>>,
{
    let transport = client.transport();
    let http = transport.http().client.clone();
    let inner = Inner::new(Arc::new(BodyTransport(transport.clone())));
    let raw = ApiClient::new_with_client(client.base_url(), http, inner);
    let mut result = call(raw).await;
    if let Err(ApiError::UnexpectedResponse(response)) = &mut result
        && let Some(Body(body)) = TransportError::take(response)
    {
        return Ok(body.into());
    }
    transport.decode_response(operation, result)?;
    // The transport returns no success, so the operation was not called.
    Err(Error::unexpected_response(None).with_operation(operation))
}

/// Hands the body of a success response to [`body`] in place of an error, so that it is not decoded.
#[derive(Debug)]
struct BodyTransport(HttpTransport);

struct Body(Bytes);

impl Transport for BodyTransport {
    fn send<'a>(
        &'a self,
        operation: &'static Operation,
        request: reqwest::Request,
        factory: RequestFactory<'a>,
    ) -> TransportFuture<'a> {
        let response = self.0.send(operation, request, factory);
        Box::pin(async move { Err(TransportError::new(Body(response.await?.body))) })
    }
}
