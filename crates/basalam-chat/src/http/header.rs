//! Validation of header values.

use crate::Error;

/// Accepts visible ASCII characters, spaces and tabs, at least one visible character. HTTP has no encoding for
/// other characters in a header, so services read them differently.
pub(crate) fn check_header(argument: &str, value: Option<&str>) -> Result<(), Error> {
    let Some(value) = value else {
        return Ok(());
    };
    let (problem, remedy) = if value.trim().is_empty() {
        ("is empty", "set a value, or do not call the setter")
    } else if !value
        .bytes()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
    {
        (
            "has characters that are not allowed in a header",
            "use visible ASCII characters, spaces and tabs",
        )
    } else {
        return Ok(());
    };
    Err(Error::invalid_input(argument, problem, remedy))
}

#[cfg(test)]
mod tests {
    use super::check_header;

    #[test]
    fn accepts_visible_ascii_spaces_and_tabs_only() {
        for value in [None, Some("my-shop/1.0 (bot)"), Some("a\tb"), Some("~!")] {
            assert!(check_header("user_agent", value).is_ok(), "{value:?}");
        }
        for (value, problem) in [
            ("", "`user_agent` is empty"),
            (" \t", "`user_agent` is empty"),
            ("فروشگاه", "`user_agent` has characters"),
            ("a\r\nX-Injected: b", "`user_agent` has characters"),
            ("a\0", "`user_agent` has characters"),
            ("café", "`user_agent` has characters"),
        ] {
            let error = check_header("user_agent", Some(value)).unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains(problem), "{error}");
        }
    }
}
