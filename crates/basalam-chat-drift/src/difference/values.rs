//! Comparing values.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Display;

use super::class::{Change, Direction};
use super::operations::{Comparison, difference, incomplete, new_input, required, required_value};
use super::{Class, Difference, Kind, Offer, Place, Step};
use crate::ShapeId;
use crate::shape::{
    ArrayShape, Bound, Member, NumberShape, ObjectShape, Others, TextShape, ValueShape, describe,
};
use basalam_chat_openapi::Pointer;

/// How many values inside one another are looked at.
const MAX_DEPTH: usize = 100;

/// How many places of one body are looked at.
const MAX_STEPS: usize = 50_000;

/// The comparison of one body, answer or parameter.
pub(super) struct Values<'a, 'b> {
    comparison: &'b mut Comparison<'a>,
    direction: Direction,
    /// The pairs that the place at hand is inside of.
    around: HashSet<(usize, usize)>,
    steps: usize,
}

impl<'a, 'b> Values<'a, 'b> {
    pub(super) fn new(comparison: &'b mut Comparison<'a>, direction: Direction) -> Self {
        Values {
            comparison,
            direction,
            around: HashSet::new(),
            steps: 0,
        }
    }

    pub(super) fn compare(&mut self, mut place: Place, here: ShapeId, there: ShapeId) {
        self.at(&mut place, here, there);
    }

    fn at(&mut self, place: &mut Place, here: ShapeId, there: ShapeId) {
        let pair = (
            self.comparison.class_here(here),
            self.comparison.class_there(there),
        );
        if pair.0 == pair.1 || self.comparison.is_full() {
            return;
        }
        self.steps += 1;
        if place.steps.len() > MAX_DEPTH || self.steps > MAX_STEPS {
            // Once: whatever is left is passed over without a word of its own.
            if self.steps <= MAX_STEPS + 1 {
                self.steps = MAX_STEPS + 1;
                let found = incomplete(place.clone(), "values too deep or too many to be compared");
                self.comparison.add(found);
            }
            return;
        }
        // Inside of itself the pair would say nothing new.
        if !self.around.insert(pair) {
            return;
        }
        let (one, two) = (self.comparison.here, self.comparison.there);
        self.value(place, one.value(here), two.value(there));
        self.around.remove(&pair);
    }

    fn value(&mut self, place: &mut Place, here: &'a ValueShape, there: &'a ValueShape) {
        if here.null != there.null {
            let said = |null| if null { "may be null" } else { "never null" };
            let change = Change::of(here.null, there.null);
            self.say(place, Kind::Null, change, said(here.null), said(there.null));
        }
        self.types(place, here, there);
        if let (Some(here), Some(there)) = (&here.boolean, &there.boolean) {
            self.listed(place, here, there, |_| (None, None));
        }
        if let (Some(here), Some(there)) = (&here.number, &there.number) {
            self.numbers(place, here, there);
        }
        if let (Some(one), Some(two)) = (&here.text, &there.text) {
            self.texts(place, one, two, there.origin.0.as_ref());
        }
        if let (Some(here), Some(there)) = (&here.array, &there.array) {
            self.arrays(place, here, there);
        }
        if let (Some(one), Some(two)) = (&here.object, &there.object) {
            self.objects(place, one, two, there.origin.0.as_ref());
        }
        self.defaults(place, here.default.as_deref(), there.default.as_deref());
        self.rules(place, here, there);
    }

    fn say(
        &mut self,
        place: &Place,
        kind: Kind,
        change: Change,
        here: impl Into<String>,
        there: impl Into<String>,
    ) {
        let class = self.direction.class(change);
        let found = difference(place.clone(), kind, class);
        self.comparison.add(found.here(here).there(there));
    }

    /// The types that can stand there, null aside. What is said of each of them follows.
    fn types(&mut self, place: &Place, here: &ValueShape, there: &ValueShape) {
        let (one, two) = (kinds(here), kinds(there));
        if one == two {
            return;
        }
        // A number takes every integer.
        let holds = |outer: &BTreeSet<&str>, inner: &BTreeSet<&str>| {
            inner.iter().all(|kind| {
                outer.contains(kind) || (*kind == "integer" && outer.contains("number"))
            })
        };
        let change = Change::of(holds(&one, &two), holds(&two, &one));
        // Both being true would be equal sets, and `of` takes them for apart.
        let (shape_here, shape_there) = (self.comparison.here, self.comparison.there);
        let said = |shape, value: &ValueShape, other: &BTreeSet<&str>| {
            if value.is_anything() {
                return "anything".to_owned();
            }
            let kinds = describe::kinds(shape, value, |kind| !other.contains(kind));
            match kinds.is_empty() {
                true => "no value".to_owned(),
                false => kinds.join(" or "),
            }
        };
        let (here, there) = (said(shape_here, here, &two), said(shape_there, there, &one));
        self.say(place, Kind::Type, change, here, there);
    }

