//! Comparison of the constraints of one value, without its nested values.

use std::collections::BTreeSet;
use std::fmt::Display;

use basalam_chat_openapi::Pointer;

use super::severity::{Change, Direction};
use super::value_diff::ValueDiff;
use super::{Addition, Difference, Kind, Severity};
use crate::place::Place;
use crate::shape::{Bound, StringShape, ValueShape, describe_bound, describe_types, join};

impl ValueDiff<'_, '_> {
    /// Compares everything except the items of arrays and the properties of objects.
    pub(super) fn constraints(&mut self, place: &Place, base: &ValueShape, other: &ValueShape) {
        let deprecated = [base.deprecated, other.deprecated];
        self.flag(place, Kind::Deprecated, Severity::Harmless, deprecated);
        let severity = self.severity(Change::new(base.nullable, other.nullable));
        let nullable = [base.nullable, other.nullable];
        self.flag(place, Kind::Nullable, severity, nullable);
        self.types(place, base, other);
        let source = other.origin.0.as_ref();
        if let (Some(base), Some(other)) = (&base.boolean, &other.boolean) {
            self.enum_values(place, base, other, source, |_| None);
        }
        if let (Some(base), Some(other)) = (&base.number, &other.number) {
            self.enum_values(place, &base.values, &other.values, source, |_| None);
            self.bound(place, Kind::Minimum, base.minimum, other.minimum);
            self.bound(place, Kind::Maximum, base.maximum, other.maximum);
        }
        if let (Some(base), Some(other)) = (&base.string, &other.string) {
            self.strings(place, base, other, source);
        }
        if let (Some(base), Some(other)) = (&base.array, &other.array) {
            self.limit(place, Kind::MinItems, base.min_items, other.min_items);
            self.limit(place, Kind::MaxItems, base.max_items, other.max_items);
        }
        if let (Some(base), Some(other)) = (&base.object, &other.object) {
            let (min, max) = (Kind::MinProperties, Kind::MaxProperties);
            self.limit(place, min, base.min_properties, other.min_properties);
            self.limit(place, max, base.max_properties, other.max_properties);
        }
        self.defaults(place, base.default.as_deref(), other.default.as_deref());
        self.rules(place, base, other);
    }

    /// Adds a difference from the descriptions of both sides.
    pub(super) fn changed(&mut self, place: &Place, kind: Kind, change: Change, both: [String; 2]) {
        let severity = self.severity(change);
        self.comparison.add(place, kind, severity, both.map(Some));
    }

    /// Compares the valid types except null. Types that both sides have are compared separately.
    fn types(&mut self, place: &Place, base: &ValueShape, other: &ValueShape) {
        let (base_types, other_types) = (base.types(), other.types());
        if base_types == other_types {
            return;
        }
        let includes = |outer: &BTreeSet<&str>, inner: &BTreeSet<&str>| {
            // Integers are numbers.
            let is_integer = |it: &str| it == "integer" && outer.contains("number");
            inner.iter().all(|it| outer.contains(it) || is_integer(it))
        };
        let base_includes_other = includes(&base_types, &other_types);
        let change = Change::new(base_includes_other, includes(&other_types, &base_types));
        let describe = |shape, value: &ValueShape, common: &BTreeSet<&str>| {
            if value.is_anything() {
                return "anything".to_owned();
            }
            let types = describe_types(shape, value, |it| !common.contains(it));
            join(types, " or ", "no value")
        };
        let base = describe(self.comparison.base, base, &other_types);
        let other = describe(self.comparison.other, other, &base_types);
        self.changed(place, Kind::Type, change, [base, other]);
    }

    /// Compares the values of enums. An empty set is not an enum.
    fn enum_values<T: Ord + Display>(
        &mut self,
        place: &Place,
        base: &BTreeSet<T>,
        other: &BTreeSet<T>,
        source: Option<&Pointer>,
        addition: impl Fn(&T) -> Option<Addition>,
    ) {
        if base.is_empty() != other.is_empty() {
            let describe = |values: &BTreeSet<T>| match values.is_empty() {
                true => "any value".to_owned(),
                false => format!("one of {}", join(values, ", ", "")),
            };
            let change = Change::new(base.is_empty(), other.is_empty());
            return self.changed(place, Kind::Enum, change, [base, other].map(describe));
        }
        for value in other.difference(base) {
            let sides = [None, Some(format!("enum value {value}"))];
            let mut difference = Difference::new(place, Kind::EnumValue, Severity::Additive, sides);
            difference.addition = addition(value);
            difference.source = source.cloned();
            self.comparison.push(difference);
        }
        for value in base.difference(other) {
            let severity = self.severity(Change::Narrower);
            let sides = [Some(format!("enum value {value}")), None];
            self.comparison.add(place, Kind::EnumValue, severity, sides);
        }
    }

