//! Conversion of names in the document to Rust identifiers.

use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};

/// Returns `true` if progenitor uses `name` unchanged as a type name.
pub(crate) fn is_type_name(name: &str) -> bool {
    name.to_pascal_case() == name && is_identifier(name)
}

/// Returns a name in PascalCase, which progenitor derives types of an operation from.
pub(crate) fn pascal_case(name: &str) -> String {
    separated(name).to_pascal_case()
}

/// Returns the name of a type, or a name that [`is_type_name`] rejects.
pub(crate) fn type_name(name: &str) -> String {
    // Twice, because `a_b` becomes `AB`, which progenitor would change to `Ab`.
    pascal_case(name).to_pascal_case()
}

/// Returns the name of a client method, or `None` if the name has none.
pub(crate) fn function_name(operation_id: &str) -> Option<String> {
    let name = separated(operation_id).to_snake_case();
    is_identifier(&name).then_some(name)
}

/// Replaces what cannot be in an identifier by hyphens.
fn separated(name: &str) -> String {
    name.replace(
        |character: char| !is_identifier_char(character) && character.is_ascii(),
        "-",
    )
}

/// Returns the name of an operation's constant in the operation table.
pub(crate) fn constant_name(operation_id: &str) -> String {
    separated(operation_id)
        .to_snake_case()
        .to_shouty_snake_case()
}

/// Returns the field name that typify derives from a property name, or `None` if the name is not ASCII.
pub(crate) fn field_name(name: &str) -> Option<String> {
    snake_case_identifier(name, "x")
}

/// Returns the argument name that progenitor derives from a parameter name, or `None` if the name is
/// not ASCII.
pub(crate) fn argument_name(name: &str) -> Option<String> {
    snake_case_identifier(name, "_")
}

/// Prepends `digit_prefix` if the identifier would start with a digit.
fn snake_case_identifier(name: &str, digit_prefix: &str) -> Option<String> {
    if !name.is_ascii() {
        return None;
    }
    let snake = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name
            .replace('\'', "")
            .replace(|character: char| !is_identifier_char(character), "-")
            .to_snake_case(),
    };
    Some(match snake.chars().next() {
        None => "x".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{digit_prefix}{snake}"),
        Some(_) if is_identifier(&snake) => snake,
        Some(_) => format!("{snake}_"),
    })
}

/// Returns the variant name for a value of an open enum, or `None` if the value has no valid one.
pub(crate) fn variant_name(value: &str) -> Option<String> {
    if value == "*" {
        return Some("All".to_owned());
    }
    let name = value
        .replace(|character: char| !is_identifier_char(character), "-")
        .to_pascal_case();
    match name.as_str() {
        // Every open enum has a variant `Unknown` for unlisted values.
        "Unknown" | "Self" => Some(format!("{name}Value")),
        name => is_identifier(name).then(|| name.to_owned()),
    }
}

/// Accepts ASCII only: names on the wire are ASCII, and Unicode homoglyphs are confusing.
fn is_identifier(name: &str) -> bool {
    name.is_ascii() && syn::parse_str::<syn::Ident>(name).is_ok() && name != "gen"
}

fn is_identifier_char(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_keywords_and_leading_digits_to_identifiers() {
        let field = |name| field_name(name).unwrap();
        assert_eq!(field("type"), "type_");
        assert_eq!(field("X-Client-Info"), "x_client_info");
        assert_eq!(field("2fa"), "x2fa");
        assert_eq!(argument_name("2fa").unwrap(), "_2fa");
        assert_eq!(field(""), "x");
        assert_eq!(field("user's"), "users");
        assert_eq!(
            (field("+1"), field("-1")),
            ("plus1".into(), "minus1".into())
        );
        assert_eq!(field_name("سلام"), None);
    }

    #[test]
    fn renames_values_that_collide_with_the_unknown_variant() {
        assert_eq!(variant_name("unknown").unwrap(), "UnknownValue");
        assert_eq!(variant_name("product.photo").unwrap(), "ProductPhoto");
        assert_eq!(variant_name("x-y").unwrap(), "XY");
        assert_eq!(variant_name("*").unwrap(), "All");
    }

    #[test]
    fn values_without_a_leading_letter_have_no_variant_name() {
        for value in ["", "!", "3d", "سلام"] {
            assert_eq!(variant_name(value), None, "{value}");
        }
    }

    #[test]
    fn rejects_names_that_progenitor_would_change() {
        assert!(is_type_name("ChatId"));
        assert!(!is_type_name("chat_id"));
        assert!(!is_type_name("Self"));
    }

    #[test]
    fn converts_operation_ids_to_method_names() {
        assert_eq!(function_name("get_chats").unwrap(), "get_chats");
        assert_eq!(function_name("getChats").unwrap(), "get_chats");
        assert_eq!(
            function_name("get-chats__v1 (new)").unwrap(),
            "get_chats_v1_new"
        );
        for id in ["type", "gen", "_", "", "2fa", "گفتگو", "récup"] {
            assert_eq!(function_name(id), None, "{id}");
        }
    }
}
