//! The parts of a webhook that are checked before a request is sent: its URL, events and headers.

use std::collections::BTreeMap;

use http::HeaderName;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::WebhookEventId;
use crate::request::{check_header, check_id};
use crate::{Error, Secret};

/// The maximum length of a webhook's URL in characters.
const MAX_URL_LENGTH: usize = 2083;

/// The headers of deliveries. Their values are secret.
#[derive(Clone, Debug, Default)]
pub(super) struct DeliveryHeaders(BTreeMap<String, SecretString>);

impl DeliveryHeaders {
    /// Adds a header, or replaces that of the same name, which is case-insensitive.
    pub(super) fn insert(&mut self, name: String, value: String) {
        self.0.retain(|it, _| !it.eq_ignore_ascii_case(&name));
        self.0.insert(name, value.into());
    }

    /// Returns the headers as the service expects them: a string that contains a JSON object.
    pub(super) fn to_json(&self) -> Result<Option<Secret<String>>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut headers = serde_json::Map::new();
        for (name, value) in &self.0 {
            if HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Err(Error::invalid_input(
                    "header",
                    "has a name that is not a header name",
                    "use letters, digits and `-`, such as `Authorization`",
                ));
            }
            check_value("header", value.expose_secret())?;
            headers.insert(name.clone(), value.expose_secret().into());
        }
        let json = serde_json::Value::Object(headers).to_string();
        Ok(Some(Secret::new(json)))
    }
}

/// Checks that the value of a header arrives as it is sent.
pub(super) fn check_value(argument: &str, value: &str) -> Result<(), Error> {
    check_header(argument, Some(value))?;
    match value.trim() == value {
        true => Ok(()),
        false => Err(Error::invalid_input(
            argument,
            "starts or ends with a space, which HTTP removes",
            "remove the space",
        )),
    }
}

pub(super) fn check_url(url: &str) -> Result<(), Error> {
    let problem = match Url::parse(url) {
        Ok(_) if url.chars().count() > MAX_URL_LENGTH => "has more than 2083 characters",
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => {
            return Ok(());
        }
        _ => "is not an HTTP URL",
    };
    let remedy = "pass the public URL of your program, such as `https://example.com/webhooks`";
    Err(Error::invalid_input("url", problem, remedy))
}

pub(super) fn check_events(events: &[WebhookEventId]) -> Result<(), Error> {
    if events.is_empty() {
        return Err(Error::invalid_input(
            "events",
            "is empty",
            "pass at least one event, such as `WebhookEventId::CHAT_RECEIVED_MESSAGE`",
        ));
    }
    events.iter().try_for_each(|it| check_id("events", it.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_http_urls_with_a_host_only() {
        let longest = format!("https://example.com/{}", "a".repeat(2063));
        for url in ["http://127.0.0.1:1/a", "https://example.com", &longest] {
            assert!(check_url(url).is_ok(), "{url}");
        }
        let too_long = format!("{longest}a");
        for url in [
            "",
            "example.com",
            "/a",
            "ftp://example.com",
            "mailto:a@b.c",
            &too_long,
        ] {
            let error = check_url(url).unwrap_err();
            assert!(error.is_invalid_input(), "{url}");
            assert!(error.to_string().contains("`url`"), "{error}");
        }
    }

    #[test]
    fn headers_become_a_json_object_in_a_string() {
        let mut headers = DeliveryHeaders::default();
        assert_eq!(headers.to_json().unwrap(), None);
        headers.insert("X-Token".to_owned(), "a \"quoted\" secret".to_owned());
        let json = headers.to_json().unwrap().unwrap();
        assert_eq!(json.expose_secret(), r#"{"X-Token":"a \"quoted\" secret"}"#);
        assert!(!format!("{headers:?} {json:?}").contains("quoted"));
    }

    #[test]
    fn a_header_replaces_that_of_the_same_name_in_any_case() {
        let mut headers = DeliveryHeaders::default();
        for (name, value) in [
            ("authorization", "first"),
            ("X-Other", "other"),
            ("AUTHORIZATION", "second"),
            ("Authorization", "third"),
        ] {
            headers.insert(name.to_owned(), value.to_owned());
        }
        let json = headers.to_json().unwrap().unwrap();
        let expected = r#"{"Authorization":"third","X-Other":"other"}"#;
        assert_eq!(json.expose_secret(), expected);
    }

    #[test]
    fn rejects_invalid_headers_without_showing_them() {
        for (name, value) in [
            ("", "a"),
            ("a b", "a"),
            ("a", ""),
            ("a", "b\r\nc"),
            ("a", " b"),
            ("a", "b\t"),
            ("نام", "a"),
        ] {
            let mut headers = DeliveryHeaders::default();
            headers.insert(name.to_owned(), value.to_owned());
            let error = headers.to_json().unwrap_err();
            assert!(error.is_invalid_input(), "{name:?}: {value:?}");
            assert!(error.to_string().contains("`header`"), "{error}");
            assert!(!error.to_string().contains("b\r"), "{error}");
        }
    }
}