    fn bound(&mut self, place: &Place, kind: Kind, base: Option<Bound>, other: Option<Bound>) {
        let is_tighter = match kind {
            Kind::Minimum => Bound::is_tighter_minimum,
            _ => Bound::is_tighter_maximum,
        };
        let describe = |bound| describe_bound(&kind.to_string(), bound);
        self.constraint(place, kind, [base, other], is_tighter, describe);
    }

    /// Compares a limit of length or count.
    fn limit(&mut self, place: &Place, kind: Kind, base: Option<u64>, other: Option<u64>) {
        let is_minimum = kind.to_string().starts_with("min");
        let is_tighter = |it, than| if is_minimum { it > than } else { it < than };
        let describe = |limit| format!("{kind} {limit}");
        self.constraint(place, kind, [base, other], is_tighter, describe);
    }

    fn constraint<T: Copy + PartialEq>(
        &mut self,
        place: &Place,
        kind: Kind,
        [base, other]: [Option<T>; 2],
        is_tighter: impl Fn(T, T) -> bool,
        describe: impl Fn(T) -> String,
    ) {
        if base == other {
            return;
        }
        let change = match (base, other) {
            (Some(base), Some(other)) if is_tighter(other, base) => Change::Narrower,
            (None, Some(_)) => Change::Narrower,
            _ => Change::Wider,
        };
        let describe = |it: Option<T>| it.map_or_else(|| format!("no {kind}"), &describe);
        self.changed(place, kind, change, [base, other].map(describe));
    }

    fn strings(
        &mut self,
        place: &Place,
        base: &StringShape,
        other: &StringShape,
        source: Option<&Pointer>,
    ) {
        let addition = |value: &String| Some(Addition::EnumValue(value.clone()));
        self.enum_values(place, &base.values, &other.values, source, addition);
        if base.patterns != other.patterns {
            let (base, other) = (&base.patterns, &other.patterns);
            // More patterns accept fewer strings.
            let change = Change::new(other.is_superset(base), base.is_superset(other));
            let both = [base, other].map(|it| join(it, " and ", "no pattern"));
            self.changed(place, Kind::Pattern, change, both);
        }
        let binary = [base.binary, other.binary];
        self.flag(place, Kind::Binary, Severity::Breaking, binary);
        self.limit(place, Kind::MinLength, base.min_length, other.min_length);
        self.limit(place, Kind::MaxLength, base.max_length, other.max_length);
    }

    /// The default of a request is the behaviour of the service. The default of a response is how
    /// clients read a missing value, so a new default does not affect them.
    fn defaults(&mut self, place: &Place, base: Option<&str>, other: Option<&str>) {
        if base == other {
            return;
        }
        let describe = |default: Option<&str>| {
            let default = default.map(|it| it.replace('\n', " or "));
            default.map_or_else(|| "no default".to_owned(), |it| format!("default {it}"))
        };
        let change = match (self.direction, base) {
            (Direction::Response, None) => Change::Narrower,
            _ => Change::Incomparable,
        };
        self.changed(place, Kind::Default, change, [base, other].map(describe));
    }

    fn rules(&mut self, place: &Place, base: &ValueShape, other: &ValueShape) {
        let base = base.map_ids(|id| self.comparison.base_class(*id)).rules;
        let other = other.map_ids(|id| self.comparison.other_class(*id)).rules;
        let only_base = base.difference(&other).map(|it| (it, Change::Wider));
        let only_other = other.difference(&base).map(|it| (it, Change::Narrower));
        for (rule, change) in only_base.chain(only_other) {
            let description = format!("keyword {} {}", rule.keyword, rule.value);
            let description = Some(description.trim_end().to_owned());
            let sides = match change {
                Change::Wider => [description, None],
                _ => [None, description],
            };
            let severity = self.severity(change);
            self.comparison.add(place, Kind::Rule, severity, sides);
        }
    }
}
