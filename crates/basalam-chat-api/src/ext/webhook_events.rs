//! The events of webhooks.

use crate::newtypes::WebhookEventId;
use crate::types::{RegisteredWebhook, Webhook};

macro_rules! impl_event_ids {
    ($($name:ident)+) => {$(
        impl $name {
            /// Returns the ids of the events of the webhook, except those that are not integers.
            pub fn event_ids(&self) -> impl Iterator<Item = WebhookEventId> {
                let events = self.events.iter().flatten();
                events.filter_map(|event| event.get("id")?.as_i64().map(WebhookEventId))
            }
        }
    )+};
}

impl_event_ids!(RegisteredWebhook Webhook);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn event_ids_are_read_from_the_objects_of_the_contract() {
        let webhook = |events| -> Webhook {
            serde_json::from_value(json!({ "id": 5, "events": events })).unwrap()
        };
        let ids = |events| webhook(events).event_ids().collect::<Vec<_>>();
        let events = json!([{ "id": 1, "name": "a" }, { "name": "b" }, { "id": "c" }, { "id": 4 }]);
        assert_eq!(ids(events), [WebhookEventId(1), WebhookEventId(4)]);
        assert_eq!(ids(json!([])), []);
        assert_eq!(ids(json!(null)), []);
    }
}
