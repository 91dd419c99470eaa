//! The HTTP client below a client.

use reqwest::Url;

use super::base_url::is_loopback;
use super::proxy::{HAS_TLS, ProxyChoice, Variables};
use crate::error::{Error, ErrorKind};
use crate::http::root_cause;

/// A function that changes the HTTP client's configuration.
pub(super) type ConfigureHttp =
    Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// Builds the HTTP client: first the defaults that a user may change, then the user's changes, then the
/// settings that security depends on.
pub(super) fn build_http_client(
    http: reqwest::ClientBuilder,
    urls: &[&Url],
    proxy: ProxyChoice,
    variables: Variables<'_>,
    configure: Option<ConfigureHttp>,
) -> Result<reqwest::Client, Error> {
    let is_https = urls.iter().all(|url| url.scheme() == "https");
    let is_local = urls.iter().any(|url| is_loopback(url));
    if !HAS_TLS && urls.iter().any(|url| url.scheme() == "https") {
        return Err(no_tls());
    }
    let proxy = match proxy {
        // The user has not allowed plain HTTP to a proxy from the environment.
        ProxyChoice::Environment if is_local || !is_https => ProxyChoice::Disabled,
        proxy => proxy,
    };
    let mut http = proxy.apply(select_tls_library(http)?, urls, variables)?;
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
    if is_local {
        http = http.no_proxy();
    }
    http.build().map_err(http_client_failed)
}

/// Selects the TLS library that the features name. Without this, a crate that enables another library in
/// reqwest would change the one that is used here.
#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn select_tls_library(http: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    #[cfg(not(feature = "rustls"))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // The HTTP client would panic.
        return Err(no_crypto_provider());
    }
    Ok(http.tls_backend_rustls())
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn select_tls_library(http: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    #[cfg(feature = "native-tls")]
    let http = http.tls_backend_native();
    Ok(http)
}

fn no_tls() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "https requires TLS, and no TLS feature is enabled",
        "enable the feature `rustls`, `rustls-no-provider` or `native-tls` of basalam-chat",
    )
}

#[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
fn no_crypto_provider() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "the feature `rustls-no-provider` is enabled, and no crypto provider of rustls is installed in this \
         process",
        "install one before building the client, for example with \
         `rustls::crypto::ring::default_provider().install_default()`, or enable the feature `rustls`",
    )
}

fn http_client_failed(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let problem = format!("the HTTP client cannot be created: {}", root_cause(&error));
    let remedy = "check the TLS features of basalam-chat and what `configure_http` sets";
    Error::new(ErrorKind::Configuration, problem, remedy).with_source(error)
}

#[cfg(test)]
mod tls;
