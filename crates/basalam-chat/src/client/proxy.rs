//! The proxy of a client: from the builder or from environment variables.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{ClientBuilder, Proxy, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, ErrorKind, one_line};
use crate::http::root_cause;

/// Whether a feature names a TLS library.
pub(super) const HAS_TLS: bool = cfg!(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
));

/// The choice of a proxy. URLs are secrets, since they may contain a password.
#[derive(Default)]
pub(super) enum ProxyChoice {
    /// The proxy that the environment variables name, if there is one.
    #[default]
    Environment,
    Disabled,
    Url(SecretString),
}

/// Looks up an environment variable.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

impl ProxyChoice {
    /// Applies the choice to the HTTP client. `urls` are those that requests are sent to.
    pub(super) fn apply(
        self,
        http: ClientBuilder,
        urls: &[&Url],
        variables: Variables<'_>,
    ) -> Result<ClientBuilder, Error> {
        match self {
            ProxyChoice::Disabled => Ok(http.no_proxy()),
            ProxyChoice::Environment => {
                check_environment(urls, variables)?;
                Ok(http)
            }
            ProxyChoice::Url(url) => {
                let url = url.expose_secret();
                check_url(url).map_err(|Rejected { problem, remedy }| {
                    Error::invalid_input("proxy", &problem, remedy)
                })?;
                let proxy = Proxy::all(url).map_err(|error| {
                    let problem = format!("is not a valid URL: {}", root_cause(&error));
                    Error::invalid_input("proxy", &problem, EXAMPLE)
                })?;
                Ok(http.proxy(proxy))
            }
        }
    }
}

/// Checks the proxy that the HTTP client will take from the environment for one of these URLs. The HTTP client
/// itself ignores a proxy that it does not understand, and sends the requests without it.
fn check_environment(urls: &[&Url], variables: Variables<'_>) -> Result<(), Error> {
    // The HTTP client ignores the variables in a CGI program, whose environment has request headers.
    if variables("REQUEST_METHOD").is_some() {
        return Ok(());
    }
    let first = |names: [&'static str; 2]| {
        let mut names = names.into_iter();
        names.find_map(|name| Some((name, variables(name)?)))
    };
    let set = |names| first(names).filter(|(_, value)| !value.trim().is_empty());
    let proxy = set(["HTTPS_PROXY", "https_proxy"]).or_else(|| set(["ALL_PROXY", "all_proxy"]));
    let Some((name, value)) = proxy else {
        return Ok(());
    };
    let exceptions = first(["NO_PROXY", "no_proxy"]).map(|(_, value)| value);
    // The HTTP client's own matcher. It has any proxy that it understands, to apply `NO_PROXY`.
    let matcher = Matcher::builder()
        .https("http://proxy.invalid")
        .no(exceptions.unwrap_or_default())
        .build();
    let is_proxied = |url: &&Url| {
        let url = url.as_str().parse();
        url.is_ok_and(|url| matcher.intercept(&url).is_some())
    };
    if !urls.iter().any(is_proxied) {
        return Ok(());
    }
    check_url(&value).map_err(|Rejected { problem, remedy }| {
        Error::new(
            ErrorKind::Configuration,
            format!("the proxy in the environment variable `{name}` {problem}"),
            format!("{remedy}, or call `no_proxy` or `proxy` on the client's builder"),
        )
    })
}

/// Why a proxy cannot be used.
struct Rejected {
    /// Continues the sentence that the name of the proxy starts.
    problem: String,
    remedy: &'static str,
}

const EXAMPLE: &str = "use a URL such as `http://127.0.0.1:8080` or `socks5h://127.0.0.1:1080`";

