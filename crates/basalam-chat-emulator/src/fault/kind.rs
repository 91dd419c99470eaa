//! The kinds of faults.

use std::fmt;
use std::time::Duration;

use axum::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::{HeaderName, HeaderValue, StatusCode};

use super::DeliveryFault;
use super::transform::Transform;
use crate::error::Error;

/// The effect of a fault on the response.
#[derive(Clone)]
pub(crate) enum FaultKind {
    Latency,
    /// The messages of the request become visible after this time.
    LateMessages(Duration),
    Hang,
    Response(CannedResponse),
    OverrideStatus(u16),
    Disconnect,
    TruncatedBody,
    OversizedBody(usize),
    InvalidJson,
    EmptyBody,
    MapBody(Transform),
    /// For deliveries to webhooks only.
    Delivery(DeliveryFault),
}

/// A response that replaces the response of the service.
#[derive(Clone, Debug)]
pub(crate) struct CannedResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// `None` for a JSON message.
    pub(crate) body: Option<Vec<u8>>,
}

impl FaultKind {
    /// Returns the name for logs and listings.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Latency => "latency".to_owned(),
            Self::LateMessages(_) => "late_messages".to_owned(),
            Self::Hang => "hang".to_owned(),
            Self::Response(response) => format!("status {}", response.status),
            Self::OverrideStatus(status) => format!("override_status {status}"),
            Self::Disconnect => "disconnect".to_owned(),
            Self::TruncatedBody => "truncated_body".to_owned(),
            Self::OversizedBody(bytes) => format!("oversized_body {bytes}"),
            Self::InvalidJson => "invalid_json".to_owned(),
            Self::EmptyBody => "empty_body".to_owned(),
            Self::MapBody(transform) => transform.name(),
            Self::Delivery(fault) => fault.name().to_owned(),
        }
    }

    /// Rejects responses that HTTP cannot express.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::OverrideStatus(status) => final_status(*status).map(drop),
            Self::Response(response) => {
                final_status(response.status)?;
                let mut headers = response.headers.iter();
                headers.try_for_each(|(name, value)| header(name, value).map(drop))
            }
            _ => Ok(()),
        }
    }
}

/// Parses a final status: informational (1xx) statuses are rejected.
pub(crate) fn final_status(status: u16) -> Result<StatusCode, Error> {
    let code = StatusCode::from_u16(status).ok();
    code.filter(|it| !it.is_informational()).ok_or_else(|| {
        Error::invalid_argument(format!(
            "the status {status} is not a final status; use 200 to 999"
        ))
    })
}

/// Parses a header. Headers that the server sets itself are rejected.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let header = HeaderName::try_from(name).map_err(|_| {
        Error::invalid_argument(format!(
            "the header name {name:?} is invalid; use letters, digits and `-`"
        ))
    })?;
    if [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(&header) {
        return Err(Error::invalid_argument(format!(
            "the server sets the header {name:?} itself; leave it out"
        )));
    }
    let value = HeaderValue::from_str(value).map_err(|_| {
        Error::invalid_argument(format!(
            "the value {value:?} of the header `{name}` is invalid; use visible ASCII characters"
        ))
    })?;
    Ok((header, value))
}

/// Omits bodies, which may be private.
impl fmt::Debug for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}
