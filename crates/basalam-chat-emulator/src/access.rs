//! The check that every request passes before it is handled.
//!
//! The emulator returns tokens and changes state without a login, while the browser of its user also shows pages of
//! others. Such a page must neither read nor change anything:
//!
//! - It can make its own host name resolve to the emulator's address (DNS rebinding) and is then of the same origin.
//!   Only the `Host` header shows that, so names that are not expected are rejected on every path.
//! - It can send requests to the emulator's address without reading the response. Browsers send its origin with them,
//!   or at least `Sec-Fetch-Site`. Neither is required, since older browsers and other programs send none.
//! - A form can send neither a custom header nor JSON, so changes of the control paths need both.

mod cors;
mod host;
mod origin;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use hyper::body::Body;

use crate::error::Error;
pub(crate) use cors::Cors;
pub(crate) use host::AllowedHosts;
use origin::Origin;

/// The header that changes of the control paths need, with the value [`CONTROL_VALUE`].
const CONTROL_HEADER: &str = "x-basalam-emulator";
const CONTROL_VALUE: &str = "1";

/// The path of the control endpoints and the console.
const CONTROL_PATH: &str = "/_emulator";

/// Decides which requests are handled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    pub(crate) hosts: AllowedHosts,
    pub(crate) cors: Cors,
}

/// How a request is handled.
#[derive(Debug, PartialEq)]
pub(crate) enum Admission {
    /// The request is handled, and the response gets no CORS headers.
    Plain,
    /// A page of this permitted origin sends the request.
    CrossOrigin(HeaderValue),
    /// A browser asks whether it may send the request of a page of this permitted origin.
    Preflight(HeaderValue),
}

/// Why a request is not handled.
#[derive(Debug, PartialEq)]
pub(crate) struct Rejection {
    pub(crate) status: u16,
    pub(crate) reason: String,
}

impl Access {
    /// Checks the arguments of the builder.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        self.hosts.validate()?;
        self.cors.validate()
    }

    /// Decides how a request is handled.
    pub(crate) fn check<B: Body>(&self, request: &Request<B>) -> Result<Admission, Rejection> {
        let host = self.hosts.check(request)?;
        let origin = Origin::of(request, host);
        if is_control_path(request.uri().path()) {
            if let Some(source) = origin.foreign_source() {
                return Err(Rejection::forbidden(format!(
                    "{source} cannot use the control endpoints; use the console of the emulator or a program that is \
                     not a web page"
                )));
            }
            check_control_change(request)?;
            return Ok(Admission::Plain);
        }
        match origin {
            Origin::Own => Ok(Admission::Plain),
            Origin::Foreign(origin) if self.cors.permits(origin) => {
                let origin = origin.clone();
                match Cors::is_preflight(request.method(), request.headers()) {
                    true => Ok(Admission::Preflight(origin)),
                    false => Ok(Admission::CrossOrigin(origin)),
                }
            }
            // An `<img>`, which names no origin. The page cannot read the response.
            Origin::Unknown if self.cors.is_enabled() && is_file_path(request.uri().path()) => {
                Ok(Admission::Plain)
            }
            Origin::Foreign(_) | Origin::Unknown => {
                let source = origin.foreign_source().unwrap_or_default();
                Err(Rejection::forbidden(format!(
                    "{source} cannot use the service; to allow it, start the emulator with `--cors ORIGIN`, such as \
                     `--cors http://localhost:3000`"
                )))
            }
        }
    }
}

impl Rejection {
    fn forbidden(reason: String) -> Self {
        Self {
            status: 403,
            reason,
        }
    }
}

/// Returns `true` for the paths of the control endpoints and the console. The router does not decode paths, so that
/// no other spelling reaches them.
pub(crate) fn is_control_path(path: &str) -> bool {
    let rest = path.strip_prefix(CONTROL_PATH);
    rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

/// Returns `true` for the paths of uploaded files.
fn is_file_path(path: &str) -> bool {
    path.starts_with("/files/")
}

/// Rejects changes that a form of another page could send.
fn check_control_change<B: Body>(request: &Request<B>) -> Result<(), Rejection> {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method()) {
        return Ok(());
    }
    let headers = request.headers();
    let mut values = headers.get_all(CONTROL_HEADER).iter();
    if values.next().is_none_or(|it| it != CONTROL_VALUE) || values.next().is_some() {
        return Err(Rejection::forbidden(
            "changes need the header `X-Basalam-Emulator: 1`, which web pages of others cannot send; add it to the \
             request"
                .to_owned(),
        ));
    }
    if !request.body().is_end_stream() && !is_json(headers) {
        return Err(Rejection {
            status: 415,
            reason: "the body must be JSON; add the header `Content-Type: application/json`"
                .to_owned(),
        });
    }
    Ok(())
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = value.and_then(|it| it.split(';').next());
    essence.is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests;
