//! The HTTP client below a client.

use reqwest::Url;

use super::base_url::is_loopback;
use crate::error::{Error, ErrorKind};
use crate::http::root_cause;

/// A function that changes the HTTP client's configuration.
pub(super) type ConfigureHttp =
    Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// Builds the HTTP client: first the defaults that a user may change, then the user's changes, then the
/// settings that security depends on.
pub(super) fn build_http_client(
    mut http: reqwest::ClientBuilder,
    urls: &[Option<&Url>],
    configure: Option<ConfigureHttp>,
) -> Result<reqwest::Client, Error> {
    let urls = || urls.iter().copied().flatten();
    let is_https = urls().all(|url| url.scheme() == "https");
    if urls().any(|url| url.scheme() == "https")
        && cfg!(not(any(feature = "rustls", feature = "native-tls")))
    {
        return Err(no_tls());
    }
    if !is_https {
        // The user has not allowed plain HTTP to a proxy from the environment.
        http = http.no_proxy();
    }
    if let Some(configure) = configure {
        http = configure(http);
    }
    http = http
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // Verbose connections log headers and bodies.
        .connection_verbose(false)
        .https_only(is_https);
    if urls().any(is_loopback) {
        http = http.no_proxy();
    }
    http.build().map_err(http_client_failed)
}

fn no_tls() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "https requires TLS, and no TLS feature is enabled",
        "enable the feature `rustls` or `native-tls` of basalam-chat",
    )
}

fn http_client_failed(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let problem = format!("the HTTP client cannot be created: {}", root_cause(&error));
    let remedy = "check the TLS features of basalam-chat and what `configure_http` sets";
    Error::new(ErrorKind::Configuration, problem, remedy).with_source(error)
}