    /// Values that are listed, none meaning that all will do.
    fn listed<T: Ord + Display>(
        &mut self,
        place: &Place,
        here: &BTreeSet<T>,
        there: &BTreeSet<T>,
        offer: impl Fn(&T) -> (Option<Offer>, Option<Pointer>),
    ) {
        if here.is_empty() != there.is_empty() {
            let said = |values: &BTreeSet<T>| match values.is_empty() {
                true => "any value".to_owned(),
                false => {
                    let values: Vec<String> = values.iter().map(T::to_string).collect();
                    format!("one of {}", values.join(", "))
                }
            };
            let change = Change::of(here.is_empty(), there.is_empty());
            self.say(place, Kind::Values, change, said(here), said(there));
            return;
        }
        for value in there.difference(here) {
            let mut found = difference(place.clone(), Kind::Value, Class::Additive);
            (found.offer, found.source) = offer(value);
            self.comparison
                .add(found.there(format!("the value {value}")));
        }
        for value in here.difference(there) {
            let class = self.direction.class(Change::Narrower);
            let found = difference(place.clone(), Kind::Value, class);
            self.comparison
                .add(found.here(format!("the value {value}")));
        }
    }

    fn numbers(&mut self, place: &Place, here: &NumberShape, there: &NumberShape) {
        self.listed(place, &here.values, &there.values, |_| (None, None));
        let (one, two) = (here.minimum, there.minimum);
        self.limit(
            place,
            Kind::Minimum,
            one,
            two,
            Bound::is_tighter_minimum,
            describe::lower,
        );
        let (one, two) = (here.maximum, there.maximum);
        self.limit(
            place,
            Kind::Maximum,
            one,
            two,
            Bound::is_tighter_maximum,
            describe::upper,
        );
    }

    fn limit<T: Copy + PartialEq>(
        &mut self,
        place: &Place,
        kind: Kind,
        here: Option<T>,
        there: Option<T>,
        is_tighter: impl Fn(T, T) -> bool,
        said: impl Fn(T) -> String,
    ) {
        if here == there {
            return;
        }
        let change = match (here, there) {
            (Some(here), Some(there)) if is_tighter(there, here) => Change::Narrower,
            (None, Some(_)) => Change::Narrower,
            _ => Change::Wider,
        };
        let none = || format!("no {kind}");
        let (here, there) = (
            here.map_or_else(none, &said),
            there.map_or_else(none, &said),
        );
        self.say(place, kind, change, here, there);
    }

    fn texts(
        &mut self,
        place: &Place,
        here: &TextShape,
        there: &TextShape,
        source: Option<&Pointer>,
    ) {
        let offer = |value: &String| (Some(Offer::Text(value.clone())), source.cloned());
        self.listed(place, &here.values, &there.values, offer);
        if here.patterns != there.patterns {
            let said = |patterns: &BTreeSet<String>| match patterns.is_empty() {
                true => "no pattern".to_owned(),
                false => patterns.iter().cloned().collect::<Vec<_>>().join(" and "),
            };
            let (one, two) = (&here.patterns, &there.patterns);
            // More patterns let less through.
            let change = Change::of(two.is_superset(one), one.is_superset(two));
            self.say(place, Kind::Pattern, change, said(one), said(two));
        }
        if here.binary != there.binary {
            let said = |binary| if binary { "bytes" } else { "text" };
            self.say(
                place,
                Kind::Binary,
                Change::Apart,
                said(here.binary),
                said(there.binary),
            );
        }
        let (one, two) = (here.min_length, there.min_length);
        self.count(place, Kind::MinLength, one, two, "characters");
        let (one, two) = (here.max_length, there.max_length);
        self.count(place, Kind::MaxLength, one, two, "characters");
    }

    /// A limit of a number of things, from below or above as its kind says.
    fn count(
        &mut self,
        place: &Place,
        kind: Kind,
        here: Option<u64>,
        there: Option<u64>,
        what: &str,
    ) {
        let is_lower = matches!(kind, Kind::MinLength | Kind::MinItems | Kind::MinMembers);
        let is_tighter = |one: u64, two: u64| if is_lower { one > two } else { one < two };
        let word = if is_lower { "at least" } else { "at most" };
        let said = |count: u64| format!("{word} {count} {what}");
        self.limit(place, kind, here, there, is_tighter, said);
    }

    fn arrays(&mut self, place: &mut Place, here: &ArrayShape, there: &ArrayShape) {
        self.count(
            place,
            Kind::MinItems,
            here.min_items,
            there.min_items,
            "items",
        );
        self.count(
            place,
            Kind::MaxItems,
            here.max_items,
            there.max_items,
            "items",
        );
        self.inside(place, Step::Items, here.items, there.items);
    }

    fn inside(&mut self, place: &mut Place, step: Step, here: ShapeId, there: ShapeId) {
        place.steps.push(step);
        self.at(place, here, there);
        place.steps.pop();
    }

