//! The origin of the page that sends a request.

use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, Method, Request};

use super::{is_control_path, is_file_path};

/// The longest origin that errors repeat.
const MAX_SHOWN: usize = 200;

/// The source of a request.
#[derive(Debug, PartialEq)]
pub(super) enum Origin<'r> {
    /// A page of the emulator, a link, or a program that is not a browser.
    Own,
    /// A page of this origin, which can be `null`.
    Foreign(&'r HeaderValue),
    /// A page of another origin that the browser does not name.
    Unknown,
}

impl<'r> Origin<'r> {
    /// Determines the origin of a request to `host`, which is an allowed one.
    pub(super) fn of<B>(request: &'r Request<B>, host: &str) -> Self {
        let headers = request.headers();
        let mut origins = headers.get_all(ORIGIN).iter();
        if let Some(origin) = origins.find(|it| !is_own(it, host)) {
            return Self::Foreign(origin);
        }
        // Missing in older browsers and on plain HTTP, except on the loopback address.
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        let is_from_other = matches!(site, Some(b"cross-site" | b"same-site"));
        let is_link = is_navigation(request.method(), headers) && is_page(request.uri().path());
        match is_from_other && !is_link {
            true => Self::Unknown,
            false => Self::Own,
        }
    }

    /// Describes the page that sends the request, unless it is of the emulator.
    pub(super) fn foreign_source(&self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::Unknown => Some("a web page of another origin".to_owned()),
            Self::Foreign(origin) => {
                let origin = origin.to_str().unwrap_or_default();
                let origin: String = origin.chars().take(MAX_SHOWN).collect();
                Some(format!("a web page of the origin `{origin}`"))
            }
        }
    }
}

/// Returns `true` if the browser shows the response instead of the page that sends the request, which cannot read it.
fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    let value = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    let is_page = value("sec-fetch-dest").is_none_or(|it| it == b"document");
    is_page && method == Method::GET && value("sec-fetch-mode") == Some(b"navigate")
}

/// Returns `true` for the paths to which others can link. A page can navigate to a URL without its user, and operations
/// such as `GET /v1/bots/{token}/logOut` change state.
fn is_page(path: &str) -> bool {
    is_control_path(path) || is_file_path(path) || path == "/accounts/sso"
}

/// Returns `true` if an origin is that of the emulator at `host`, directly or behind a proxy with TLS.
fn is_own(origin: &HeaderValue, host: &str) -> bool {
    let Some((scheme, authority)) = origin.to_str().ok().and_then(|it| it.split_once("://")) else {
        return false;
    };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    // Browsers omit the default port.
    let host = host.strip_suffix(default_port).unwrap_or(host);
    authority.eq_ignore_ascii_case(host)
}
