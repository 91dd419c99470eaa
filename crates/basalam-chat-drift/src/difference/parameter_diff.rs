//! Comparison of parameters and headers.

use std::collections::BTreeMap;

use super::comparison::{Comparison, joined, new_input};
use super::severity::{Change, Direction};
use super::value_diff::ValueDiff;
use super::{Addition, Difference, Kind, Severity};
use crate::place::{Part, Place};
use crate::shape::{OperationShape, ParameterShape, ShapeId, WireShape};

/// The comparison of an operation that both sides have.
pub(super) struct OperationDiff<'a, 'b> {
    pub(super) comparison: &'b mut Comparison<'a>,
    pub(super) base: &'b OperationShape,
    pub(super) other: &'b OperationShape,
}

impl OperationDiff<'_, '_> {
    pub(super) fn place(&self, part: Part) -> Place {
        Place::new(self.base.method, &self.base.path, part)
    }

    /// Compares the parameters of a request, or the headers of a response.
    pub(super) fn parameters<K: Ord>(
        &mut self,
        base: &BTreeMap<K, ParameterShape>,
        other: &BTreeMap<K, ParameterShape>,
        direction: Direction,
        part: impl Fn(&K, &ParameterShape) -> Part,
        addition: impl Fn(&K) -> Option<Addition>,
    ) {
        let (kind, is_request) = match direction {
            Direction::Request => (Kind::Parameter, true),
            Direction::Response => (Kind::Header, false),
        };
        for (key, base, other) in joined(base, other) {
            let Some(it) = base.or(other) else { continue };
            let place = self.place(part(key, it));
            let severity = match (base, other) {
                (Some(base), Some(other)) => {
                    self.parameter(&place, base, other, direction);
                    continue;
                }
                (Some(_), None) if is_request || it.required => Severity::Breaking,
                (None, _) if is_request => new_input(it.required),
                _ => Severity::Harmless,
            };
            let sides = [base, other].map(|it| it.map(|it| (it.required, it.value)));
            let sides = self.comparison.describe(sides);
            let mut difference = Difference::new(&place, kind, severity, sides);
            difference.addition = other.and_then(|_| addition(key));
            self.comparison.push(difference);
        }
    }

    fn parameter(
        &mut self,
        place: &Place,
        base: &ParameterShape,
        other: &ParameterShape,
        direction: Direction,
    ) {
        let deprecated = [base.deprecated, other.deprecated];
        let kind = Kind::Deprecated;
        self.comparison
            .flag(place, kind, Severity::Harmless, deprecated);
        self.required(place, [base.required, other.required], direction);
        let has_style = |shape: &WireShape, it: &ParameterShape| {
            let value = shape.value(it.value);
            value.array.is_some() || value.object.is_some()
        };
        let (base_shape, other_shape) = (self.comparison.base, self.comparison.other);
        let uses_style = has_style(base_shape, base) || has_style(other_shape, other);
        if uses_style && base.style != other.style {
            let sides = [base, other].map(|it| Some(it.style.clone()));
            self.comparison
                .add(place, Kind::Style, Severity::Breaking, sides);
        }
        self.value(place, base.value, other.value, direction);
    }

    pub(super) fn required(&mut self, place: &Place, sides: [bool; 2], direction: Direction) {
        let severity = direction.severity(Change::new(!sides[0], !sides[1]));
        self.comparison.flag(place, Kind::Required, severity, sides);
    }

    pub(super) fn value(
        &mut self,
        place: &Place,
        base: ShapeId,
        other: ShapeId,
        direction: Direction,
    ) {
        ValueDiff::new(self.comparison, direction).compare(place, base, other);
    }
}
