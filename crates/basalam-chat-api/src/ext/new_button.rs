//! Constructors of [`NewButton`].

use serde_json::{Map, Value};

use crate::newtypes::{ButtonId, ButtonType};
use crate::types::NewButton;

impl NewButton {
    /// Creates a button that opens a URL.
    ///
    /// `id` identifies the button within the message. Certain: from the contract and the code of Basalam's
    /// web application.
    ///
    /// ```
    /// # use basalam_chat_api::{newtypes::ButtonId, types::NewButton};
    /// let button = NewButton::url(ButtonId(1), "Open", "https://example.com");
    /// assert_eq!(button.data["url"], "https://example.com");
    /// ```
    pub fn url(id: ButtonId, label: impl Into<String>, url: impl Into<String>) -> NewButton {
        let data = Map::from_iter([("url".to_owned(), Value::String(url.into()))]);
        NewButton::new(data, id, label.into(), ButtonType::Url)
    }

    /// Creates a button that sends its label as a text message of the user who presses it.
    ///
    /// Certain: from the contract and the code of Basalam's web application.
    pub fn message(id: ButtonId, label: impl Into<String>) -> NewButton {
        NewButton::new(Map::new(), id, label.into(), ButtonType::Msg)
    }

    /// Creates a button that invokes a callback of the service that created it, with custom data.
    ///
    /// Likely only useful for Basalam's own services: the callback is not part of the public gateway.
    ///
    /// ```
    /// # use basalam_chat_api::{newtypes::ButtonId, types::NewButton};
    /// let button = NewButton::callback(ButtonId(2), "Confirm", [("order", 7)]);
    /// assert_eq!(button.data["order"], 7);
    /// ```
    pub fn callback<K: Into<String>, V: Into<Value>>(
        id: ButtonId,
        label: impl Into<String>,
        data: impl IntoIterator<Item = (K, V)>,
    ) -> NewButton {
        let data = data.into_iter();
        let data = data.map(|(name, value)| (name.into(), value.into()));
        NewButton::new(data.collect(), id, label.into(), ButtonType::Cb)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn constructors_set_type_and_data() {
        let buttons = [
            NewButton::url(ButtonId(1), "Open", "https://example.com"),
            NewButton::message(ButtonId(2), "Yes"),
            NewButton::callback(
                ButtonId(3),
                "Confirm",
                [("order", json!(7)), ("by", json!("x"))],
            ),
            NewButton::callback(ButtonId(4), "Again", Map::new()),
        ];
        let expected = json!([
            { "id": 1, "label": "Open", "type": "url", "data": { "url": "https://example.com" } },
            { "id": 2, "label": "Yes", "type": "msg", "data": {} },
            { "id": 3, "label": "Confirm", "type": "cb", "data": { "order": 7, "by": "x" } },
            { "id": 4, "label": "Again", "type": "cb", "data": {} },
        ]);
        assert_eq!(serde_json::to_value(buttons).unwrap(), expected);
    }
}
