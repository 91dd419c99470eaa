//! HTML character references, such as `&amp;`, in texts that a service has escaped.

/// The named references that common escaping functions write, and those of the characters of tokens.
const NAMES: [(&str, char); 15] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("equals", '='),
    ("plus", '+'),
    ("sol", '/'),
    ("colon", ':'),
    ("period", '.'),
    ("lowbar", '_'),
    ("percnt", '%'),
];

/// The length of the longest reference that is decoded, without `&` and `;`.
const MAX_LENGTH: usize = 9;

/// Reads the character reference at the start of `text`, which is UTF-8. Returns the character and the
/// number of bytes read.
pub(crate) fn character_reference(text: &[u8]) -> Option<(char, usize)> {
    let rest = text.strip_prefix(b"&")?;
    let end = rest
        .iter()
        .take(MAX_LENGTH + 1)
        .position(|&it| it == b';')?;
    let name = std::str::from_utf8(&rest[..end]).ok()?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => NAMES.iter().find(|(it, _)| *it == name)?.1,
    };
    Some((character, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_named_decimal_and_hexadecimal_references() {
        for (text, expected) in [
            ("&amp;b", Some(('&', 5))),
            ("&#39;", Some(('\'', 5))),
            ("&#x3D;", Some(('=', 6))),
            ("&#X3d;x", Some(('=', 6))),
            ("&#1740;", Some(('ی', 7))),
            ("&#0000061;", Some(('=', 10))),
            ("amp;", None),
            ("& b;", None),
            ("&unknown;", None),
            ("&#xD800;", None),
            ("&#;", None),
            ("&amp", None),
            ("&", None),
            ("", None),
        ] {
            assert_eq!(character_reference(text.as_bytes()), expected, "{text}");
        }
    }
}
