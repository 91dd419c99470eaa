//! Affixes of Persian that are written attached, detached, or with a zero-width non-joiner. They are folded.

/// Attached to the next word.
const PREFIXES: [&str; 2] = ["می", "نمی"];

/// Attached to the previous word.
const SUFFIXES: [&str; 15] = [
    "ها", "های", "هایی", "ای", "ام", "ات", "اش", "ایم", "اید", "اند", "تر", "تری", "ترین", "ی",
    "هایم",
];

pub(super) fn is_prefix(word: &str) -> bool {
    PREFIXES.contains(&word)
}

pub(super) fn is_suffix(word: &str) -> bool {
    SUFFIXES.contains(&word)
}
