//! Comparison of operations.

use std::collections::BTreeSet;

use super::comparison::{Comparison, new_input, required_value};
use super::parameter_diff::OperationDiff;
use super::severity::{Change, Direction};
use super::{Addition, Difference, Kind, Severity};
use crate::place::{Part, Place};
use crate::shape::WireShape;

pub(super) fn compare(base: &WireShape, other: &WireShape) -> Vec<Difference> {
    let mut comparison = Comparison::new(base, other);
    let keys: BTreeSet<_> = base
        .operations
        .keys()
        .chain(other.operations.keys())
        .collect();
    for key in keys {
        let (in_base, in_other) = (base.operations.get(key), other.operations.get(key));
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
        self.deprecated(place, self.base.deprecated, self.other.deprecated);
        self.security();
        self.parameters();
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
        let change = Change::new(other.is_subset(base), base.is_subset(other));
        let severity = Direction::Request.severity(change);
        let difference = Difference::new(self.place(Part::Security), Kind::Security, severity);
        self.comparison
            .add(difference.base(describe(base)).other(describe(other)));
    }

    fn parameters(&mut self) {
        let (base, other) = (&self.base.parameters, &self.other.parameters);
        for key in base.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            let (base, other) = (base.get(key), other.get(key));
            let Some(parameter) = base.or(other) else {
                continue;
            };
            let place = self.place(Part::Parameter(key.0, parameter.name.clone()));
            match (base, other) {
                (Some(base), Some(other)) => {
                    self.parameter(&place, base, other, Direction::Request)
                }
                (Some(base), None) => {
                    let description =
                        required_value(self.comparison.base, base.required, base.value);
                    let difference = Difference::new(place, Kind::Parameter, Severity::Breaking);
                    self.comparison.add(difference.base(description));
                }
                (None, Some(other)) => {
                    let description =
                        required_value(self.comparison.other, other.required, other.value);
                    let severity = new_input(other.required);
                    let difference = Difference::new(place, Kind::Parameter, severity);
                    let addition = Addition::Parameter(key.1.clone());
                    self.comparison
                        .add(difference.other(description).addition(addition));
                }
                (None, None) => {}
            }
        }
    }
}
