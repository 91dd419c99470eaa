//! Base URLs, to which tokens are sent.

use reqwest::Url;

use crate::Error;

/// Parses a base URL. Errors do not contain it: it may contain a password.
pub(super) fn parse_base_url(
    argument: &str,
    base_url: &str,
    plain_http_hosts: &[String],
) -> Result<Url, Error> {
    let invalid = |problem: &str, remedy: &str| Error::invalid_input(argument, problem, remedy);
    let url = Url::parse(base_url).map_err(|error| {
        invalid(
            &format!("is not an absolute URL ({error})"),
            "use a URL such as https://openapi.basalam.com",
        )
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid(
            &format!("has the scheme `{}`", url.scheme()),
            "use https, or http for a loopback address",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(
            "contains a user name or a password",
            "remove them: the client authenticates with its token",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid(
            "has a query or a fragment",
            "remove them: the paths of the operations are appended to the URL",
        ));
    }
    let is_allowed = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        plain_http_hosts
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(host))
    };
    if url.scheme() == "http" && !is_loopback(&url) && !is_allowed(&url) {
        return Err(invalid(
            "would send the token over plain http, which others on the network can read",
            "use https, or allow the host with `allow_plain_http_to`",
        ));
    }
    Ok(url)
}

/// Rejects a host that no URL has, such as a whole URL or a host with a port.
pub(super) fn check_hosts(argument: &str, hosts: &[String]) -> Result<(), Error> {
    let is_host = |host: &String| {
        let url = Url::parse(&format!("http://{host}/"));
        url.is_ok_and(|url| {
            url.host_str()
                .is_some_and(|it| it.eq_ignore_ascii_case(host))
        })
    };
    match hosts.iter().all(is_host) {
        true => Ok(()),
        false => Err(Error::invalid_input(
            argument,
            "is not a host name or an IP address",
            "pass only the host, such as `chat.internal`, without a scheme, a port or a path",
        )),
    }
}

/// Returns `true` if the host of `url` is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_invalid_base_url_and_does_not_repeat_it() {
        for (base_url, expected) in [
            ("", "is not an absolute URL"),
            ("openapi.basalam.com", "is not an absolute URL"),
            ("/v1", "is not an absolute URL"),
            ("ftp://openapi.basalam.com", "has the scheme `ftp`"),
            (
                "https://me:hidden@openapi.basalam.com",
                "a user name or a password",
            ),
            ("https://openapi.basalam.com?x=1", "has a query"),
            ("https://openapi.basalam.com#x", "has a query"),
            ("http://openapi.basalam.com", "over plain http"),
            ("http://127.0.0.1.example.com", "over plain http"),
        ] {
            let error = parse_base_url("base_url", base_url, &[]).unwrap_err();
            assert!(error.is_invalid_input(), "{base_url}");
            let message = error.to_string();
            assert!(message.contains("base_url"), "{message}");
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains("hidden"), "{message}");
        }
    }

    #[test]
    fn rejects_allowed_hosts_that_no_url_can_have() {
        for host in ["chat.internal", "CHAT.internal", "10.1.2.3", "[fd00::1]"] {
            assert!(check_hosts("host", &[host.to_owned()]).is_ok(), "{host}");
        }
        for host in [
            "",
            " ",
            "http://chat.internal",
            "chat.internal:80",
            "a/b",
            "me@chat.internal",
        ] {
            let error = check_hosts("host", &[host.to_owned()]).unwrap_err();
            assert!(
                error.to_string().contains("`host` is not a host"),
                "{error}"
            );
        }
    }

    #[test]
    fn allows_plain_http_to_loopback_and_allowed_hosts_only() {
        for base_url in [
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://127.8.9.1",
            "http://[::1]:80",
            "https://openapi.basalam.com/prefix/",
        ] {
            assert!(
                parse_base_url("base_url", base_url, &[]).is_ok(),
                "{base_url}"
            );
        }
        let allowed = ["chat.internal".to_owned()];
        assert!(parse_base_url("base_url", "http://CHAT.internal", &allowed).is_ok());
        assert!(parse_base_url("base_url", "http://other.internal", &allowed).is_err());
    }
}
