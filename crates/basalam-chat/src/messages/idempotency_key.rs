//! Idempotency keys in the metadata of messages.

use basalam_chat_api::types::CreateMessageBody;

use super::Message;
use crate::Error;

/// The property of a message's metadata that holds the idempotency key.
const PROPERTY: &str = "basalam_chat_idempotency_key";

const MAX_LENGTH: usize = 128;

/// Adds a key to the metadata of a message, in place of one that the metadata already has.
pub(super) fn insert(body: &mut CreateMessageBody, key: &str) -> Result<(), Error> {
    check(key)?;
    let metadata = body.message_metadata.get_or_insert_default();
    metadata.insert(PROPERTY.to_owned(), key.into());
    Ok(())
}

/// Returns the key of a message, if it has one.
pub(crate) fn of_message(message: &Message) -> Option<&str> {
    message.content.metadata.as_ref()?.get(PROPERTY)?.as_str()
}

/// Rejects a key that the service could reject or change. The key is not part of the error.
fn check(key: &str) -> Result<(), Error> {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'=');
    let problem = if key.is_empty() {
        "is empty".to_owned()
    } else if key.len() > MAX_LENGTH {
        format!("has {} bytes", key.len())
    } else if let Some(position) = key.bytes().position(|byte| !is_allowed(byte)) {
        format!("has a character that is not allowed at byte {position}")
    } else {
        return Ok(());
    };
    let remedy = "use 1 to 128 ASCII letters, digits, `-`, `_`, `.`, `:` and `=`";
    Err(Error::invalid_input("idempotency_key", &problem, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_documented_alphabet_and_length() {
        for key in ["a", "0", "A-z_0.9:=", &"k".repeat(MAX_LENGTH)] {
            check(key).unwrap();
        }
    }

    #[test]
    fn rejects_other_keys_without_repeating_them() {
        let too_long = "k".repeat(MAX_LENGTH + 1);
        for key in [
            "",
            " ",
            "a b",
            "key\n",
            "\u{6a9}\u{644}",
            "a/b",
            "a\"b",
            "a\0",
            &too_long,
        ] {
            let error = check(key).unwrap_err();
            assert!(error.is_invalid_input(), "{key}");
            let shown = error.to_string();
            assert!(shown.contains("idempotency_key"), "{shown}");
            assert!(key.len() < 3 || !shown.contains(key), "{shown}");
        }
    }
}
