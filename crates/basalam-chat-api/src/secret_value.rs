//! Secret values in requests and responses.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret value in a request or a response.
///
/// `Debug` output is redacted. Serializing writes the value.
///
/// ```
/// # use basalam_chat_api::Secret;
/// let header = Secret::new("Bearer example-of-a-secret");
/// assert_eq!(format!("{header:?}"), "Secret([redacted])");
/// assert_eq!(*header.expose_secret(), "Bearer example-of-a-secret");
/// ```
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Marks a value as secret.
    pub const fn new(value: T) -> Secret<T> {
        Secret(value)
    }

    /// Returns the value in plain text.
    pub const fn expose_secret(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Secret<T> {
        Secret(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Secret<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::types::{Webhook, WebhookLog};

    #[test]
    fn debug_output_is_redacted_whatever_the_format() {
        let secret = Secret::from(json!({ "a": "canary" }));
        for shown in [
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{:?}", Some(&secret)),
        ] {
            assert!(!shown.contains("canary"), "{shown}");
            assert!(shown.contains("[redacted]"), "{shown}");
        }
    }

    /// Headers of the documented form, and others.
    fn headers() -> [&'static str; 6] {
        [
            r#"{"Authorization":"canary"}"#,
            r#""{\"Authorization\":\"canary\"}""#,
            r#"["canary"]"#,
            r#"{"a":["canary",1e400]}"#,
            r#"{"a":"canary\ud800"}"#,
            r#"[{"name":"Authorization","value":"canary"}]"#,
        ]
    }

    #[test]
    fn secrets_of_any_form_are_redacted_and_kept() {
        for headers in headers() {
            // The last field fits its type only in the tolerant mode.
            for rest in ["", r#","is_active":[]"#] {
                let json = format!(r#"{{"id":1,"request_headers":{headers}{rest}}}"#);
                let webhook: Webhook = crate::read_json(json.as_bytes()).unwrap();
                let shown = format!("{webhook:?} {webhook:#?}");
                assert!(!shown.contains("canary"), "{shown}");
                let exposed = webhook.request_headers.as_ref().unwrap();
                let exposed = exposed.expose_secret().to_string();
                assert!(exposed.contains("canary"), "{exposed}");
                let encoded: Value = serde_json::to_value(&webhook).unwrap();
                assert!(encoded["request_headers"].to_string().contains("canary"));
            }
            let json = format!(r#"{{"id":1,"request":{headers}}}"#);
            let log: WebhookLog = crate::read_json(json.as_bytes()).unwrap();
            assert!(!format!("{log:?}").contains("canary"), "{log:?}");
        }
    }

    #[test]
    fn a_null_secret_is_missing() {
        let webhook: Webhook = serde_json::from_str(r#"{"id":1,"request_headers":null}"#).unwrap();
        assert_eq!(webhook.request_headers, None);
    }
}
