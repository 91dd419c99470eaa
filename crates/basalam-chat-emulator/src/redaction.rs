//! Redaction of tokens in recorded requests and responses.
//!
//! It works on bytes and without parsing the whole, so that it also applies to bodies that are cut off.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// What replaces a secret.
pub(crate) const MASK: &str = "***";

/// The fields of JSON and forms whose values are secrets.
const SECRET_FIELDS: [&str; 10] = [
    "access_token",
    "authorization",
    "client_secret",
    "code",
    "code_verifier",
    "id_token",
    "password",
    "refresh_token",
    // The headers of a webhook.
    "request_headers",
    "token",
];

/// The minimum length of a secret that is masked as a word.
const MIN_SECRET_LENGTH: usize = 6;

/// The maximum length of a word that is removed from the end of a body that is cut off.
const MAX_CUT_WORD: usize = 512;

fn is_secret_field(name: &str) -> bool {
    SECRET_FIELDS.contains(&name.to_ascii_lowercase().as_str())
}

/// Masks the strings of secret fields in JSON, including those in arrays and objects, and the secrets in strings with
/// escapes, which [`mask_words`] does not find.
pub(crate) fn mask_json_fields(json: &[u8], is_secret: &dyn Fn(&str) -> bool) -> Vec<u8> {
    let mut masked = Vec::with_capacity(json.len());
    let mut depth = 0_usize;
    // The depth of a container of which all strings are masked.
    let mut masked_depth = None;
    let mut is_value_masked = false;
    let mut rest = json;
    while let Some(&byte) = rest.first() {
        if byte != b'"' {
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    if std::mem::take(&mut is_value_masked) {
                        masked_depth = masked_depth.or(Some(depth));
                    }
                }
                b'}' | b']' => {
                    if masked_depth == Some(depth) {
                        masked_depth = None;
                    }
                    depth = depth.saturating_sub(1);
                }
                b',' => is_value_masked = false,
                _ => {}
            }
            masked.push(byte);
            rest = &rest[1..];
            continue;
        }
        let (string, after) = rest.split_at(string_length(rest));
        let is_key = after.trim_ascii_start().starts_with(b":");
        if is_key {
            let name: Option<String> = serde_json::from_slice(string).ok();
            is_value_masked = name.is_some_and(|it| is_secret_field(&it));
            masked.extend_from_slice(string);
        } else if is_value_masked || masked_depth.is_some() {
            masked.extend_from_slice(b"\"***\"");
            is_value_masked = false;
        } else if let Some(unescaped) = mask_escaped(string, is_secret) {
            masked.extend_from_slice(&unescaped);
        } else {
            masked.extend_from_slice(string);
        }
        rest = after;
    }
    masked
}

/// Returns a JSON string without escapes and secrets, or `None` if its escapes contain no secret.
fn mask_escaped(string: &[u8], is_secret: &dyn Fn(&str) -> bool) -> Option<Vec<u8>> {
    if !string.contains(&b'\\') {
        return None;
    }
    let text: String = serde_json::from_slice(string).ok()?;
    let masked = mask_words(text.as_bytes(), is_secret);
    if masked == text.as_bytes() {
        return None;
    }
    serde_json::to_vec(&String::from_utf8_lossy(&masked)).ok()
}

/// Returns the length of the JSON string at the start, which may be cut off.
fn string_length(json: &[u8]) -> usize {
    let mut is_escaped = false;
    for (index, byte) in json.iter().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    json.len()
}

/// Masks the values of secret fields in a form or a query.
pub(crate) fn mask_form_fields(form: &str) -> String {
    let fields = form.split('&').map(|field| {
        let name = field.split_once('=').map(|it| it.0);
        let is_secret = name.is_some_and(|name| {
            let name: Cow<'_, [u8]> = percent_decode(name.as_bytes()).into();
            is_secret_field(&String::from_utf8_lossy(&name))
        });
        match name.filter(|_| is_secret) {
            Some(name) => Cow::Owned(format!("{name}={MASK}")),
            None => Cow::Borrowed(field),
        }
    });
    fields.collect::<Vec<_>>().join("&")
}

/// Masks the secrets that stand as a word anywhere, percent-encoded or not.
pub(crate) fn mask_words(bytes: &[u8], is_secret: &dyn Fn(&str) -> bool) -> Vec<u8> {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = rest.iter().take_while(|it| is_part(it)).count();
        let (word, after) = rest.split_at(length);
        let trimmed = without_punctuation(word);
        let decoded = percent_decode(trimmed).decode_utf8_lossy();
        // A shorter word is more likely a common word than a token.
        if decoded.len() >= MIN_SECRET_LENGTH && is_secret(&decoded) {
            masked.extend_from_slice(MASK.as_bytes());
            masked.extend_from_slice(&word[trimmed.len()..]);
        } else {
            masked.extend_from_slice(word);
        }
        let separators = after.iter().take_while(|it| !is_part(it)).count();
        masked.extend_from_slice(&after[..separators]);
        rest = &after[separators..];
    }
    masked
}

