//! Comparison of operations.

use std::collections::BTreeSet;

use basalam_chat_openapi::ParameterLocation;

use super::comparison::{Comparison, joined};
use super::parameter_diff::OperationDiff;
use super::severity::Direction;
use super::{Addition, Difference, Kind, Severity, moves};
use crate::place::{Part, Place};
use crate::shape::{NO_AUTHORIZATION, OperationKey, OperationShape, ParameterShape, WireShape};

pub(super) fn compare(base: &WireShape, other: &WireShape) -> Vec<Difference> {
    let other = &moves::follow(base, other.clone());
    let mut comparison = Comparison::new(base, other);
    for (_, in_base, in_other) in joined(&base.operations, &other.operations) {
        let Some(operation) = in_base.or(in_other) else {
            continue;
        };
        let place = Place::new(operation.method, &operation.path, Part::Whole);
        match (in_base, in_other) {
            (Some(base), Some(other)) => OperationDiff {
                comparison: &mut comparison,
                base,
                other,
            }
            .compare(),
            (Some(_), None) => {
                let difference = Difference::new(place, Kind::Operation, Severity::Breaking);
                comparison.add(difference.base("the operation"));
            }
            _ => {
                let difference = Difference::new(place, Kind::Operation, Severity::Additive);
                let difference = difference.addition(Addition::Operation);
                comparison.add(difference.other("the operation"));
            }
        }
    }
    comparison.finish()
}

impl OperationDiff<'_, '_> {
    fn compare(mut self) {
        let place = self.place(Part::Whole);
        let (base, other) = (self.base, self.other);
        let key = |it: &OperationShape| OperationKey::new(it.method, &it.path);
        if key(base) != key(other) {
            let difference = Difference::new(place.clone(), Kind::Moved, Severity::Breaking);
            let difference = difference.base(place.operation());
            let to = format!("{} {}", other.method, other.path);
            self.comparison.add(difference.other(to));
        }
        let deprecated = [base.deprecated, other.deprecated];
        let kind = Kind::Deprecated;
        self.comparison
            .flag(&place, kind, Severity::Harmless, deprecated);
        self.security();
        let (base, other) = (&self.base.parameters, &self.other.parameters);
        let part = |key: &(ParameterLocation, String), parameter: &ParameterShape| {
            Part::Parameter(key.0, parameter.name.clone())
        };
        let addition = |key: &(_, String)| Some(Addition::Parameter(key.1.clone()));
        self.parameters(base, other, Direction::Request, part, addition);
        self.body();
        self.responses();
    }

    /// Compared only if both sides document it: many contracts leave security to their gateway.
    fn security(&mut self) {
        let (Some(base), Some(other)) = (&self.base.security, &self.other.security) else {
            return;
        };
        if base == other {
            return;
        }
        let describe = |it: &BTreeSet<String>| it.iter().cloned().collect::<Vec<_>>().join(" or ");
        let is_accepted = |it: &String| other.iter().any(|other| accepts(other, it));
        let severity = match base.iter().all(is_accepted) {
            true => Severity::Harmless,
            false => Severity::Breaking,
        };
        let difference = Difference::new(self.place(Part::Security), Kind::Security, severity);
        self.comparison
            .add(difference.base(describe(base)).other(describe(other)));
    }
}

/// Returns `true` if credentials that fulfil the requirement `sent` also fulfil `required`.
fn accepts(required: &str, sent: &str) -> bool {
    let is_fulfilled = |(name, scopes): (&str, Option<BTreeSet<&str>>)| {
        credentials(sent).any(|(sent_name, sent_scopes)| {
            // The scopes of a token from another source are unknown.
            let has_scopes = match (&scopes, &sent_scopes) {
                (Some(scopes), Some(sent)) => scopes.is_subset(sent),
                _ => true,
            };
            name == sent_name && has_scopes
        })
    };
    credentials(required).all(is_fulfilled)
}

/// Returns the credentials of a requirement as they are on the wire, with the scopes that they
/// need: the tokens of OAuth and OpenID Connect are bearer tokens.
fn credentials(requirement: &str) -> impl Iterator<Item = (&str, Option<BTreeSet<&str>>)> {
    let all = requirement.split(" and ");
    let all = all.filter(|it| *it != NO_AUTHORIZATION);
    all.map(|credential| {
        let (name, scopes) = credential.split_once(" with ").unwrap_or((credential, ""));
        let scopes = scopes.split(", ").filter(|it| !it.is_empty()).collect();
        match name {
            "oauth2" | "openIdConnect" => ("bearer", Some(scopes)),
            name => (name, None),
        }
    })
}
