//! Texts of other people in HTML.

use std::fmt::{self, Write};

/// A text in HTML, in an element or in an attribute with quotation marks.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(character)?,
                '\r' => {}
                it if it.is_control() => f.write_char('\u{fffd}')?,
                it => f.write_char(it)?,
            }
        }
        Ok(())
    }
}

/// The name of a file in HTML. Without characters that hide its extension or that systems do not allow in names.
pub(super) struct FileName<'a>(pub(super) &'a str);

impl fmt::Display for FileName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let safe = self.0.chars().filter(|it| !changes_direction(*it));
        let safe = safe.map(|it| match it {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            it if it.is_control() || is_line_break(it) => '_',
            it => it,
        });
        Escaped(&safe.collect::<String>()).fmt(f)
    }
}

/// Marks, embeddings, overrides and isolates of the bidirectional algorithm.
fn changes_direction(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_line_break(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

/// A text in which URLs with `http` and `https` are links.
pub(super) struct Linked<'a>(pub(super) &'a str);

impl fmt::Display for Linked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for word in self.0.split_inclusive(char::is_whitespace) {
            let trimmed = word.trim_end();
            match is_link(trimmed) {
                true => {
                    let link = Escaped(trimmed);
                    write!(
                        f,
                        "<a href=\"{link}\" rel=\"noopener noreferrer\" target=\"_blank\">{link}</a>"
                    )?;
                    Escaped(&word[trimmed.len()..]).fmt(f)?;
                }
                false => Escaped(word).fmt(f)?,
            }
        }
        Ok(())
    }
}

/// Returns `true` for URLs that may be links. Their characters are visible.
pub(super) fn is_link(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let is_web = lower.starts_with("https://") || lower.starts_with("http://");
    is_web && text.len() > 8 && !text.contains(|it: char| it.is_control() || it.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_messages_is_text() {
        let text = "<script>alert('1')</script>\" onload=\"x\0\u{1b}";
        let escaped = Escaped(text).to_string();
        assert!(
            !escaped.contains(['<', '>', '"', '\'', '\0', '\u{1b}']),
            "{escaped}"
        );
        assert_eq!(Escaped("سلام & a\nb").to_string(), "سلام &amp; a\nb");
    }

    #[test]
    fn names_of_files_show_their_extension_and_are_no_paths() {
        for (name, expected) in [
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("\u{2067}a\u{2069}.html\u{200f}", "a.html"),
            ("../../.bashrc", ".._.._.bashrc"),
            ("C:\\a\\b", "C__a_b"),
            ("a\" onclick=\"b", "a_ onclick=_b"),
            ("a\r\nb\u{2028}\0c\u{1b}", "a__b__c_"),
            ("فاکتور ۱۲ & ۱۳.pdf", "فاکتور ۱۲ &amp; ۱۳.pdf"),
            ("می\u{200c}خواهم.jpg", "می\u{200c}خواهم.jpg"),
        ] {
            assert_eq!(FileName(name).to_string(), expected);
        }
    }

    #[test]
    fn only_urls_of_the_web_are_links() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,a",
            "//a.example",
            "httpx://a",
            "https://",
            "http:a",
        ] {
            assert!(!Linked(text).to_string().contains("<a"), "{text}");
        }
        let linked = Linked("see https://a.example/?a=1&b=\"><script> now").to_string();
        assert!(
            linked.starts_with(
                "see <a href=\"https://a.example/?a=1&amp;b=&quot;&gt;&lt;script&gt;\" rel="
            ),
            "{linked}"
        );
        assert!(linked.ends_with("</a> now"), "{linked}");
    }
}
