//! Comparison of request bodies, responses and headers.

use std::collections::BTreeMap;

use basalam_chat_openapi::StatusPattern;

use super::comparison::{joined, new_input, required};
use super::parameter_diff::OperationDiff;
use super::severity::{Change, Direction};
use super::{Difference, Kind, Severity};
use crate::place::Part;
use crate::shape::{BodyShape, ParameterShape, ResponseShape, ShapeId};

impl OperationDiff<'_, '_> {
    pub(super) fn body(&mut self) {
        let place = self.place(Part::Body(None));
        match (&self.base.body, &self.other.body) {
            (None, None) => {}
            (Some(base), Some(other)) => {
                let direction = Direction::Request;
                self.required(&place, [base.required, other.required], direction);
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
        for (name, base, other) in joined(base, other) {
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

    /// A successful status that only one side has can be that of the other side, moved.
    pub(super) fn responses(&mut self) {
        let (base, other) = (&self.base.responses, &self.other.responses);
        let mut added: Vec<_> = other.keys().filter(|it| !base.contains_key(it)).collect();
        for (status, response) in base {
            let is_moved = |to: &&StatusPattern| {
                let has_same_media_types = response.content.keys().eq(other[to].content.keys());
                status.is_success() && to.is_success() && has_same_media_types
            };
            let moved = || Some(added.remove(added.iter().position(is_moved)?));
            let found = other.get_key_value(status).map(|(to, _)| to).or_else(moved);
            let Some(to) = found else {
                self.missing_response(*status, |it| it.base("the response"));
                continue;
            };
            if to != status {
                let place = self.place(Part::Response(*status, None));
                let difference = Difference::new(place, Kind::Moved, Severity::Breaking);
                let difference = difference.base(status.to_string());
                self.comparison.add(difference.other(to.to_string()));
            }
            self.response(*status, response, &other[to]);
        }
        for status in added {
            self.missing_response(*status, |it| it.other("the response"));
        }
    }

    fn missing_response(&mut self, status: StatusPattern, side: fn(Difference) -> Difference) {
        let severity = match status.is_success() {
            true => Severity::Breaking,
            false => Severity::Harmless,
        };
        let place = self.place(Part::Response(status, None));
        let difference = Difference::new(place, Kind::Response, severity);
        self.comparison.add(side(difference));
    }

    fn response(&mut self, status: StatusPattern, base: &ResponseShape, other: &ResponseShape) {
        let (direction, is_success) = (Direction::Response, status.is_success());
        let part = |media_type| Part::Response(status, media_type);
        self.content(&base.content, &other.content, direction, is_success, part);
        let part = |_: &String, header: &ParameterShape| Part::Header(status, header.name.clone());
        let (base, other) = (&base.headers, &other.headers);
        self.parameters(base, other, direction, part, |_| None);
    }
}

fn describe_body(body: &BodyShape) -> String {
    let media_types: Vec<&str> = body.content.keys().map(String::as_str).collect();
    format!("{} {}", required(body.required), media_types.join(" or "))
}
