//! Names: what the document calls a thing, and what Rust can call it.

use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};

/// Whether progenitor keeps `name` as it is for a type.
pub(crate) fn is_type(name: &str) -> bool {
    name.to_pascal_case() == name && is_identifier(name)
}

/// Whether progenitor keeps `name` as it is for a method or an argument.
pub(crate) fn is_function(name: &str) -> bool {
    name.to_snake_case() == name && is_identifier(name)
}

/// The name of a constant for an operation.
pub(crate) fn constant(operation: &str) -> String {
    operation.to_shouty_snake_case()
}

/// The identifier that progenitor makes of a member or parameter name.
pub(crate) fn field(name: &str) -> String {
    let name = name
        .replace('\'', "")
        .replace(|character: char| !is_continue(character), "-")
        .to_snake_case();
    match name.chars().next() {
        None => "x".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("x{name}"),
        Some(_) if is_identifier(&name) => name,
        Some(_) => format!("{name}_"),
    }
}

/// The name of the variant for a value of a vocabulary.
pub(crate) fn variant(value: &str) -> String {
    let name = value
        .replace(|character: char| !is_continue(character), "-")
        .to_pascal_case();
    match name.as_str() {
        // `Unknown` holds the values that nobody has named yet.
        "Unknown" | "Self" => format!("{name}Value"),
        _ => name,
    }
}

/// Identifiers are kept to ASCII: names on the wire are, and look-alikes help nobody.
fn is_identifier(name: &str) -> bool {
    name.is_ascii() && syn::parse_str::<syn::Ident>(name).is_ok() && name != "gen"
}

fn is_continue(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_digits_become_identifiers() {
        assert_eq!(field("type"), "type_");
        assert_eq!(field("X-Client-Info"), "x_client_info");
        assert_eq!(field("2fa"), "x2fa");
        assert_eq!(field(""), "x");
    }

    #[test]
    fn a_value_that_would_take_the_name_of_the_unknown_variant_gets_another() {
        assert_eq!(variant("unknown"), "UnknownValue");
        assert_eq!(variant("product.photo"), "ProductPhoto");
    }

    #[test]
    fn names_that_would_be_changed_are_no_names() {
        assert!(is_type("ChatId"));
        assert!(!is_type("chat_id"));
        assert!(!is_type("Self"));
        assert!(is_function("get_chats"));
        assert!(!is_function("getChats"));
        assert!(!is_function("type"));
    }
}
