//! Comparison of parameters and headers.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{Comparison, new_input, required, required_value};
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
        for key in base.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            if let Some(base) = base.get(key) {
                let place = self.place(part(key, base));
                if let Some(other) = other.get(key) {
                    self.parameter(&place, base, other, direction);
                    continue;
                }
                let severity = match is_request || base.required {
                    true => Severity::Breaking,
                    false => Severity::Harmless,
                };
                let description = required_value(self.comparison.base, base.required, base.value);
                let difference = Difference::new(place, kind, severity);
                self.comparison.add(difference.base(description));
            } else if let Some(it) = other.get(key) {
                let severity = match is_request {
                    true => new_input(it.required),
                    false => Severity::Harmless,
                };
                let description = required_value(self.comparison.other, it.required, it.value);
                let mut difference = Difference::new(self.place(part(key, it)), kind, severity);
                difference.addition = addition(key);
                self.comparison.add(difference.other(description));
            }
        }
    }

    fn parameter(
        &mut self,
        place: &Place,
        base: &ParameterShape,
        other: &ParameterShape,
        direction: Direction,
    ) {
        self.comparison
            .deprecated(place.clone(), base.deprecated, other.deprecated);
        self.required(place, base.required, other.required, direction);
        let has_style = |shape: &WireShape, it: &ParameterShape| {
            let value = shape.value(it.value);
            value.array.is_some() || value.object.is_some()
        };
        let uses_style =
            has_style(self.comparison.base, base) || has_style(self.comparison.other, other);
        if uses_style && base.style != other.style {
            let difference = Difference::new(place.clone(), Kind::Style, Severity::Breaking);
            let difference = difference.base(&*base.style).other(&*other.style);
            self.comparison.add(difference);
        }
        self.value(place, base.value, other.value, direction);
    }

    pub(super) fn required(
        &mut self,
        place: &Place,
        base: bool,
        other: bool,
        direction: Direction,
    ) {
        if base != other {
            let severity = direction.severity(Change::new(!base, !other));
            let difference = Difference::new(place.clone(), Kind::Required, severity);
            let difference = difference.base(required(base)).other(required(other));
            self.comparison.add(difference);
        }
    }

    pub(super) fn value(
        &mut self,
        place: &Place,
        base: ShapeId,
        other: ShapeId,
        direction: Direction,
    ) {
        ValueDiff::new(self.comparison, direction).compare(place.clone(), base, other);
    }
}
