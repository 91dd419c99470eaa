//! Where tokens may travel to.

use reqwest::Url;

use crate::Error;

/// Reads a base URL, without repeating it in an error: it may hold a password.
pub(super) fn check_base_url(
    argument: &str,
    text: &str,
    plain_http_hosts: &[String],
) -> Result<Url, Error> {
    let refuse = |problem: &str, remedy: &str| Error::invalid_input(argument, problem, remedy);
    let url = Url::parse(text).map_err(|error| {
        refuse(
            &format!("is no absolute URL ({error})"),
            "write it like https://openapi.basalam.com",
        )
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(
            &format!("has the scheme `{}`", url.scheme()),
            "begin it with https://, or with http:// for a loopback address",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse(
            "holds a user name or a password",
            "leave them out: the client authorises with its token",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse(
            "has a query or a fragment",
            "end it after the path: the paths of the operations are appended to it",
        ));
    }
    let is_named = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        plain_http_hosts
            .iter()
            .any(|named| named.eq_ignore_ascii_case(host))
    };
    if url.scheme() == "http" && !is_loopback(&url) && !is_named(&url) {
        return Err(refuse(
            "would send the token over plain http, where anybody on the way can read it",
            "use https, or name the host with `allow_plain_http_to`",
        ));
    }
    Ok(url)
}

/// Whether what is sent to `url` stays on this machine.
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
    fn a_base_url_that_cannot_be_used_is_refused_with_the_remedy() {
        for (text, expected) in [
            ("", "is no absolute URL"),
            ("openapi.basalam.com", "is no absolute URL"),
            ("/v1", "is no absolute URL"),
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
            let error = check_base_url("base_url", text, &[]).unwrap_err();
            assert!(error.is_invalid_input(), "{text}");
            let shown = error.to_string();
            assert!(shown.contains("base_url"), "{shown}");
            assert!(shown.contains(expected), "{shown}");
            assert!(!shown.contains("hidden"), "{shown}");
        }
    }

    #[test]
    fn plain_http_goes_to_loopback_and_to_named_hosts_only() {
        for text in [
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://127.8.9.1",
            "http://[::1]:80",
            "https://openapi.basalam.com/prefix/",
        ] {
            assert!(check_base_url("base_url", text, &[]).is_ok(), "{text}");
        }
        let named = ["chat.internal".to_owned()];
        assert!(check_base_url("base_url", "http://CHAT.internal", &named).is_ok());
        assert!(check_base_url("base_url", "http://other.internal", &named).is_err());
    }
}
