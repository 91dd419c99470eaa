//! Reading the files of messages.

use std::time::Duration;

use crate::types::MessageFile;

impl MessageFile {
    /// The address to fetch the file from: `url`, or where that is missing the `primary` and then the
    /// `original` one of a member `urls`.
    ///
    /// Likely: uploaded files have these, and message files are uploaded files. `None` where there is
    /// no address.
    ///
    /// ```
    /// # use basalam_chat_api::types::MessageFile;
    /// # use serde_json::json;
    /// let file = json!({ "url": null, "urls": { "primary": "https://example.com/a.jpg" } });
    /// let file: MessageFile = serde_json::from_value(file).unwrap();
    /// assert_eq!(file.url(), Some("https://example.com/a.jpg"));
    /// ```
    pub fn url(&self) -> Option<&str> {
        let of_size = |name| self.extra.get("urls")?.get(name)?.as_str();
        let addresses = [self.url.as_deref(), of_size("primary"), of_size("original")];
        addresses
            .into_iter()
            .flatten()
            .find(|address| !address.is_empty())
    }

    /// How long the recording is, where that is known. Likely in seconds on the wire.
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
    fn the_first_address_that_is_there_is_taken() {
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
    fn a_length_that_is_no_time_is_none() {
        let half = Some(Duration::from_millis(1500));
        assert_eq!(file(json!({ "duration": 1.5 })).playback_duration(), half);
        assert_eq!(file(json!({ "duration": -1 })).playback_duration(), None);
        assert_eq!(file(json!({ "duration": 1e300 })).playback_duration(), None);
        assert_eq!(file(json!({})).playback_duration(), None);
    }
}
