//! How two values are combined.

use std::collections::BTreeSet;

use Operator::{Intersection, Union};

use super::{Bound, NumberShape, StringShape, join};

/// The values that a combination of shapes accepts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    /// Those that at least one of the shapes accepts.
    Union,
    /// Those that all shapes accept.
    Intersection,
}

impl Operator {
    /// Combines a restriction of both sides.
    pub(super) fn is_restricted(self, left: bool, right: bool) -> bool {
        match self {
            Union => left && right,
            Intersection => left || right,
        }
    }

    /// Combines the constraints on one JSON type; `None` accepts no value of the type.
    pub(super) fn type_of<T>(
        self,
        left: Option<T>,
        right: Option<T>,
        both: impl FnOnce(T, T) -> Option<T>,
    ) -> Option<T> {
        match (self, left, right) {
            (_, Some(left), Some(right)) => both(left, right),
            (Union, left, right) => left.or(right),
            (Intersection, ..) => None,
        }
    }

    /// An empty set accepts any value.
    pub(super) fn enum_values<T: Ord + Clone>(
        self,
        left: &BTreeSet<T>,
        right: &BTreeSet<T>,
    ) -> Option<BTreeSet<T>> {
        match (self, left.is_empty() || right.is_empty()) {
            (Union, true) => Some(BTreeSet::new()),
            (Union, false) | (Intersection, true) => Some(left | right),
            (Intersection, false) => Some(left & right).filter(|it| !it.is_empty()),
        }
    }

    /// Returns the looser limit for a union, and the tighter one for an intersection.
    pub(super) fn limit<T: Copy>(
        self,
        left: Option<T>,
        right: Option<T>,
        is_tighter: impl Fn(T, T) -> bool,
    ) -> Option<T> {
        let is_left_tighter = match (left, right) {
            (Some(left), Some(right)) => is_tighter(left, right),
            _ => left.is_some(),
        };
        if is_left_tighter == (self == Intersection) {
            left
        } else {
            right
        }
    }

    /// Combines two minimums of length or count.
    pub(super) fn minimum(self, left: Option<u64>, right: Option<u64>) -> Option<u64> {
        self.limit(left, right, |left, right| left > right)
    }

    /// Combines two maximums of length or count.
    pub(super) fn maximum(self, left: Option<u64>, right: Option<u64>) -> Option<u64> {
        self.limit(left, right, |left, right| left < right)
    }

    pub(super) fn numbers(self, left: &NumberShape, right: &NumberShape) -> Option<NumberShape> {
        let mut number = NumberShape {
            integer: self.is_restricted(left.integer, right.integer),
            minimum: self.limit(left.minimum, right.minimum, Bound::is_tighter_minimum),
            maximum: self.limit(left.maximum, right.maximum, Bound::is_tighter_maximum),
            values: self.enum_values(&left.values, &right.values)?,
        };
        number.normalize();
        Some(number)
    }

    pub(super) fn strings(self, left: StringShape, right: StringShape) -> Option<StringShape> {
        Some(StringShape {
            values: self.enum_values(&left.values, &right.values)?,
            patterns: match self {
                Union => either_pattern(left.patterns, right.patterns),
                Intersection => &left.patterns | &right.patterns,
            },
            min_length: self.minimum(left.min_length, right.min_length),
            max_length: self.maximum(left.max_length, right.max_length),
            binary: self.is_restricted(left.binary, right.binary),
        })
    }
}

/// Returns the defaults of both sides as lines, in the same order for every order of the sides.
/// JSON has no line break outside of its strings, and a backslash and `n` in them.
pub(super) fn defaults(left: Option<String>, right: Option<String>) -> Option<String> {
    match (left, right) {
        (Some(left), Some(right)) => Some(merge_sorted(&left, &right, "\n")),
        (left, right) => left.or(right),
    }
}

fn merge_sorted(left: &str, right: &str, separator: &str) -> String {
    let both = left.split(separator).chain(right.split(separator));
    join(both.collect::<BTreeSet<_>>(), separator, "")
}

fn either_pattern(left: BTreeSet<String>, right: BTreeSet<String>) -> BTreeSet<String> {
    if left == right {
        return left;
    }
    if left.is_empty() || right.is_empty() {
        return BTreeSet::new();
    }
    let [left, right] = [left, right].map(|all| join(all, " and ", ""));
    BTreeSet::from([merge_sorted(&left, &right, " or ")])
}
