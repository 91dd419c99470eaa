//! Comparison of request bodies, responses and headers.

use std::collections::BTreeMap;

use basalam_chat_openapi::StatusPattern;

use super::comparison::{joined, new_input, required};
use super::parameter_diff::OperationDiff;
use super::severity::{Change, Direction};
use super::{Kind, Severity};
use crate::place::Part;
use crate::shape::{BodyShape, ParameterShape, ResponseShape, ShapeId, join};

impl OperationDiff<'_, '_> {
    pub(super) fn body(&mut self) {
        let place = self.place(Part::Body(None));
        let sides = [self.base.body.as_ref(), self.other.body.as_ref()];
        let severity = match sides {
            [Some(base), Some(other)] => {
                let direction = Direction::Request;
                self.required(&place, [base.required, other.required], direction);
                return self.content(&base.content, &other.content, direction, true, Part::Body);
            }
            [Some(_), None] => Severity::Breaking,
            [None, Some(other)] => new_input(other.required),
            [None, None] => return,
        };
        let sides = sides.map(|it| it.map(describe_body));
        self.comparison.add(&place, Kind::Body, severity, sides);
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
            let place = self.place(part(None));
            let sides = [base, other].map(|it| it.map(|_| name.clone()));
            self.comparison
                .add(&place, Kind::MediaType, severity, sides);
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
                self.missing_response(*status, [true, false]);
                continue;
            };
            if to != status {
                let place = self.place(Part::Response(*status, None));
                let sides = [status, to].map(|it| Some(it.to_string()));
                self.comparison
                    .add(&place, Kind::Moved, Severity::Breaking, sides);
            }
            self.response(*status, response, &other[to]);
        }
        for status in added {
            self.missing_response(*status, [false, true]);
        }
    }

    fn missing_response(&mut self, status: StatusPattern, sides: [bool; 2]) {
        let severity = match status.is_success() {
            true => Severity::Breaking,
            false => Severity::Harmless,
        };
        let place = self.place(Part::Response(status, None));
        let sides = sides.map(|it| it.then(|| "the response".to_owned()));
        self.comparison.add(&place, Kind::Response, severity, sides);
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
    let media_types = join(body.content.keys(), " or ", "");
    format!("{} {media_types}", required(body.required))
}
