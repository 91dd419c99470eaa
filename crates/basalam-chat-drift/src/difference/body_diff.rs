//! Comparison of request bodies, responses and headers.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::StatusPattern;

use super::comparison::{new_input, required, required_value};
use super::parameter_diff::OperationDiff;
use super::severity::{Change, Direction};
use super::{Difference, Kind, Severity};
use crate::place::Part;
use crate::shape::{BodyShape, ResponseShape, ShapeId};

impl OperationDiff<'_, '_> {
    pub(super) fn body(&mut self) {
        let place = self.place(Part::Body(None));
        match (&self.base.body, &self.other.body) {
            (None, None) => {}
            (Some(base), Some(other)) => {
                let direction = Direction::Request;
                self.required(&place, base.required, other.required, direction);
                self.content(&base.content, &other.content, direction, true, Part::Body);
            }
            (Some(base), None) => {
                let difference = Difference::new(place, Kind::Body, Severity::Breaking);
                self.comparison.add(difference.base(describe_body(base)));
            }
            (None, Some(other)) => {
                let severity = new_input(other.required);
                let difference = Difference::new(place, Kind::Body, severity);
                self.comparison.add(difference.other(describe_body(other)));
            }
        }
    }

    fn content(
        &mut self,
        base: &BTreeMap<String, ShapeId>,
        other: &BTreeMap<String, ShapeId>,
        direction: Direction,
        affects_clients: bool,
        part: impl Fn(Option<String>) -> Part,
    ) {
        for name in base.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            let (base, other) = (base.get(name), other.get(name));
            if let (Some(base), Some(other)) = (base, other) {
                let place = self.place(part(Some(name.clone())));
                self.value(&place, *base, *other, direction);
                continue;
            }
            let severity = match (affects_clients, base.is_some()) {
                (false, _) => Severity::Harmless,
                // Clients may use the removed media type.
                (true, true) => Severity::Breaking,
                (true, false) => direction.severity(Change::Wider),
            };
            let difference = Difference::new(self.place(part(None)), Kind::MediaType, severity);
            self.comparison.add(match base {
                Some(_) => difference.base(name.as_str()),
                None => difference.other(name.as_str()),
            });
        }
    }

    pub(super) fn responses(&mut self) {
        let (base, other) = (&self.base.responses, &self.other.responses);
        let moved = self.moved_responses();
        for &status in base.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            let (base, other) = (base.get(&status), other.get(&status));
            if moved.iter().any(|(_, it)| *it == status) {
                continue;
            }
            if let Some((_, to)) = moved.iter().find(|(it, _)| *it == status)
                && let (Some(base), Some(other)) = (base, self.other.responses.get(to))
            {
                let place = self.place(Part::Response(status, None));
                let difference = Difference::new(place, Kind::Moved, Severity::Breaking);
                self.comparison
                    .add(difference.base(status.to_string()).other(to.to_string()));
                self.response(status, base, other);
                continue;
            }
            if let (Some(base), Some(other)) = (base, other) {
                self.response(status, base, other);
                continue;
            }
            let severity = match status.is_success() {
                true => Severity::Breaking,
                false => Severity::Harmless,
            };
            let place = self.place(Part::Response(status, None));
            let difference = Difference::new(place, Kind::Response, severity);
            self.comparison.add(match base {
                Some(_) => difference.base("the response"),
                None => difference.other("the response"),
            });
        }
    }

    /// Returns the pairs of different successful statuses that have the same media types.
    fn moved_responses(&self) -> Vec<(StatusPattern, StatusPattern)> {
        let (base, other) = (&self.base.responses, &self.other.responses);
        let only_in = |all: &BTreeMap<_, ResponseShape>, others: &BTreeMap<_, ResponseShape>| {
            let is_only = |it: &StatusPattern| it.is_success() && !others.contains_key(it);
            all.keys().copied().filter(is_only).collect::<Vec<_>>()
        };
        let mut candidates = only_in(other, base);
        let pairs = only_in(base, other).into_iter().filter_map(|from| {
            let media_types = |it: &ResponseShape| it.content.keys().cloned().collect::<Vec<_>>();
            let is_same = |to: &StatusPattern| media_types(&other[to]) == media_types(&base[&from]);
            let index = candidates.iter().position(is_same)?;
            Some((from, candidates.remove(index)))
        });
        pairs.collect()
    }

    fn response(&mut self, status: StatusPattern, base: &ResponseShape, other: &ResponseShape) {
        let direction = Direction::Response;
        let part = |media_type| Part::Response(status, media_type);
        self.content(
            &base.content,
            &other.content,
            direction,
            status.is_success(),
            part,
        );
        let (base, other) = (&base.headers, &other.headers);
        for key in base.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            let (base, other) = (base.get(key), other.get(key));
            let Some(header) = base.or(other) else {
                continue;
            };
            let place = self.place(Part::Header(status, header.name.clone()));
            match (base, other) {
                (Some(base), Some(other)) => self.parameter(&place, base, other, direction),
                (Some(base), None) => {
                    let severity = match base.required {
                        true => Severity::Breaking,
                        false => Severity::Harmless,
                    };
                    let description =
                        required_value(self.comparison.base, base.required, base.value);
                    let difference = Difference::new(place, Kind::Header, severity);
                    self.comparison.add(difference.base(description));
                }
                (None, Some(other)) => {
                    let description =
                        required_value(self.comparison.other, other.required, other.value);
                    let difference = Difference::new(place, Kind::Header, Severity::Harmless);
                    self.comparison.add(difference.other(description));
                }
                (None, None) => {}
            }
        }
    }
}

fn describe_body(body: &BodyShape) -> String {
    let media_types: Vec<&str> = body.content.keys().map(String::as_str).collect();
    format!("{} {}", required(body.required), media_types.join(" or "))
}
