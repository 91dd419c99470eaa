//! Responses of the bot methods.

use basalam_chat_api::ResponseValue;
use basalam_chat_api::newtypes::BotToken;
use basalam_chat_api::operation::Operation;
use serde::Serialize;
use serde_json::{Map, Value};

use super::BotResponse;
use crate::error::ErrorResponse;
use crate::http::Secrets;
use crate::{Client, Error, ErrorKind};

/// A bot's profile.
///
/// Likely, from the vendor's documented examples: nothing is published about the response, so every field
/// is optional, and properties with an unexpected type are kept in `extra`. It serializes as the object that the
/// service wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BotInfo {
    /// The bot's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The name in public URLs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// All other properties, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A bot's webhook.
///
/// Likely, from the vendor's documented examples: nothing is published about the response, so every field
/// is optional, and properties with an unexpected type are kept in `extra`. It serializes as the object that the
/// service wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WebhookInfo {
    /// The URL that receives updates; `None` or empty if the bot has no webhook (likely).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// All other properties, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl WebhookInfo {
    /// Returns `true` if the bot has a webhook.
    pub fn is_set(&self) -> bool {
        self.url.as_deref().is_some_and(|url| !url.is_empty())
    }
}

impl BotInfo {
    pub(super) fn from_response(response: BotResponse) -> Result<BotInfo, Error> {
        let Some(Value::Object(mut properties)) = response.result else {
            return Err(Error::missing_field("result"));
        };
        Ok(BotInfo {
            id: take_integer(&mut properties, "id"),
            first_name: take_string(&mut properties, "first_name"),
            username: take_string(&mut properties, "username"),
            extra: properties,
        })
    }
}

impl WebhookInfo {
    pub(super) fn from_response(response: BotResponse) -> Result<WebhookInfo, Error> {
        match response.result {
            Some(Value::Object(mut properties)) => Ok(WebhookInfo {
                url: take_string(&mut properties, "url"),
                extra: properties,
            }),
            // No result may mean that there is no webhook.
            None | Some(Value::Null) => Ok(WebhookInfo::default()),
            Some(_) => Err(Error::missing_field("result.url")),
        }
    }
}

/// Removes a string from an object. A value of another type stays in it.
fn take_string(properties: &mut Map<String, Value>, name: &str) -> Option<String> {
    match properties.remove(name)? {
        Value::String(text) => Some(text),
        other => {
            properties.insert(name.to_owned(), other);
            None
        }
    }
}

/// Removes an integer, or a string that holds one, from an object. Any other value stays in it.
fn take_integer(properties: &mut Map<String, Value>, name: &str) -> Option<i64> {
    let integer = match properties.get(name)? {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    }?;
    properties.remove(name);
    Some(integer)
}

/// Converts the result of a bot method. A response with `ok: false` is an error.
pub(super) fn bot_response(
    client: &Client,
    operation: &'static Operation,
    token: &BotToken,
    result: Result<ResponseValue<BotResponse>, basalam_chat_api::Error<()>>,
) -> Result<BotResponse, Error> {
    let response = client.transport().decode_response(operation, result)?;
    if response.ok {
        return Ok(response);
    }
    let secrets = Secrets::bot_token(token.expose_secret());
    let secrets = secrets.with_authorization(client.transport().authorization());
    let messages = ErrorResponse::from_message(
        response.error_code,
        response.description.as_deref(),
        &|text, max| secrets.excerpt(text, max),
    );
    Err(Error::unsuccessful(messages).with_operation(operation))
}

impl Error {
    /// The response to a bot method has `ok: false`.
    fn unsuccessful(response: ErrorResponse) -> Error {
        let problem = "the service reported that the method failed";
        Error::new(ErrorKind::Unsuccessful, problem, "")
            .with_response(response)
            .with_attempts(1)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn response(result: Value) -> BotResponse {
        serde_json::from_value(json!({ "ok": true, "result": result })).unwrap()
    }

    #[test]
    fn keeps_properties_of_unexpected_type_in_extra() {
        let result = json!({ "id": "7", "first_name": null, "username": ["b"], "is_bot": true });
        let info = BotInfo::from_response(response(result)).unwrap();
        assert_eq!(info.id, Some(7));
        assert_eq!((info.first_name, info.username), (None, None));
        let extra = json!({ "first_name": null, "username": ["b"], "is_bot": true });
        assert_eq!(Value::Object(info.extra), extra);

        let info = BotInfo::from_response(response(json!({ "id": 1.5 }))).unwrap();
        assert_eq!(info.id, None);
        assert_eq!(info.extra["id"], 1.5);
    }

    #[test]
    fn bot_responses_serialize_as_received() {
        for result in [
            json!({ "id": 7, "first_name": "a", "username": "b", "is_bot": true }),
            json!({ "id": 1.5, "username": null }),
            json!({}),
        ] {
            let info = BotInfo::from_response(response(result.clone())).unwrap();
            assert_eq!(serde_json::to_value(info).unwrap(), result);
        }
        for result in [
            json!({ "url": "https://a", "pending": 3 }),
            json!({ "url": ["a"] }),
        ] {
            let info = WebhookInfo::from_response(response(result.clone())).unwrap();
            assert_eq!(serde_json::to_value(info).unwrap(), result);
        }
    }

    #[test]
    fn bot_info_without_result_is_a_decode_error() {
        for result in [json!(null), json!([]), json!("bot")] {
            assert!(
                BotInfo::from_response(response(result))
                    .unwrap_err()
                    .is_decode()
            );
        }
    }

    #[test]
    fn webhook_is_unset_without_result_or_url() {
        for result in [json!(null), json!({}), json!({ "url": "" })] {
            assert!(
                !WebhookInfo::from_response(response(result))
                    .unwrap()
                    .is_set()
            );
        }
        let info =
            WebhookInfo::from_response(response(json!({ "url": "https://example.com" }))).unwrap();
        assert!(info.is_set());
        assert!(WebhookInfo::from_response(response(json!(true))).is_err());
    }
}
