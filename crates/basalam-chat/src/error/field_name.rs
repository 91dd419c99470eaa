//! Names of fields that errors may show.

use basalam_chat_api::operations::FIELD_NAMES;

/// The parts of a request that validation problems name, and the fields of error responses.
const OTHER_NAMES: [&str; 8] = [
    "body", "cookie", "error", "form", "header", "path", "query", "scope",
];

/// The placeholder for a name that may be private.
const UNKNOWN: &str = "?";

/// Returns the name of a field if the contract has it, or `?` otherwise: users choose some names, such as those
/// in a message's metadata.
pub(crate) fn known_field_name(name: &str) -> &str {
    let is_known = FIELD_NAMES.binary_search(&name).is_ok() || OTHER_NAMES.contains(&name);
    match is_known {
        true => name,
        false => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_names_of_the_contract() {
        for name in ["message_metadata", "chats", "X-Real-IP", "limit", "body"] {
            assert_eq!(known_field_name(name), name);
        }
        for name in ["", "my_key", "Message", "chats ", "text\""] {
            assert_eq!(known_field_name(name), "?");
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(FIELD_NAMES.is_sorted());
    }
}
