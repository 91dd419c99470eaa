//! Comparison of parameters and headers.

use super::comparison::{Comparison, required};
use super::severity::{Change, Direction};
use super::value_diff::ValueDiff;
use super::{Difference, Kind, Severity};
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

    pub(super) fn parameter(
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
