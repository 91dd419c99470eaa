//! Names of schemas and operations, derived from the vendor's names without prefixes, hashes and
//! numbers.

use heck::{ToPascalCase, ToSnakeCase};

use crate::place::{Part, Place};

/// Returns the name of a schema, derived from the vendor's name.
///
/// `chat_aa8af3_entity__messages__model__MessageResponseV3__1` becomes `MessageResponse`.
pub(super) fn schema(theirs: &str) -> Option<String> {
    let parts = theirs.split("__").map(|part| part.trim_matches('_'));
    let parts = parts.filter(|part| !part.is_empty() && !is_number(part));
    let last = parts.last()?;
    let words: Vec<&str> = last.split(['_', '-', '.', ' ']).collect();
    let hash = words.iter().position(|word| is_hash(word));
    // A hash near the front follows the name of the service; a hash at the end is dropped below.
    let words = match hash {
        Some(hash) if hash <= 2 && hash + 1 < words.len() => &words[hash + 1..],
        _ => &words[..],
    };
    let words = words.iter().copied();
    let words = words.filter(|word| !is_hash(word) && *word != "Modified");
    let name = words.collect::<Vec<_>>().join("_").to_pascal_case();
    let name = without_version(&name);
    is_type(name).then(|| name.to_owned())
}

/// Returns the name of an operation, derived from the vendor's name.
///
/// `send_message_v3_messages_post` becomes `send_message`, `get_me_post` becomes `get_me`.
pub(super) fn operation(theirs: &str, method: &str) -> Option<String> {
    let name = theirs.to_snake_case();
    let name = name.strip_suffix(&format!("_{method}")).unwrap_or(&name);
    let mut words: Vec<&str> = name.split('_').collect();
    let version = words.iter().position(|word| is_version(word));
    if let Some(index) = version.filter(|it| *it > 0) {
        words.truncate(index);
    }
    let name = words.join("_");
    is_function(&name).then_some(name)
}

/// Returns the name of an operation, derived from its method and path: `GET
/// /v1/chats/{chat_id}/members` becomes `get_chats_members`.
pub(super) fn from_path(method: &str, path: &str) -> String {
    let words = std::iter::once(method).chain(words_in_path(path));
    let name = words.collect::<Vec<_>>().join("_").to_snake_case();
    match is_function(&name) {
        true => name,
        false => format!("{method}_operation"),
    }
}

/// Returns the segments of a path that are neither versions nor parameters.
pub(super) fn words_in_path(path: &str) -> impl Iterator<Item = &str> {
    let segments = path.split('/').filter(|it| !it.is_empty());
    segments.filter(|it| !it.starts_with('{') && !is_version(it))
}

/// Returns the name of a schema, derived from the property or parameter that it belongs to, or else
/// from its operation.
pub(super) fn from_place(place: &Place, name: &str) -> String {
    let name = name.to_pascal_case();
    if is_type(&name) {
        return name;
    }
    let operation = from_path(place.method.key(), &place.path).to_pascal_case();
    match place.part {
        Part::Body(_) => format!("{operation}Body"),
        Part::Response(..) => format!("{operation}Response"),
        _ => format!("{operation}Value"),
    }
}

/// Returns the singular of a word: `bots` becomes `bot`.
pub(super) fn singular(word: &str) -> &str {
    word.strip_suffix('s')
        .filter(|it| it.len() > 1)
        .unwrap_or(word)
}

fn is_type(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_uppercase())
        && name.chars().all(|it| it.is_ascii_alphanumeric())
        && name.to_pascal_case() == name
}

fn is_function(name: &str) -> bool {
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
    name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.chars().all(is_word)
        && name.to_snake_case() == name
}

/// Returns `true` for words such as `v1`.
fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(is_number)
}

fn is_number(string: &str) -> bool {
    !string.is_empty() && string.bytes().all(|it| it.is_ascii_digit())
}

/// Returns `true` for at least six hexadecimal digits, one of them a decimal digit: words such as
/// `facade` are not hashes.
fn is_hash(word: &str) -> bool {
    word.len() >= 6
        && word.bytes().all(|it| it.is_ascii_hexdigit())
        && word.bytes().any(|it| it.is_ascii_digit())
}

fn without_version(name: &str) -> &str {
    let bare = name.trim_end_matches(|it: char| it.is_ascii_digit());
    match bare.strip_suffix('V') {
        Some(bare_of_version) if bare.len() < name.len() && !bare_of_version.is_empty() => {
            bare_of_version
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_prefixes_hashes_versions_and_numbers() {
        for (theirs, ours) in [
            ("shop_aa8af3_BotApiResponse", "BotApiResponse"),
            (
                "shop_aa8af3_CreateOrderRequestModelV3_Modified_c056111f",
                "CreateOrderRequestModel",
            ),
            (
                "shop_aa8af3_entity__orders__v3__model__OrderResponseV3__2",
                "OrderResponse",
            ),
            (
                "Body_create_file_v3_files_post",
                "BodyCreateFileV3FilesPost",
            ),
            ("HTTPValidationError", "HttpValidationError"),
            ("Basket", "Basket"),
        ] {
            assert_eq!(schema(theirs).as_deref(), Some(ours), "{theirs}");
        }
        assert_eq!(schema("__1"), None);
        assert_eq!(schema("سبد"), None);
    }

    #[test]
    fn strips_path_and_method_from_operation_names() {
        for (theirs, method, ours) in [
            ("send_order_v3_orders_post", "post", "send_order"),
            ("get_me_post", "post", "get_me"),
            ("deleteWebhook", "delete", "delete_webhook"),
        ] {
            assert_eq!(operation(theirs, method).as_deref(), Some(ours));
        }
        assert_eq!(operation("", "get"), None);
        assert_eq!(
            from_path("get", "/v1/chats/{chat_id}/members"),
            "get_chats_members"
        );
        assert_eq!(from_path("post", "/v1/{a}"), "post");
    }
}
