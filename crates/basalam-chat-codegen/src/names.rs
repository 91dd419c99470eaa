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

/// The name of progenitor's types for an operation, before what they are for.
pub(crate) fn operation_type(operation: &str) -> String {
    operation.to_pascal_case()
}

/// The field that typify makes of a member's name; `None` where the name is not ASCII.
pub(crate) fn field(name: &str) -> Option<String> {
    identifier(name, "x")
}

/// The argument that progenitor makes of a parameter's name; `None` where the name is not ASCII.
pub(crate) fn argument(name: &str) -> Option<String> {
    identifier(name, "_")
}

/// `before_digit` goes before a name that begins with a digit.
fn identifier(name: &str, before_digit: &str) -> Option<String> {
    if !name.is_ascii() {
        return None;
    }
    let snake = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name
            .replace('\'', "")
            .replace(|character: char| !is_continue(character), "-")
            .to_snake_case(),
    };
    Some(match snake.chars().next() {
        None => "x".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{before_digit}{snake}"),
        Some(_) if is_identifier(&snake) => snake,
        Some(_) => format!("{snake}_"),
    })
}

/// The name of the variant for a value of a vocabulary; `None` where the value gives none.
pub(crate) fn variant(value: &str) -> Option<String> {
    if value == "*" {
        return Some("All".to_owned());
    }
    let name = value
        .replace(|character: char| !is_continue(character), "-")
        .to_pascal_case();
    match name.as_str() {
        // `Unknown` holds the values that nobody has named yet.
        "Unknown" | "Self" => Some(format!("{name}Value")),
        name => is_identifier(name).then(|| name.to_owned()),
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
        let field = |name| field(name).unwrap();
        assert_eq!(field("type"), "type_");
        assert_eq!(field("X-Client-Info"), "x_client_info");
        assert_eq!(field("2fa"), "x2fa");
        assert_eq!(argument("2fa").unwrap(), "_2fa");
        assert_eq!(field(""), "x");
        assert_eq!(field("user's"), "users");
        assert_eq!(
            (field("+1"), field("-1")),
            ("plus1".into(), "minus1".into())
        );
        assert_eq!(super::field("سلام"), None);
    }

    #[test]
    fn a_value_that_would_take_the_name_of_the_unknown_variant_gets_another() {
        assert_eq!(variant("unknown").unwrap(), "UnknownValue");
        assert_eq!(variant("product.photo").unwrap(), "ProductPhoto");
        assert_eq!(variant("x-y").unwrap(), "XY");
        assert_eq!(variant("*").unwrap(), "All");
    }

    #[test]
    fn a_value_without_a_letter_at_its_beginning_gives_no_variant() {
        for value in ["", "!", "3d", "سلام"] {
            assert_eq!(variant(value), None, "{value}");
        }
    }

    #[test]
    fn names_that_would_be_changed_are_no_names() {
        assert!(is_type("ChatId"));
        assert!(!is_type("chat_id"));
        assert!(!is_type("Self"));
        assert!(is_function("get_chats"));
        assert!(!is_function("getChats"));
        assert!(!is_function("type"));
        assert!(!is_function("gen") && !is_function("_") && !is_function(""));
    }
}