/// Checks the form and the scheme of a proxy's URL. Without a scheme it is an HTTP proxy, as for curl.
fn check_url(url: &str) -> Result<(), Rejected> {
    let rejected = |problem: String, remedy| Err(Rejected { problem, remedy });
    let uri = url.parse::<http::Uri>().ok();
    let Some(uri) = uri.filter(|uri| uri.authority().is_some()) else {
        return rejected("is not a valid URL".to_owned(), EXAMPLE);
    };
    match uri.scheme_str().unwrap_or("http") {
        "http" => Ok(()),
        "https" if HAS_TLS => Ok(()),
        "https" => rejected(
            "has the scheme `https`, which requires TLS".to_owned(),
            "enable a TLS feature of basalam-chat, such as `rustls`",
        ),
        "socks4" | "socks4a" | "socks5" | "socks5h" if cfg!(feature = "socks") => Ok(()),
        scheme @ ("socks4" | "socks4a" | "socks5" | "socks5h") => rejected(
            format!("has the scheme `{scheme}`, which requires the feature `socks`"),
            "enable the feature `socks` of basalam-chat",
        ),
        scheme => rejected(
            format!("has the unknown scheme `{}`", one_line(scheme, 20)),
            "use http, https, socks4, socks4a, socks5 or socks5h",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTPS: &str = "https://openapi.basalam.com/";

    /// Applies the proxy of this environment to a client of `url`.
    fn apply(url: &str, environment: &[(&str, &str)]) -> Result<(), Error> {
        let url = Url::parse(url).unwrap();
        let variables = |name: &str| {
            let mut variables = environment.iter();
            let found = variables.find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let choice = ProxyChoice::Environment;
        choice
            .apply(reqwest::Client::builder(), &[&url], &variables)
            .map(drop)
    }

    fn rejected(environment: &[(&str, &str)]) -> String {
        let error = apply(HTTPS, environment).unwrap_err();
        assert!(error.is_configuration(), "{error}");
        let message = error.to_string();
        let variable = format!("`{}`", environment[0].0);
        assert!(message.contains(&variable), "{message}");
        message
    }

    #[test]
    fn socks_proxy_of_the_environment_requires_the_feature() {
        for variable in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] {
            for scheme in ["socks5h", "socks5", "socks4a", "socks4"] {
                let proxy = format!("{scheme}://me:hidden@127.0.0.1:1080");
                if cfg!(feature = "socks") {
                    apply(HTTPS, &[(variable, &proxy)]).unwrap();
                    continue;
                }
                let message = rejected(&[(variable, &proxy)]);
                assert!(message.contains(&format!("`{scheme}`")), "{message}");
                assert!(message.contains("the feature `socks`"), "{message}");
                assert!(message.contains("`no_proxy`"), "{message}");
                assert!(!message.contains("hidden"), "{message}");
            }
        }
    }

    #[test]
    fn proxies_that_the_http_client_would_ignore_are_errors() {
        for (proxy, problem) in [
            ("ftp://127.0.0.1:21", "the unknown scheme `ftp`"),
            ("socks://127.0.0.1:1080", "the unknown scheme `socks`"),
            ("socks6://127.0.0.1:1080", "the unknown scheme `socks6`"),
            ("SOCKS5H://127.0.0.1:1080", "the unknown scheme `SOCKS5H`"),
            ("http://a b", "is not a valid URL"),
            ("/var/run/proxy", "is not a valid URL"),
        ] {
            let message = rejected(&[("ALL_PROXY", proxy)]);
            assert!(message.contains(problem), "{message}");
        }
    }

    #[test]
    fn first_variable_that_is_set_decides_as_for_the_http_client() {
        let (good, bad) = ("http://127.0.0.1:8118", "ftp://127.0.0.1:21");
        for environment in [
            &[][..],
            &[("ALL_PROXY", "")],
            &[("ALL_PROXY", good)],
            &[("https_proxy", "127.0.0.1:8118")],
            &[("HTTPS_PROXY", good), ("ALL_PROXY", bad)],
            &[("HTTPS_PROXY", good), ("https_proxy", bad)],
            &[("ALL_PROXY", good), ("all_proxy", bad)],
            // Only for plain HTTP, which never uses a proxy of the environment.
            &[("HTTP_PROXY", bad), ("http_proxy", bad)],
            &[("REQUEST_METHOD", "GET"), ("HTTPS_PROXY", bad)],
        ] {
            assert!(apply(HTTPS, environment).is_ok(), "{environment:?}");
        }
        rejected(&[("ALL_PROXY", bad), ("HTTPS_PROXY", "")]);
        rejected(&[("https_proxy", bad), ("ALL_PROXY", good)]);
    }

    #[test]
    fn proxy_is_not_checked_for_hosts_in_no_proxy() {
        let bad = ("ALL_PROXY", "ftp://127.0.0.1:21");
        for exceptions in [
            "*",
            "basalam.com",
            ".basalam.com",
            "localhost, OPENAPI.basalam.com",
        ] {
            for variable in ["NO_PROXY", "no_proxy"] {
                assert!(apply(HTTPS, &[bad, (variable, exceptions)]).is_ok());
            }
        }
        for exceptions in ["", "localhost", "example.com", "api.basalam.com"] {
            rejected(&[bad, ("NO_PROXY", exceptions)]);
        }
        let intranet = "https://10.1.2.3/";
        assert!(apply(intranet, &[bad, ("NO_PROXY", "10.0.0.0/8")]).is_ok());
        assert!(apply(intranet, &[bad, ("NO_PROXY", "10.9.0.0/16")]).is_err());
    }

    #[test]
    fn proxy_of_the_builder_is_checked_whatever_the_environment_says() {
        let url = Url::parse(HTTPS).unwrap();
        let apply = |proxy: &str| {
            let choice = ProxyChoice::Url(proxy.to_owned().into());
            let ignored = |_: &str| Some("*".to_owned());
            choice.apply(reqwest::Client::builder(), &[&url], &ignored)
        };
        for proxy in ["http://127.0.0.1:8118", "127.0.0.1:8118", "proxy:8118"] {
            assert!(apply(proxy).is_ok(), "{proxy}");
        }
        for proxy in [
            "",
            " ",
            "ftp://me:hidden@127.0.0.1",
            "http://",
            "http://a b",
        ] {
            let error = apply(proxy).unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains("`proxy`"), "{error}");
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
        assert_eq!(
            apply("socks5h://127.0.0.1").is_ok(),
            cfg!(feature = "socks")
        );
    }
}
