//! Percent-encoding of path parameters.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Every character except RFC 3986's unreserved ones and the colon of a bot token.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// Percent-encodes a value as a single path segment.
///
/// Encoding cannot prevent `.` and `..` from being interpreted as relative segments, so both become an
/// empty segment, which matches no operation.
#[must_use]
pub fn encode_segment(value: &str) -> Cow<'_, str> {
    match value {
        "." | ".." => Cow::Borrowed(""),
        // Borrows the value if nothing needs encoding, as for integers and most tokens.
        value => utf8_percent_encode(value, SEGMENT).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::encode_segment;

    #[test]
    fn encodes_separators_and_dot_segments() {
        assert_eq!(encode_segment("1:a/../b"), "1:a%2F..%2Fb");
        assert_eq!(encode_segment("1:a\\..\\b"), "1:a%5C..%5Cb");
        assert_eq!(encode_segment("1:a?b#c"), "1:a%3Fb%23c");
        assert_eq!(encode_segment(".."), "");
        assert_eq!(encode_segment("%2e%2e"), "%252e%252e");
        assert_eq!(encode_segment("12345:Abc_d-e"), "12345:Abc_d-e");
    }
}
