//! Reading what bot methods answer.

use basalam_chat_api::ResponseValue;
use basalam_chat_api::newtypes::BotToken;
use basalam_chat_api::operation::Operation;
use serde_json::{Map, Value};

use super::BotResponse;
use crate::{Client, Error};

/// What the service knows of a bot.
///
/// Likely, from the vendor's documented examples: nothing is published about the form of the answer, so
/// everything may be missing, and what is of another form than expected is kept in `extra`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BotInfo {
    /// The number of the bot.
    pub id: Option<i64>,
    /// The name to show.
    pub first_name: Option<String>,
    /// The name in public addresses.
    pub username: Option<String>,
    /// What has no name here, as it came.
    pub extra: Map<String, Value>,
}

/// Where the updates of a bot go.
///
/// Likely, from the vendor's documented examples: nothing is published about the form of the answer, so
/// everything may be missing, and what is of another form than expected is kept in `extra`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct WebhookInfo {
    /// The address that updates are sent to; none, or empty, where there is no webhook (likely).
    pub url: Option<String>,
    /// What has no name here, as it came.
    pub extra: Map<String, Value>,
}

impl WebhookInfo {
    /// Whether there is an address that updates are sent to.
    pub fn is_set(&self) -> bool {
        self.url.as_deref().is_some_and(|url| !url.is_empty())
    }
}

impl BotInfo {
    pub(super) fn read(answer: BotResponse) -> Result<BotInfo, Error> {
        let Some(Value::Object(mut members)) = answer.result else {
            return Err(Error::missing_field("result"));
        };
        Ok(BotInfo {
            id: take_number(&mut members, "id"),
            first_name: take_text(&mut members, "first_name"),
            username: take_text(&mut members, "username"),
            extra: members,
        })
    }
}

impl WebhookInfo {
    pub(super) fn read(answer: BotResponse) -> Result<WebhookInfo, Error> {
        match answer.result {
            Some(Value::Object(mut members)) => Ok(WebhookInfo {
                url: take_text(&mut members, "url"),
                extra: members,
            }),
            // Nothing to tell may well be told by nothing.
            None | Some(Value::Null) => Ok(WebhookInfo::default()),
            Some(_) => Err(Error::missing_field("result.url")),
        }
    }
}

/// Takes a text out of an object; anything else stays in it.
fn take_text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.remove(name)? {
        Value::String(text) => Some(text),
        other => {
            members.insert(name.to_owned(), other);
            None
        }
    }
}

/// Takes a number out of an object, which may be written as a text; anything else stays in it.
fn take_number(members: &mut Map<String, Value>, name: &str) -> Option<i64> {
    let value = members.get(name)?;
    let number = match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    }?;
    members.remove(name);
    Some(number)
}

/// Reads the answer of a bot method; a refusal in it is an error.
pub(super) fn outcome(
    client: &Client,
    operation: &'static Operation,
    token: &BotToken,
    result: Result<ResponseValue<BotResponse>, basalam_chat_api::Error<()>>,
) -> Result<BotResponse, Error> {
    let secret = token.expose_secret();
    let answer = client.transport().decode_response(operation, result);
    let answer = answer.map_err(|error| error.redacting(secret))?;
    if answer.ok {
        return Ok(answer);
    }
    let description = answer.description.as_deref();
    let description = description.map(|text| client.transport().redact(text));
    let error = Error::declined(answer.error_code, description.as_deref());
    Err(error.redacting(secret).with_operation(operation))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(result: Value) -> BotResponse {
        serde_json::from_value(json!({ "ok": true, "result": result })).unwrap()
    }

    #[test]
    fn what_is_of_another_form_is_kept_and_fails_nothing() {
        let result = json!({ "id": "7", "first_name": null, "username": ["b"], "is_bot": true });
        let info = BotInfo::read(answer(result)).unwrap();
        assert_eq!(info.id, Some(7));
        assert_eq!((info.first_name, info.username), (None, None));
        let extra = json!({ "first_name": null, "username": ["b"], "is_bot": true });
        assert_eq!(Value::Object(info.extra), extra);

        let info = BotInfo::read(answer(json!({ "id": 1.5 }))).unwrap();
        assert_eq!(info.id, None);
        assert_eq!(info.extra["id"], 1.5);
    }

    #[test]
    fn a_bot_without_a_result_is_an_unreadable_answer() {
        for result in [json!(null), json!([]), json!("bot")] {
            assert!(BotInfo::read(answer(result)).unwrap_err().is_decode());
        }
    }

    #[test]
    fn no_webhook_may_be_told_by_nothing_or_by_an_empty_address() {
        for result in [json!(null), json!({}), json!({ "url": "" })] {
            assert!(!WebhookInfo::read(answer(result)).unwrap().is_set());
        }
        let info = WebhookInfo::read(answer(json!({ "url": "https://example.com" }))).unwrap();
        assert!(info.is_set());
        assert!(WebhookInfo::read(answer(json!(true))).is_err());
    }
}
