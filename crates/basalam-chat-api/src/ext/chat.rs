//! Accessors of [`Chat`].

use super::ChatKind;
use crate::types::Chat;

impl Chat {
    /// Returns `true` if the chat has messages that the current user has not seen.
    ///
    /// Ignores `marked_as_unread`, which the user sets manually.
    pub fn has_unseen(&self) -> bool {
        self.unseen_message_count > 0
    }

    /// Returns the display name of the chat: that of the other party, the group, the channel or the bot.
    ///
    /// Returns `None` if the name is missing or empty.
    pub fn title(&self) -> Option<&str> {
        let title = match self.kind() {
            ChatKind::Private { contact } => contact.and_then(|contact| contact.name.as_deref()),
            ChatKind::Group { group } => group.map(|group| group.title.as_str()),
            ChatKind::Channel { channel } => channel.map(|channel| channel.title.as_str()),
            ChatKind::Bot { bot } => bot.map(|bot| bot.title.as_str()),
            ChatKind::Other(_) => None,
        };
        title.filter(|title| !title.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn chat(chat_type: &str, fields: Value) -> Chat {
        let mut chat = json!({
            "id": 1, "chat_type": chat_type, "marked_as_unread": false, "unseen_message_count": 0,
            "updated_at": "2026-07-22 10:28:23", "contact_is_blocked": false,
            "show_approvals": false,
        });
        let fields = fields.as_object().unwrap().clone();
        chat.as_object_mut().unwrap().extend(fields);
        serde_json::from_value(chat).unwrap()
    }

    #[test]
    fn kind_and_title_depend_on_the_chat_type() {
        let private = chat("private", json!({ "contact": { "name": "Sara" } }));
        let group = chat("group", json!({ "group": { "title": "Weavers" } }));
        let channel = chat("channel", json!({ "channel": { "title": "News" } }));
        let bot = chat("bot", json!({ "bot": { "title": "Helper" } }));
        assert!(
            matches!(private.kind(), ChatKind::Private { contact: Some(contact) }
                if contact.name.as_deref() == Some("Sara"))
        );
        assert!(matches!(
            group.kind(),
            ChatKind::Group { group: Some(group) } if group.title == "Weavers"
        ));
        assert!(matches!(
            channel.kind(),
            ChatKind::Channel { channel: Some(channel) } if channel.title == "News"
        ));
        assert!(matches!(
            bot.kind(),
            ChatKind::Bot { bot: Some(bot) } if bot.title == "Helper"
        ));
        let titles = [&private, &group, &channel, &bot].map(|chat| chat.title());
        assert_eq!(titles, ["Sara", "Weavers", "News", "Helper"].map(Some));
    }

    #[test]
    fn kind_does_not_require_details() {
        let channel = chat("channel", json!({ "contact": null, "channel": null }));
        assert_eq!(channel.kind(), ChatKind::Channel { channel: None });
        assert_eq!(channel.title(), None);
        let private = chat("private", json!({ "contact": { "id": 7 } }));
        assert_eq!(private.title(), None);
    }

    #[test]
    fn kind_of_unknown_type_is_other() {
        let chat = chat("salon", json!({}));
        assert!(matches!(chat.kind(), ChatKind::Other(other) if other == "salon"));
    }

    #[test]
    fn has_unseen_ignores_marked_as_unread() {
        assert!(!chat("private", json!({ "marked_as_unread": true })).has_unseen());
        assert!(chat("private", json!({ "unseen_message_count": 1 })).has_unseen());
    }
}