/// Returns `true` for the characters of words.
fn is_part(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.:~+%".contains(byte)
}

/// Removes the word at the end of a body that is cut off, which may be the start of a secret. A longer word is content.
pub(crate) fn without_cut_word(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().rev().take_while(|it| is_part(it)).count();
    match length <= MAX_CUT_WORD {
        true => &bytes[..bytes.len() - length],
        false => bytes,
    }
}

/// Removes the punctuation that ends a sentence.
fn without_punctuation(word: &[u8]) -> &[u8] {
    let end = word.iter().rposition(|it| !b".:".contains(it));
    &word[..end.map_or(0, |it| it + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let is_secret = |it: &str| it == "seller-token";
        String::from_utf8(mask_json_fields(text.as_bytes(), &is_secret)).unwrap()
    }

    #[test]
    fn masks_secret_fields_of_json_at_any_depth() {
        for (text, masked) in [
            (
                r#"{"access_token": "a", "expires_in": 1, "x": ["refresh_token"]}"#,
                r#"{"access_token": "***", "expires_in": 1, "x": ["refresh_token"]}"#,
            ),
            (
                r#"{"a":[{"Client_Secret" : "a\"b"}],"b":"c"}"#,
                r#"{"a":[{"Client_Secret" : "***"}],"b":"c"}"#,
            ),
            (
                r#"{"request_headers":{"X-A":"a","b":["c"]},"d":"e"}"#,
                r#"{"request_headers":{"X-A":"***","b":["***"]},"d":"e"}"#,
            ),
            (r#"{"c\u006fde":"a"}"#, r#"{"c\u006fde":"***"}"#),
            (
                r#"{"code":401,"message":"no"}"#,
                r#"{"code":401,"message":"no"}"#,
            ),
            (
                r#"{"code":null,"message":"no"}"#,
                r#"{"code":null,"message":"no"}"#,
            ),
        ] {
            assert_eq!(json(text), masked);
        }
    }

    #[test]
    fn masks_json_that_is_cut_off() {
        assert_eq!(json(r#"{"access_token":"abc"#), r#"{"access_token":"***""#);
        assert_eq!(json(r#"{"access_token":"abc\"#), r#"{"access_token":"***""#);
        assert_eq!(json(r#"]]}{"token":"abc","#), r#"]]}{"token":"***","#);
        for text in ["", "\"", "{\"token\"", "{\"token\":", "\\"] {
            assert_eq!(json(text), text);
        }
    }

    #[test]
    fn masks_secrets_in_strings_with_escapes() {
        for (text, masked) in [
            (
                r#"{"text":"a \u0073eller\u002dtoken \n"}"#,
                r#"{"text":"a *** \n"}"#,
            ),
            (r#"["\/seller-token"]"#, r#"["/***"]"#),
            (r#"["a \u0073eller \n"]"#, r#"["a \u0073eller \n"]"#),
        ] {
            assert_eq!(json(text), masked);
        }
    }

    #[test]
    fn word_at_the_end_of_a_cut_body_is_removed() {
        assert_eq!(without_cut_word(b"my seller-tok"), b"my ");
        assert_eq!(without_cut_word(b"seller-tok"), b"");
        assert_eq!(without_cut_word("متن".as_bytes()), "متن".as_bytes());
        let content = [b'a'; MAX_CUT_WORD + 1];
        assert_eq!(without_cut_word(&content), content);
    }

    #[test]
    fn masks_secret_fields_of_forms() {
        assert_eq!(
            mask_form_fields("grant_type=a&client%5Fsecret=b&code=c&state=d&e"),
            "grant_type=a&client%5Fsecret=***&code=***&state=d&e"
        );
        assert_eq!(mask_form_fields(""), "");
    }

    #[test]
    fn masks_known_secrets_between_other_characters() {
        let is_secret = |it: &str| ["seller-token", "7:secret"].contains(&it);
        let mask = |text: &str| String::from_utf8(mask_words(text.as_bytes(), &is_secret)).unwrap();
        for (text, masked) in [
            ("my seller-token.", "my ***."),
            ("توکن: seller-token", "توکن: ***"),
            ("\"seller-token\"", "\"***\""),
            ("/bots/7:secret/getMe", "/bots/***/getMe"),
            ("/bots/7%3Asecret/getMe", "/bots/***/getMe"),
            ("seller-tokens", "seller-tokens"),
            ("", ""),
        ] {
            assert_eq!(mask(text), masked);
        }
    }
}
