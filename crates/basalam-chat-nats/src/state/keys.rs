//! Keys as subjects.

use basalam_chat::state::StateKey;

/// Returns a key as a part of a subject: the levels of the key are those of the subject, so that a server finds the
/// keys of a level.
pub(super) fn encode(key: &str) -> String {
    let mut subject = String::with_capacity(key.len());
    for character in key.chars() {
        match character {
            '/' => subject.push('.'),
            '.' => subject.push_str("=d"),
            '=' => subject.push_str("=e"),
            other => subject.push(other),
        }
    }
    subject
}

/// Returns the key of a part of a subject, or `None` if it is not one.
pub(super) fn decode(subject: &str) -> Option<String> {
    let mut key = String::with_capacity(subject.len());
    let mut characters = subject.chars();
    while let Some(character) = characters.next() {
        match character {
            '.' => key.push('/'),
            '=' => match characters.next()? {
                'd' => key.push('.'),
                'e' => key.push('='),
                _ => return None,
            },
            other => key.push(other),
        }
    }
    Some(key)
}

/// Returns the subjects of the keys that start with a prefix and some others, or `None` if no key can start with it.
pub(super) fn filter(prefix: &str) -> Option<String> {
    let is_possible =
        prefix.is_empty() || StateKey::new(prefix.trim_end_matches(['/', '.'])).is_ok();
    let level = prefix.rfind('/').map_or("", |end| &prefix[..=end]);
    is_possible.then(|| format!("{}>", encode(level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_subjects_and_back() {
        for (key, subject) in [
            ("a", "a"),
            ("watch/default/430/chats/9", "watch.default.430.chats.9"),
            ("a.b/c=d", "a=db.c=ed"),
            ("=d", "=ed"),
            ("A-z_0", "A-z_0"),
        ] {
            assert_eq!(encode(key), subject);
            assert_eq!(decode(subject).as_deref(), Some(key));
        }
        for foreign in ["=", "a=", "=x", "a.=D"] {
            assert_eq!(decode(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn filters_cover_whole_levels() {
        for (prefix, expected) in [
            ("", ">"),
            ("a", ">"),
            ("a/", "a.>"),
            ("a/b", "a.>"),
            ("a/b.c/", "a.b=dc.>"),
            ("a.", ">"),
        ] {
            assert_eq!(filter(prefix).as_deref(), Some(expected), "{prefix}");
        }
        for impossible in ["/", "a//b", "é", ">", "*/a", "a b/"] {
            assert_eq!(filter(impossible), None, "{impossible}");
        }
    }
}