    fn objects(
        &mut self,
        place: &mut Place,
        here: &'a ObjectShape,
        there: &'a ObjectShape,
        source: Option<&Pointer>,
    ) {
        let (one, two) = (here.min_members, there.min_members);
        self.count(place, Kind::MinMembers, one, two, "members");
        let (one, two) = (here.max_members, there.max_members);
        self.count(place, Kind::MaxMembers, one, two, "members");
        self.others(place, here, there);
        for name in here
            .members
            .keys()
            .chain(there.members.keys())
            .collect::<BTreeSet<_>>()
        {
            let (one, two) = (here.members.get(name), there.members.get(name));
            place.steps.push(Step::Member(name.clone()));
            match (one, two) {
                (Some(one), Some(two)) => self.member(place, *one, *two),
                (Some(one), None) => self.missing(place, *one),
                (None, Some(two)) => self.added(place, *two, source),
                (None, None) => {}
            }
            place.steps.pop();
        }
    }

    fn member(&mut self, place: &mut Place, here: Member, there: Member) {
        if here.required != there.required {
            let change = Change::of(!here.required, !there.required);
            let said = (required(here.required), required(there.required));
            self.say(place, Kind::Required, change, said.0, said.1);
        }
        self.at(place, here.value, there.value);
    }

    fn missing(&mut self, place: &Place, here: Member) {
        let said = required_value(self.comparison.here, here.required, here.value);
        let found = difference(place.clone(), Kind::Member, Class::Breaking);
        self.comparison.add(found.here(said));
    }

    fn added(&mut self, place: &Place, there: Member, source: Option<&Pointer>) {
        let class = match self.direction {
            Direction::Request => new_input(there.required),
            Direction::Answer => Class::Additive,
        };
        let said = required_value(self.comparison.there, there.required, there.value);
        let mut found = difference(place.clone(), Kind::Member, class).there(said);
        found.source = source.cloned();
        self.comparison.add(found.offers(Offer::Value {
            required: there.required,
            value: there.value,
        }));
    }

    fn others(&mut self, place: &mut Place, here: &ObjectShape, there: &ObjectShape) {
        let (shape_here, shape_there) = (self.comparison.here, self.comparison.there);
        let said = |shape: &crate::WireShape, others: Others| match others {
            Others::Anything => "any other members".to_owned(),
            Others::Nothing => "no other members".to_owned(),
            Others::Each(id) => format!("other members {}", shape.describe(id)),
        };
        let change = match (here.others, there.others) {
            (Others::Each(one), Others::Each(two)) => {
                return self.inside(place, Step::Others, one, two);
            }
            (one, two) if one == two => return,
            (Others::Nothing, _) | (_, Others::Anything) => Change::Wider,
            _ => Change::Narrower,
        };
        let (one, two) = (
            said(shape_here, here.others),
            said(shape_there, there.others),
        );
        self.say(place, Kind::Others, change, one, two);
    }

    /// A default of a request is what the service does on its own; one of an answer is what a
    /// missing value is read as, so that only a new one takes nothing away.
    fn defaults(&mut self, place: &Place, here: Option<&str>, there: Option<&str>) {
        if here == there {
            return;
        }
        let said = |default: Option<&str>| {
            default.map_or_else(|| "no default".to_owned(), |it| format!("default {it}"))
        };
        let change = match (self.direction, here) {
            (Direction::Answer, None) => Change::Narrower,
            _ => Change::Apart,
        };
        self.say(place, Kind::Default, change, said(here), said(there));
    }

    fn rules(&mut self, place: &Place, here: &ValueShape, there: &ValueShape) {
        let in_classes = |value: &ValueShape, class: &dyn Fn(ShapeId) -> usize| {
            let mut value = value.clone();
            value.map_ids(|id| ShapeId(class(id)));
            value.rules
        };
        let one = in_classes(here, &|id| self.comparison.class_here(id));
        let two = in_classes(there, &|id| self.comparison.class_there(id));
        let mut found: Vec<Difference> = Vec::new();
        for (only, other, change) in [(&one, &two, Change::Wider), (&two, &one, Change::Narrower)] {
            for rule in only.difference(other) {
                let said = match rule.value.is_empty() {
                    true => format!("the rule {}", rule.keyword),
                    false => format!("the rule {} {}", rule.keyword, rule.value),
                };
                let class = self.direction.class(change);
                let difference = difference(place.clone(), Kind::Rule, class);
                found.push(match change {
                    Change::Wider => difference.here(said),
                    _ => difference.there(said),
                });
            }
        }
        found.into_iter().for_each(|it| self.comparison.add(it));
    }
}

/// The types that a value can be of, null aside.
fn kinds(value: &ValueShape) -> BTreeSet<&'static str> {
    let kinds = [
        value.boolean.as_ref().map(|_| "boolean"),
        value.number.as_ref().map(describe::number_kind),
        value.text.as_ref().map(|_| "text"),
        value.array.as_ref().map(|_| "array"),
        value.object.as_ref().map(|_| "object"),
    ];
    kinds.into_iter().flatten().collect()
}
