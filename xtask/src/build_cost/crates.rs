//! The crates that a program builds because of the SDK, each with its reason.

use std::collections::BTreeSet;

/// Why a program with the SDK builds what one on bare reqwest does not: names and reasons.
const REASONS: [(&str, &str); 8] = [
    ("basalam-chat", "the SDK"),
    ("basalam-chat-api", "its generated client and types"),
    (
        "getrandom",
        "the states of OAuth and the marks of messages, which nobody may guess",
    ),
    (
        "httpdate",
        "`Retry-After` as a date, in all three forms of HTTP",
    ),
    (
        "mime_guess",
        "the type of a file that is uploaded; comes with reqwest's `multipart`",
    ),
    ("progenitor-client", "what the generated client is built on"),
    (
        "secrecy",
        "tokens, which are wiped from memory and never shown",
    ),
    ("unicase", "comes with `mime_guess`"),
];

/// A crate as `cargo tree` names it: name and version.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) version: String,
}

/// What a program builds besides itself, each crate once.
pub(super) fn read(tree: &str) -> BTreeSet<Crate> {
    let crates = tree.lines().skip(1).filter_map(|line| {
        // `name v1.2.3`, and behind it where it comes from.
        let (name, rest) = line.split_once(" v")?;
        let version = rest.split_whitespace().next()?;
        Some(Crate {
            name: name.to_owned(),
            version: version.to_owned(),
        })
    });
    crates.collect()
}

/// The crates above bare reqwest, and what is wrong with the reasons for them.
pub(super) struct Above {
    /// Each with its reason, where one is known.
    pub(super) crates: Vec<(Crate, Option<&'static str>)>,
    /// Reasons for crates that are not there.
    pub(super) stale: Vec<&'static str>,
}

impl Above {
    pub(super) fn new(sdk: &BTreeSet<Crate>, bare: &BTreeSet<Crate>) -> Above {
        Above::by(&REASONS, sdk, bare)
    }

    fn by(
        reasons: &[(&'static str, &'static str)],
        sdk: &BTreeSet<Crate>,
        bare: &BTreeSet<Crate>,
    ) -> Above {
        let reason_of = |it: &Crate| {
            let known = reasons.iter().find(|(name, _)| *name == it.name);
            known.map(|(_, reason)| *reason)
        };
        let crates: Vec<_> = sdk
            .difference(bare)
            .map(|it| (it.clone(), reason_of(it)))
            .collect();
        let is_above = |name: &str| crates.iter().any(|(it, _)| it.name == name);
        let names = reasons.iter().map(|(name, _)| *name);
        Above {
            stale: names.filter(|name| !is_above(name)).collect(),
            crates,
        }
    }

    /// What must be put right; nothing where every crate has its reason and every reason its crate.
    pub(super) fn complaint(&self) -> Option<String> {
        let without = self.crates.iter().filter(|(_, reason)| reason.is_none());
        let without: Vec<&str> = without.map(|(it, _)| it.name.as_str()).collect();
        let mut complaints = Vec::new();
        if !without.is_empty() {
            complaints.push(format!(
                "{} came to what every user builds: do without, or say why in `REASONS`",
                without.join(", ")
            ));
        }
        if !self.stale.is_empty() {
            complaints.push(format!(
                "{} went: take the reason out of `REASONS`",
                self.stale.join(", ")
            ));
        }
        (!complaints.is_empty()).then(|| complaints.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "program v0.0.0 (/somewhere)\n\
        one v1.0.0\n\
        two v2.0.0 (proc-macro)\n\
        one v1.0.0\n\
        one v0.9.0-rc.1+build (/elsewhere)\n";

    fn names(crates: &BTreeSet<Crate>) -> Vec<(&str, &str)> {
        let pairs = crates.iter();
        pairs
            .map(|it| (it.name.as_str(), it.version.as_str()))
            .collect()
    }

    #[test]
    fn every_version_of_a_crate_counts_once_and_the_program_does_not() {
        let expected = [
            ("one", "0.9.0-rc.1+build"),
            ("one", "1.0.0"),
            ("two", "2.0.0"),
        ];
        assert_eq!(names(&read(TREE)), expected);
    }

    #[test]
    fn what_bare_has_in_another_version_is_above_it() {
        let bare = read("program v0.0.0\none v1.0.0\ntwo v2.0.0\n");
        let above = Above::by(&[("one", "because")], &read(TREE), &bare);
        let [(it, reason)] = above.crates.as_slice() else {
            panic!("{:?}", above.crates);
        };
        assert_eq!(
            (it.version.as_str(), *reason),
            ("0.9.0-rc.1+build", Some("because"))
        );
        assert_eq!(above.complaint(), None);
    }

    #[test]
    fn a_crate_without_a_reason_and_a_reason_without_a_crate_are_told() {
        let bare = read("program v0.0.0\none v1.0.0\none v0.9.0-rc.1+build\n");
        let above = Above::by(&[("gone", "once")], &read(TREE), &bare);
        let complaint = above.complaint().unwrap();
        assert!(complaint.contains("two came"), "{complaint}");
        assert!(complaint.contains("gone went"), "{complaint}");
    }

    #[test]
    fn no_crate_has_two_reasons() {
        let names: BTreeSet<&str> = REASONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), REASONS.len());
    }
}
