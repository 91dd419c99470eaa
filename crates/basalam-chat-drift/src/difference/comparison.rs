//! The state of a comparison, and the differences found so far.

use std::collections::{BTreeMap, BTreeSet};

use super::{Addition, Difference, Kind, Severity};
use crate::place::{Part, Place};
use crate::shape::{ShapeId, ValueShape, WireShape, equivalence_classes};

/// The number of differences that are listed.
const MAX_DIFFERENCES: usize = 5_000;

/// A comparison in progress.
pub(super) struct Comparison<'a> {
    pub(super) base: &'a WireShape,
    pub(super) other: &'a WireShape,
    /// The equivalence class of every value, those of `base` first.
    classes: Vec<usize>,
    differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(base: &'a WireShape, other: &'a WireShape) -> Comparison<'a> {
        let others = other.values_from(base.values.len());
        let values: Vec<ValueShape> = base.values.iter().cloned().chain(others).collect();
        // If the circular references are too long, no values count as equal; the number of compared
        // places is limited.
        let classes = equivalence_classes(&values).unwrap_or_else(|| (0..values.len()).collect());
        Comparison {
            base,
            other,
            classes,
            differences: Vec::new(),
        }
    }

    /// Returns the differences, sorted by place.
    pub(super) fn finish(self) -> Vec<Difference> {
        let mut differences = self.differences;
        differences.sort_by(|left, right| {
            (&left.place, left.kind, &left.other).cmp(&(&right.place, right.kind, &right.other))
        });
        differences
    }

    /// Returns the equivalence class of a value of `base`.
    pub(super) fn base_class(&self, id: ShapeId) -> usize {
        self.classes.get(id.0).copied().unwrap_or(usize::MAX)
    }

    /// Returns the equivalence class of a value of `other`.
    pub(super) fn other_class(&self, id: ShapeId) -> usize {
        let index = self.base.values.len() + id.0;
        self.classes.get(index).copied().unwrap_or(usize::MAX)
    }

    /// Returns `true` if the maximum number of differences is exceeded.
    pub(super) fn is_full(&self) -> bool {
        self.differences.len() > MAX_DIFFERENCES
    }

    /// Compares something that each side has or lacks.
    pub(super) fn flag(&mut self, place: &Place, kind: Kind, severity: Severity, sides: [bool; 2]) {
        let describe = |it: bool| match (kind, it) {
            (Kind::Deprecated, true) => "deprecated",
            (Kind::Deprecated, false) => "not deprecated",
            (Kind::Nullable, true) => "nullable",
            (Kind::Nullable, false) => "not nullable",
            (Kind::Binary, true) => "binary",
            (Kind::Binary, false) => "string",
            (_, it) => required(it),
        };
        let [base, other] = sides;
        if base != other {
            let sides = sides.map(|it| Some(describe(it).to_owned()));
            let mut difference = Difference::new(place, kind, severity, sides);
            let is_deprecation = kind == Kind::Deprecated && other;
            difference.addition = is_deprecation.then_some(Addition::Deprecation);
            self.push(difference);
        }
    }

    /// Adds a difference from the descriptions of both sides.
    pub(super) fn add(&mut self, place: &Place, kind: Kind, severity: Severity, sides: Sides) {
        self.push(Difference::new(place, kind, severity, sides));
    }

    pub(super) fn push(&mut self, difference: Difference) {
        if self.differences.len() < MAX_DIFFERENCES {
            self.differences.push(difference);
        } else if self.differences.len() == MAX_DIFFERENCES {
            let place = Place::new(difference.place.method, &difference.place.path, Part::Whole);
            let reason = "too many differences to list";
            self.differences
                .push(Difference::incomplete(&place, reason));
        }
    }

    /// Describes the value on each side, and whether it is required.
    pub(super) fn describe(&self, [base, other]: [Option<(bool, ShapeId)>; 2]) -> Sides {
        let describe = |shape: &WireShape, (is_required, value)| {
            format!("{} {}", required(is_required), shape.describe(value))
        };
        [
            base.map(|it| describe(self.base, it)),
            other.map(|it| describe(self.other, it)),
        ]
    }
}

/// Descriptions of what the document and the contract have at a place.
pub(super) type Sides = [Option<String>; 2];

impl Difference {
    pub(super) fn new(place: &Place, kind: Kind, severity: Severity, sides: Sides) -> Difference {
        let [base, other] = sides;
        Difference {
            place: place.clone(),
            kind,
            severity,
            base,
            other,
            addition: None,
            source: None,
            also: Vec::new(),
        }
    }

    pub(super) fn incomplete(place: &Place, reason: &str) -> Difference {
        let sides = [Some(reason.to_owned()), None];
        Difference::new(place, Kind::Incomplete, Severity::Breaking, sides)
    }
}

/// The severity of new input for clients that do not send it.
pub(super) fn new_input(required: bool) -> Severity {
    match required {
        true => Severity::Breaking,
        false => Severity::Additive,
    }
}

pub(super) fn required(required: bool) -> &'static str {
    match required {
        true => "required",
        false => "optional",
    }
}

/// Returns the keys of both maps with their values.
pub(super) fn joined<'m, K: Ord, V>(
    base: &'m BTreeMap<K, V>,
    other: &'m BTreeMap<K, V>,
) -> impl Iterator<Item = (&'m K, Option<&'m V>, Option<&'m V>)> {
    let keys: BTreeSet<&K> = base.keys().chain(other.keys()).collect();
    keys.into_iter()
        .map(|key| (key, base.get(key), other.get(key)))
}
