//! Events of webhooks.

use basalam_chat::reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use basalam_chat::webhooks::{Event, Receiver, WebhookLog};
use basalam_chat::{Error, UserId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::Failure;
use crate::message_view::MessageView;
use crate::text::grouped;

/// The secret of a receiver that decodes events of a log, which nobody else reaches.
const LOCAL_SECRET: &str = "delivery log";

/// Decodes the events of a delivery log.
pub(super) struct LogDecoder {
    receiver: Receiver,
    headers: HeaderMap,
}

impl LogDecoder {
    /// `user` is the account whose events are logged.
    pub(super) fn new(user: UserId) -> Result<LogDecoder, Error> {
        let secret = HeaderValue::from_static(LOCAL_SECRET);
        Ok(LogDecoder {
            receiver: Receiver::builder(user, LOCAL_SECRET).build()?,
            headers: HeaderMap::from_iter([(AUTHORIZATION, secret)]),
        })
    }

    /// Returns the event of a delivery, unless it was repeated or has no body.
    pub(super) fn decode(&self, delivery: &WebhookLog) -> Option<Event> {
        let body = body(delivery)?.to_string();
        let outcome = self.receiver.accept(&self.headers, body.as_bytes());
        outcome.event().cloned()
    }
}

/// Returns the body of a recorded request. Unknown: its form; it is looked for under the usual names, and may be JSON
/// in a string.
fn body(delivery: &WebhookLog) -> Option<Value> {
    let request = delivery.request.as_ref()?.expose_secret();
    let names = ["body", "data", "payload", "json"];
    let body = names.iter().find_map(|name| request.get(name));
    let body = body.unwrap_or(request);
    match body {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Null => None,
        body => Some(body.clone()),
    }
}

/// Describes a recorded delivery on one line, without the secret.
pub(super) fn summary(delivery: &WebhookLog) -> String {
    let Some(body) = body(delivery) else {
        return String::new();
    };
    match (body.get("chat_id"), body.get("id")) {
        (Some(chat), Some(id)) => format!("chat {chat}, message {id}"),
        _ => "another event".to_owned(),
    }
}

#[derive(Serialize)]
struct Other<'a> {
    body: &'a Value,
}

/// Prints an event.
pub(super) fn print(context: &Context<'_>, event: &Event, is_full: bool) -> Result<(), Failure> {
    let output = context.output;
    let view = MessageView {
        output,
        is_full,
        has_chat: true,
    };
    match (event, output.is_json) {
        (Event::MessageReceived(event), true) => output.json("message_received", &**event),
        (Event::MessageSent(event), true) => output.json("message_sent", &**event),
        (Event::Other(body), true) => output.json("other_event", Other { body }),
        (Event::Unreadable(bytes), true) => {
            output.json("unreadable_event", json!({ "bytes": bytes.len() }))
        }
        (Event::MessageReceived(event), false) => view.print(&event.message, ""),
        (Event::MessageSent(event), false) => view.print(&event.message, "sent"),
        (Event::Other(body), false) => {
            output.line(output.view.line().own("event ").foreign(&body.to_string()))
        }
        (Event::Unreadable(bytes), false) => {
            let size = grouped(bytes.len() as u64);
            output.warning(&format!("a delivery of {size} bytes is not JSON"));
            Ok(())
        }
        _ => Ok(()),
    }?;
    // The next event may take long.
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(request: Value) -> WebhookLog {
        serde_json::from_value(json!({ "id": 1, "request": request, "status_code": 200 })).unwrap()
    }

    #[test]
    fn bodies_are_found_in_several_forms() {
        let message = json!({
            "id": 5, "chat_id": 7, "message": { "text": "hello" }, "message_type": "TEXT", "sender_id": 9,
            "created_at": "2026-07-22 10:28:23",
        });
        for request in [
            json!({ "method": "POST", "body": message }),
            json!({ "data": message.to_string() }),
            message.clone(),
            json!(message.to_string()),
        ] {
            let delivery = delivery(request);
            assert_eq!(summary(&delivery), "chat 7, message 5");
            let decoder = LogDecoder::new(UserId(1)).unwrap();
            let event = decoder.decode(&delivery);
            assert!(
                matches!(event, Some(Event::MessageReceived(_))),
                "{event:?}"
            );
            // A retry of the service.
            assert!(decoder.decode(&delivery).is_none());
        }
    }

    #[test]
    fn deliveries_without_a_body_have_no_event() {
        for request in [Value::Null, json!("no JSON"), json!({ "body": null })] {
            let decoder = LogDecoder::new(UserId(1)).unwrap();
            assert!(decoder.decode(&delivery(request)).is_none());
        }
        assert_eq!(
            summary(&delivery(json!({ "body": { "order": 1 } }))),
            "another event"
        );
    }
}
