//! Comparison of operations.

use std::collections::BTreeSet;

use basalam_chat_openapi::ParameterLocation;

use super::comparison::{Comparison, joined};
use super::parameter_diff::OperationDiff;
use super::severity::Direction;
use super::{Addition, Difference, Kind, Severity, moves};
use crate::place::{Part, Place};
use crate::shape::{
    NO_AUTHORIZATION, OperationKey, OperationShape, ParameterShape, WireShape, join,
};

/// Returns the differences on the wire between `base`, the document, and `other`, the contract.
///
/// An operation that was moved to another path or renamed is compared at its place in `base`. The
/// differences are sorted by operation and place. An element that only one side has is listed
/// once, without its contents. If there are too many differences to list, the last one has the kind
/// [`Kind::Incomplete`].
///
/// ```
/// use basalam_chat_drift::difference::{Severity, compare};
/// use basalam_chat_drift::shape::WireShape;
/// use basalam_chat_openapi::Document;
/// use serde_json::json;
///
/// # fn main() -> Result<(), basalam_chat_openapi::Error> {
/// let shape = |title| WireShape::read(&Document::from_value(json!({
///     "openapi": "3.1.0",
///     "paths": {"/chats": {"get": {"responses": {"200": {"content": {"application/json": {
///         "schema": {"type": "object", "properties": {"title": title}}
///     }}}}}}}
/// }))?);
/// let base = shape(json!({"type": "string"}))?;
/// let other = shape(json!({"anyOf": [{"type": "string"}, {"type": "null"}]}))?;
///
/// let differences = compare(&base, &other);
/// assert_eq!(differences[0].place.to_string(), "GET /chats → 200 → title");
/// assert_eq!(
///     differences[0].statement(),
///     "not nullable in the document, nullable in the contract"
/// );
/// assert_eq!(differences[0].severity, Severity::Breaking);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn compare(base: &WireShape, other: &WireShape) -> Vec<Difference> {
    let other = &moves::follow(base, other.clone());
    let mut comparison = Comparison::new(base, other);
    for (_, in_base, in_other) in joined(&base.operations, &other.operations) {
        let (operation, severity) = match (in_base, in_other) {
            (Some(base), Some(other)) => {
                let comparison = &mut comparison;
                OperationDiff {
                    comparison,
                    base,
                    other,
                }
                .compare();
                continue;
            }
            (Some(base), None) => (base, Severity::Breaking),
            (None, Some(other)) => (other, Severity::Additive),
            (None, None) => continue,
        };
        let place = Place::new(operation.method, &operation.path, Part::Whole);
        let sides = [in_base, in_other].map(|it| it.map(|_| "the operation".to_owned()));
        let mut difference = Difference::new(&place, Kind::Operation, severity, sides);
        difference.addition = in_other.map(|_| Addition::Operation);
        comparison.push(difference);
    }
    comparison.finish()
}

impl OperationDiff<'_, '_> {
    fn compare(mut self) {
        let place = self.place(Part::Whole);
        let (base, other) = (self.base, self.other);
        let key = |it: &OperationShape| OperationKey::new(it.method, &it.path);
        if key(base) != key(other) {
            let to = format!("{} {}", other.method, other.path);
            let sides = [Some(place.operation()), Some(to)];
            self.comparison
                .add(&place, Kind::Moved, Severity::Breaking, sides);
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
        let is_accepted = |it: &String| other.iter().any(|other| accepts(other, it));
        let severity = match base.iter().all(is_accepted) {
            true => Severity::Harmless,
            false => Severity::Breaking,
        };
        let place = self.place(Part::Security);
        let sides = [base, other].map(|it| Some(join(it, " or ", "")));
        self.comparison.add(&place, Kind::Security, severity, sides);
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
