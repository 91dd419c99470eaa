//! The origins of web pages that can use the service.

use axum::http::header::ACCESS_CONTROL_REQUEST_METHOD;
use axum::http::{HeaderMap, HeaderValue, Method};

use crate::error::Error;

/// The value that permits every origin.
const ANY: &str = "*";

/// The origins whose pages can use the service.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors(Vec<String>);

impl Cors {
    pub(crate) fn add(&mut self, origin: String) {
        self.0.push(origin);
    }

    pub(super) fn validate(&self) -> Result<(), Error> {
        let invalid = self.0.iter().find(|it| *it != ANY && !is_origin(it));
        match invalid {
            None => Ok(()),
            Some(origin) => Err(Error::invalid_argument(format!(
                "the origin {origin:?} for CORS is invalid; use a scheme, a host and a port without a slash at the \
                 end, such as \"http://localhost:3000\", or \"*\" for every origin"
            ))),
        }
    }

    /// Returns `true` if any origin is permitted.
    pub(crate) fn is_enabled(&self) -> bool {
        !self.0.is_empty()
    }

    pub(super) fn permits(&self, origin: &HeaderValue) -> bool {
        let is_permitted =
            |it: &String| it == ANY || it.as_bytes().eq_ignore_ascii_case(origin.as_bytes());
        self.0.iter().any(is_permitted)
    }

    /// Returns `true` if a browser asks whether it may send a request.
    pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }
}

fn is_origin(origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let is_scheme = |it: u8| it.is_ascii_alphanumeric() || b"+-.".contains(&it);
    let is_authority = |it: u8| it.is_ascii_alphanumeric() || b"-._:[]".contains(&it);
    !scheme.is_empty()
        && scheme.bytes().all(is_scheme)
        && !authority.is_empty()
        && authority.bytes().all(is_authority)
}
