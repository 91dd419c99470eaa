//! The crates that the SDK adds to the build of a program, each with a reason.

use std::collections::BTreeSet;

/// Every crate that the SDK adds to a program that uses reqwest, with the reason.
const REASONS: [(&str, &str); 8] = [
    ("basalam-chat", "the SDK"),
    ("basalam-chat-api", "its generated client and types"),
    (
        "getrandom",
        "unpredictable OAuth `state` values, idempotency keys and jitter",
    ),
    (
        "httpdate",
        "`Retry-After` with a date, in all three HTTP formats",
    ),
    (
        "mime_guess",
        "media types of uploaded files; a dependency of reqwest's `multipart`",
    ),
    ("progenitor-client", "the runtime of the generated client"),
    ("secrecy", "redacts tokens and wipes them from memory"),
    ("unicase", "a dependency of `mime_guess`"),
];

/// A crate in the output of `cargo tree`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) version: String,
}

/// Parses the output of `cargo tree` into the dependencies of the program, without duplicates.
pub(super) fn parse_tree(tree: &str) -> BTreeSet<Crate> {
    let crates = tree.lines().skip(1).filter_map(|line| {
        // `name v1.2.3`, followed by its source if it is not the registry.
        let (name, rest) = line.split_once(" v")?;
        let version = rest.split_whitespace().next()?;
        Some(Crate {
            name: name.to_owned(),
            version: version.to_owned(),
        })
    });
    crates.collect()
}

/// The crates that the SDK adds, compared with the listed reasons.
pub(super) struct AddedCrates {
    /// Each crate with its reason, if one is listed.
    pub(super) crates: Vec<(Crate, Option<&'static str>)>,
    /// The names in the list of reasons that are not added.
    pub(super) stale_reasons: Vec<&'static str>,
}

impl AddedCrates {
    pub(super) fn new(sdk: &BTreeSet<Crate>, reqwest: &BTreeSet<Crate>) -> AddedCrates {
        AddedCrates::with_reasons(&REASONS, sdk, reqwest)
    }

    fn with_reasons(
        reasons: &[(&'static str, &'static str)],
        sdk: &BTreeSet<Crate>,
        reqwest: &BTreeSet<Crate>,
    ) -> AddedCrates {
        let reason_of = |it: &Crate| {
            let listed = reasons.iter().find(|(name, _)| *name == it.name);
            listed.map(|(_, reason)| *reason)
        };
        let crates: Vec<_> = sdk
            .difference(reqwest)
            .map(|it| (it.clone(), reason_of(it)))
            .collect();
        let is_added = |name: &str| crates.iter().any(|(it, _)| it.name == name);
        let names = reasons.iter().map(|(name, _)| *name);
        AddedCrates {
            stale_reasons: names.filter(|name| !is_added(name)).collect(),
            crates,
        }
    }

    /// Describes the crates without a reason and the stale reasons, if there are any.
    pub(super) fn problem(&self) -> Option<String> {
        let without_reason = self.crates.iter().filter(|(_, reason)| reason.is_none());
        let without_reason: Vec<&str> = without_reason.map(|(it, _)| it.name.as_str()).collect();
        let mut problems = Vec::new();
        if !without_reason.is_empty() {
            problems.push(format!(
                "every user now builds {}: remove the dependency or add a reason to `REASONS`",
                without_reason.join(", ")
            ));
        }
        if !self.stale_reasons.is_empty() {
            problems.push(format!(
                "the SDK no longer adds {}: remove the reason from `REASONS`",
                self.stale_reasons.join(", ")
            ));
        }
        (!problems.is_empty()).then(|| problems.join("; "))
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
    fn parse_tree_counts_each_version_once_and_skips_the_program() {
        let expected = [
            ("one", "0.9.0-rc.1+build"),
            ("one", "1.0.0"),
            ("two", "2.0.0"),
        ];
        assert_eq!(names(&parse_tree(TREE)), expected);
    }

    #[test]
    fn another_version_of_a_crate_counts_as_added() {
        let reqwest = parse_tree("program v0.0.0\none v1.0.0\ntwo v2.0.0\n");
        let added = AddedCrates::with_reasons(&[("one", "because")], &parse_tree(TREE), &reqwest);
        let [(it, reason)] = added.crates.as_slice() else {
            panic!("{:?}", added.crates);
        };
        assert_eq!(
            (it.version.as_str(), *reason),
            ("0.9.0-rc.1+build", Some("because"))
        );
        assert_eq!(added.problem(), None);
    }

    #[test]
    fn reports_crates_without_reason_and_stale_reasons() {
        let reqwest = parse_tree("program v0.0.0\none v1.0.0\none v0.9.0-rc.1+build\n");
        let added = AddedCrates::with_reasons(&[("gone", "once")], &parse_tree(TREE), &reqwest);
        let problem = added.problem().unwrap();
        assert!(problem.contains("now builds two:"), "{problem}");
        assert!(problem.contains("no longer adds gone:"), "{problem}");
    }

    #[test]
    fn reasons_have_no_duplicates() {
        let names: BTreeSet<&str> = REASONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), REASONS.len());
    }
}
