//! Removes secrets from what the service records of deliveries.

use basalam_chat::Secret;
use basalam_chat::webhooks::WebhookLog;
use serde_json::Value;

pub(super) const REDACTED: &str = "[redacted]";

/// Returns a delivery without the headers of its request, one of which is the secret of the webhook.
pub(super) fn delivery(delivery: &WebhookLog) -> WebhookLog {
    let mut delivery = delivery.clone();
    let request = delivery.request.take();
    delivery.request = request.map(|request| Secret::new(redacted(request.expose_secret())));
    delivery
}

/// Unknown: the form of a recorded request. Its parts that are objects are known by their names; a string may contain
/// the whole request.
fn redacted(request: &Value) -> Value {
    match request {
        Value::Object(properties) => properties
            .iter()
            .map(|(name, value)| {
                let value = match is_harmless(name) {
                    true => value.clone(),
                    false => REDACTED.into(),
                };
                (name.clone(), value)
            })
            .collect(),
        Value::Null => Value::Null,
        _ => REDACTED.into(),
    }
}

fn is_harmless(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "body" | "data" | "json" | "method" | "payload" | "request_method" | "url"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_known_parts_of_a_request_are_kept() {
        let request = json!({
            "method": "POST", "url": "https://example.com", "body": { "id": 1 },
            "headers": { "Authorization": "canary" }, "request_headers": "{\"X\":\"canary\"}", "other": "canary",
        });
        let redacted = redacted(&request);
        assert!(!redacted.to_string().contains("canary"));
        assert_eq!(redacted["body"], json!({ "id": 1 }));
        assert_eq!(redacted["method"], "POST");
    }

    #[test]
    fn requests_of_another_form_are_left_out() {
        for request in [json!("POST / canary"), json!(["canary"]), json!(7)] {
            assert_eq!(redacted(&request), REDACTED);
        }
        assert_eq!(redacted(&Value::Null), Value::Null);
    }
}
