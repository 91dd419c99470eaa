//! The host names under which clients may use the emulator.

use std::net::IpAddr;

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{Request, Version};

use super::Rejection;
use crate::error::Error;

/// The longest host name that errors repeat, as in DNS.
const MAX_NAME: usize = 253;

/// The allowed host names, besides IP addresses, `localhost` and names below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    pub(crate) fn add(&mut self, name: String) {
        self.0.push(name);
    }

    pub(super) fn validate(&self) -> Result<(), Error> {
        let invalid = self.0.iter().find(|it| !is_name(it));
        match invalid {
            None => Ok(()),
            Some(name) => Err(Error::invalid_argument(format!(
                "the allowed host {name:?} is not a host name; use a name without scheme, port and wildcards, such as \
                 `emulator`"
            ))),
        }
    }

    /// Checks the host of a request, and returns it with its port.
    pub(super) fn check<'r, B>(&self, request: &'r Request<B>) -> Result<&'r str, Rejection> {
        let bad_request = |reason: &str| Rejection {
            status: 400,
            reason: reason.to_owned(),
        };
        let mut headers = request.headers().get_all(HOST).iter();
        let header = headers.next();
        if headers.next().is_some() {
            return Err(bad_request(
                "the request has several `Host` headers; send one",
            ));
        }
        let header = header.map(|it| it.to_str().unwrap_or_default());
        // A proxy sends the host in the target of the request, which takes precedence (RFC 9112).
        let target = request.uri().authority().map(Authority::as_str);
        if header.is_none() && (target.is_none() || request.version() >= Version::HTTP_11) {
            return Err(bad_request("the request has no `Host` header; send one"));
        }
        for host in header.into_iter().chain(target) {
            let name = name_of(host);
            if !name.is_some_and(|it| self.allows(it)) {
                return Err(not_allowed(name.unwrap_or(host)));
            }
        }
        Ok(target.or(header).unwrap_or_default())
    }

    fn allows(&self, name: &str) -> bool {
        let address = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        // Only a name can be made to resolve to another address.
        if address.unwrap_or(name).parse::<IpAddr>().is_ok() {
            return true;
        }
        let name = name.strip_suffix('.').unwrap_or(name);
        (is_name(name) && is_localhost(name))
            || self.0.iter().any(|it| it.eq_ignore_ascii_case(name))
    }
}

/// Returns `true` for the names that always resolve to the loopback address (RFC 6761).
fn is_localhost(name: &str) -> bool {
    const LOCALHOST: &str = "localhost";
    let start = name.len().checked_sub(LOCALHOST.len());
    let Some((before, end)) = start.and_then(|it| name.split_at_checked(it)) else {
        return false;
    };
    end.eq_ignore_ascii_case(LOCALHOST) && (before.is_empty() || before.ends_with('.'))
}

/// Returns the name or address of a host without its port, or `None` if the host is invalid.
fn name_of(host: &str) -> Option<&str> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let is_valid = !name.is_empty() && port.bytes().all(|it| it.is_ascii_digit());
    is_valid.then_some(name)
}

fn is_name(name: &str) -> bool {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(is_allowed)
}

fn not_allowed(name: &str) -> Rejection {
    let reason = match is_name(name) {
        true => format!(
            "the host `{name}` is not allowed, which keeps other web pages out; to allow it, start the emulator with \
             `--allow-host {name}`"
        ),
        false => {
            "the host is invalid; to allow a host name, start the emulator with `--allow-host NAME`"
                .to_owned()
        }
    };
    Rejection::forbidden(reason)
}
