//! Accessors of [`MessageFile`].

use std::time::Duration;

use crate::types::MessageFile;

impl MessageFile {
    /// Returns the URL of the file: `url`, or if that is missing `primary`, then `original` of the property
    /// `urls`.
    ///
    /// Likely: uploaded files have these properties, and message files are uploaded files. Returns `None` if
    /// all are missing.
    ///
    /// ```
    /// # use basalam_chat_api::types::MessageFile;
    /// # use serde_json::json;
    /// let file = json!({ "url": null, "urls": { "primary": "https://example.com/a.jpg" } });
    /// let file: MessageFile = serde_json::from_value(file).unwrap();
    /// assert_eq!(file.url(), Some("https://example.com/a.jpg"));
    /// ```
    pub fn url(&self) -> Option<&str> {
        let variant = |name| self.extra.get("urls")?.get(name)?.as_str();
        let urls = [self.url.as_deref(), variant("primary"), variant("original")];
        urls.into_iter().flatten().find(|url| !url.is_empty())
    }

    /// Returns the duration of the recording, if known. Likely: the unit on the wire is seconds.
    pub fn playback_duration(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.duration?).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file(file: Value) -> MessageFile {
        serde_json::from_value(file).unwrap()
    }

    #[test]
    fn url_falls_back_to_primary_then_original() {
        let urls = json!({ "primary": "p", "original": "o" });
        for (value, expected) in [
            (json!({ "url": "u", "urls": urls }), Some("u")),
            (json!({ "url": "", "urls": urls }), Some("p")),
            (json!({ "urls": { "original": "o" } }), Some("o")),
            (json!({ "url": null, "urls": null }), None),
            (json!({ "urls": ["p"] }), None),
            (json!({ "urls": { "primary": 7 } }), None),
        ] {
            assert_eq!(file(value).url(), expected);
        }
    }

    #[test]
    fn playback_duration_rejects_out_of_range_values() {
        let half = Some(Duration::from_millis(1500));
        assert_eq!(file(json!({ "duration": 1.5 })).playback_duration(), half);
        assert_eq!(file(json!({ "duration": -1 })).playback_duration(), None);
        assert_eq!(file(json!({ "duration": 1e300 })).playback_duration(), None);
        assert_eq!(file(json!({})).playback_duration(), None);
    }
}
