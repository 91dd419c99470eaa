//! What happens to an answer that fails.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::error::Error;

/// What happens to an answer that fails.
#[derive(Clone)]
pub(crate) enum FaultKind {
    /// The answer is right, and only late.
    Latency,
    Hang,
    Answer(WrittenResponse),
    /// The right answer with another status.
    OtherStatus(u16),
    ConnectionCut,
    TruncatedBody,
    OversizedBody(usize),
    InvalidJson,
    EmptyBody,
    MapBody(Alteration),
}

/// What happens to an answer before it is sent.
pub(crate) type Alteration = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// An answer in place of the service's own.
#[derive(Clone, Debug)]
pub(crate) struct WrittenResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// `None` for a message in JSON.
    pub(crate) body: Option<Vec<u8>>,
}

impl FaultKind {
    /// Names it, for logs and lists.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Latency => "latency".to_owned(),
            Self::Hang => "never answers".to_owned(),
            Self::Answer(answer) => format!("status {}", answer.status),
            Self::OtherStatus(status) => format!("other status {status}"),
            Self::ConnectionCut => "connection cut".to_owned(),
            Self::TruncatedBody => "truncated body".to_owned(),
            Self::OversizedBody(bytes) => format!("oversized body of {bytes} bytes"),
            Self::InvalidJson => "invalid JSON".to_owned(),
            Self::EmptyBody => "empty body".to_owned(),
            Self::MapBody(_) => "map_body".to_owned(),
        }
    }

    /// Refuses what could not be sent.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::OtherStatus(status) => check_status(*status),
            Self::Answer(answer) => {
                check_status(answer.status)?;
                let mut headers = answer.headers.iter();
                headers.try_for_each(|(name, value)| check_header(name, value))
            }
            _ => Ok(()),
        }
    }
}

fn check_status(status: u16) -> Result<(), Error> {
    let code = StatusCode::from_u16(status);
    match code.is_ok_and(|it| !it.is_informational()) {
        true => Ok(()),
        false => Err(Error::argument(format!(
            "the status {status} ends no answer; use 200 to 999"
        ))),
    }
}

fn check_header(name: &str, value: &str) -> Result<(), Error> {
    if HeaderName::try_from(name).is_err() {
        return Err(Error::argument(format!(
            "{name:?} is no name of a header; use letters, digits and `-`"
        )));
    }
    match HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::argument(format!(
            "the value {value:?} of `{name}` cannot be sent; use visible ASCII characters"
        ))),
    }
}

impl fmt::Debug for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency => formatter.write_str("Latency"),
            Self::Hang => formatter.write_str("Hang"),
            Self::Answer(answer) => formatter
                .debug_struct("Answer")
                .field("status", &answer.status)
                .field("headers", &answer.headers)
                .finish_non_exhaustive(),
            Self::OtherStatus(status) => {
                formatter.debug_tuple("OtherStatus").field(status).finish()
            }
            Self::ConnectionCut => formatter.write_str("ConnectionCut"),
            Self::TruncatedBody => formatter.write_str("TruncatedBody"),
            Self::OversizedBody(bytes) => {
                formatter.debug_tuple("OversizedBody").field(bytes).finish()
            }
            Self::InvalidJson => formatter.write_str("InvalidJson"),
            Self::EmptyBody => formatter.write_str("EmptyBody"),
            Self::MapBody(_) => formatter.write_str("MapBody"),
        }
    }
}
