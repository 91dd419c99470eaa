//! Comparison of values, including their nested values.

use std::collections::HashSet;

use basalam_chat_openapi::Pointer;

use super::comparison::{Comparison, joined, new_input};
use super::severity::{Change, Direction};
use super::{Addition, Difference, Kind, Severity};
use crate::place::{Place, Step};
use crate::shape::{
    AdditionalProperties, ObjectShape, PropertyShape, ShapeId, ValueShape, WireShape,
};

/// The number of nested values that are compared.
const MAX_DEPTH: usize = 100;

/// The number of places of one body that are compared.
const MAX_STEPS: usize = 50_000;

/// The comparison of one body, response, header or parameter.
pub(super) struct ValueDiff<'a, 'b> {
    pub(super) comparison: &'b mut Comparison<'a>,
    pub(super) direction: Direction,
    /// The pairs of equivalence classes that contain the current place.
    ancestors: HashSet<(usize, usize)>,
    steps: usize,
}

impl<'a, 'b> ValueDiff<'a, 'b> {
    pub(super) fn new(comparison: &'b mut Comparison<'a>, direction: Direction) -> Self {
        ValueDiff {
            comparison,
            direction,
            ancestors: HashSet::new(),
            steps: 0,
        }
    }

    pub(super) fn compare(&mut self, place: &Place, base: ShapeId, other: ShapeId) {
        self.value(&mut place.clone(), base, other);
    }

    pub(super) fn severity(&self, change: Change) -> Severity {
        self.direction.severity(change)
    }

    pub(super) fn flag(&mut self, place: &Place, kind: Kind, severity: Severity, sides: [bool; 2]) {
        self.comparison.flag(place, kind, severity, sides);
    }

    fn value(&mut self, place: &mut Place, base: ShapeId, other: ShapeId) {
        let comparison = &self.comparison;
        let pair = (comparison.base_class(base), comparison.other_class(other));
        if pair.0 == pair.1 || comparison.is_full() {
            return;
        }
        self.steps += 1;
        if place.steps.len() > MAX_DEPTH || self.steps > MAX_STEPS {
            // Reported once; the rest is skipped.
            if self.steps <= MAX_STEPS + 1 {
                self.steps = MAX_STEPS + 1;
                let reason = "values are too deep or too many to compare";
                self.comparison.push(Difference::incomplete(place, reason));
            }
            return;
        }
        // A pair nested in itself has no new differences.
        if !self.ancestors.insert(pair) {
            return;
        }
        let (base, other) = (comparison.base.value(base), comparison.other.value(other));
        self.constraints(place, base, other);
        self.children(place, base, other);
        self.ancestors.remove(&pair);
    }

    fn children(&mut self, place: &mut Place, base: &'a ValueShape, other: &'a ValueShape) {
        if let (Some(base), Some(other)) = (&base.array, &other.array) {
            self.child(place, Step::Items, base.items, other.items);
        }
        if let (Some(base_object), Some(other_object)) = (&base.object, &other.object) {
            self.additional(place, base_object, other_object);
            self.properties(place, base_object, other_object, other.origin.0.as_ref());
        }
    }

    fn child(&mut self, place: &mut Place, step: Step, base: ShapeId, other: ShapeId) {
        place.steps.push(step);
        self.value(place, base, other);
        place.steps.pop();
    }

    fn properties(
        &mut self,
        place: &mut Place,
        base: &'a ObjectShape,
        other: &'a ObjectShape,
        source: Option<&Pointer>,
    ) {
        for (name, base, other) in joined(&base.properties, &other.properties) {
            place.steps.push(Step::Property(name.clone()));
            self.property(place, base.copied(), other.copied(), source);
            place.steps.pop();
        }
    }

    fn property(
        &mut self,
        place: &mut Place,
        base: Option<PropertyShape>,
        other: Option<PropertyShape>,
        source: Option<&Pointer>,
    ) {
        let severity = match (base, other, self.direction) {
            (Some(base), Some(other), _) => {
                let severity = self.severity(Change::new(!base.required, !other.required));
                let required = [base.required, other.required];
                self.flag(place, Kind::Required, severity, required);
                return self.value(place, base.value, other.value);
            }
            (None, Some(other), Direction::Request) => new_input(other.required),
            (None, Some(_), Direction::Response) => Severity::Additive,
            (_, None, _) => Severity::Breaking,
        };
        let sides = [base, other].map(|it| it.map(|it| (it.required, it.value)));
        let sides = self.comparison.describe(sides);
        let mut difference = Difference::new(place, Kind::Property, severity, sides);
        difference.addition =
            other.map(|PropertyShape { required, value }| Addition::Property { required, value });
        difference.source = other.and(source).cloned();
        self.comparison.push(difference);
    }

    fn additional(&mut self, place: &mut Place, base: &ObjectShape, other: &ObjectShape) {
        use AdditionalProperties::{Any, Forbidden, Schema};

        let change = match (base.additional, other.additional) {
            (Schema(base), Schema(other)) => {
                return self.child(place, Step::AdditionalProperties, base, other);
            }
            (base, other) if base == other => return,
            (Forbidden, _) | (_, Any) => Change::Wider,
            _ => Change::Narrower,
        };
        let describe = |shape: &WireShape, additional| match additional {
            Any => "any additional properties".to_owned(),
            Forbidden => "no additional properties".to_owned(),
            Schema(id) => format!("additional properties {}", shape.describe(id)),
        };
        let comparison = &self.comparison;
        let base = describe(comparison.base, base.additional);
        let other = describe(comparison.other, other.additional);
        let kind = Kind::AdditionalProperties;
        self.changed(place, kind, change, [base, other]);
    }
}
