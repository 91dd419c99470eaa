//! Comparing operations.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Change, Direction};
use super::values::Values;
use super::{Class, Difference, Kind, Offer, Part, Place};
use crate::shape::{AnswerShape, BodyShape, OperationShape, ParameterShape, ValueShape, classes};
use crate::{ShapeId, WireShape};
use basalam_chat_openapi::StatusPattern;

/// How many differences are listed.
const MAX_DIFFERENCES: usize = 5_000;

/// A comparison on its way.
pub(super) struct Comparison<'a> {
    pub(super) here: &'a WireShape,
    pub(super) there: &'a WireShape,
    /// The class of each value's shape, of this side first; equal ones have the same.
    classes: Vec<usize>,
    found: Vec<Difference>,
}

pub(super) fn compare(here: &WireShape, there: &WireShape) -> Vec<Difference> {
    let both = beside(here, there);
    // Recursion too long to be told apart: nothing counts as equal, and the walk finds its limits.
    let classes = classes(&both).unwrap_or_else(|| (0..both.len()).collect());
    let mut comparison = Comparison {
        here,
        there,
        classes,
        found: Vec::new(),
    };
    comparison.operations();
    let mut found = comparison.found;
    found.sort_by(|one, two| {
        (&one.place, one.kind, &one.there).cmp(&(&two.place, two.kind, &two.there))
    });
    found
}

/// The values of both, those of this side first.
fn beside(here: &WireShape, there: &WireShape) -> Vec<ValueShape> {
    let offset = here.values.len();
    let theirs = there.values.iter().map(|value| {
        let mut value = value.clone();
        value.map_ids(|id| ShapeId(id.0 + offset));
        value
    });
    here.values.iter().cloned().chain(theirs).collect()
}

pub(super) fn alike(here: &WireShape, there: &WireShape) -> Vec<(ShapeId, ShapeId)> {
    let mut all = beside(here, there);
    let count = all.len();
    let bare: Vec<ValueShape> = all
        .iter()
        .map(|value| ValueShape {
            null: false,
            default: None,
            ..value.clone()
        })
        .collect();
    all.extend(bare);
    let Some(classes) = classes(&all) else {
        return Vec::new();
    };
    let (ours, theirs) = classes[count..].split_at(here.values.len());
    let mut pairs = Vec::new();
    for (two, class) in theirs.iter().enumerate() {
        let same = ours.iter().enumerate().filter(|(_, it)| *it == class);
        pairs.extend(same.map(|(one, _)| (ShapeId(one), ShapeId(two))));
    }
    pairs
}

impl Comparison<'_> {
    /// The class of a value's shape of this side.
    pub(super) fn class_here(&self, id: ShapeId) -> usize {
        self.classes.get(id.0).copied().unwrap_or(usize::MAX)
    }

    /// The class of a value's shape of the other side.
    pub(super) fn class_there(&self, id: ShapeId) -> usize {
        let index = self.here.values.len() + id.0;
        self.classes.get(index).copied().unwrap_or(usize::MAX)
    }

    /// Whether nothing more is listed.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() > MAX_DIFFERENCES
    }

    pub(super) fn add(&mut self, difference: Difference) {
        if self.found.len() < MAX_DIFFERENCES {
            self.found.push(difference);
        } else if self.found.len() == MAX_DIFFERENCES {
            let place = Place::at(difference.place.method, &difference.place.path, Part::Whole);
            self.found
                .push(incomplete(place, "more differences than can be listed"));
        }
    }

    fn operations(&mut self) {
        let (here, there) = (self.here, self.there);
        let keys: BTreeSet<_> = here
            .operations
            .keys()
            .chain(there.operations.keys())
            .collect();
        for key in keys {
            let (here, there) = (here.operations.get(key), there.operations.get(key));
            let Some(operation) = here.or(there) else {
                continue;
            };
            let place = Place::at(operation.method, &operation.path, Part::Whole);
            match (here, there) {
                (Some(here), Some(there)) => Operation {
                    comparison: self,
                    here,
                    there,
                }
                .compare(),
                (Some(_), None) => self
                    .add(difference(place, Kind::Operation, Class::Breaking).here("the operation")),
                _ => self.add(
                    difference(place, Kind::Operation, Class::Additive)
                        .there("the operation")
                        .offers(Offer::Operation),
                ),
            }
        }
    }
}

pub(super) fn difference(place: Place, kind: Kind, class: Class) -> Difference {
    Difference {
        place,
        kind,
        class,
        here: None,
        there: None,
        offer: None,
        source: None,
    }
}

pub(super) fn incomplete(place: Place, what: &str) -> Difference {
    difference(place, Kind::Incomplete, Class::Breaking).here(what)
}

impl Difference {
    pub(super) fn here(mut self, what: impl Into<String>) -> Difference {
        self.here = Some(what.into());
        self
    }

    pub(super) fn there(mut self, what: impl Into<String>) -> Difference {
        self.there = Some(what.into());
        self
    }

    pub(super) fn offers(mut self, offer: Offer) -> Difference {
        self.offer = Some(offer);
        self
    }
}

/// The comparison of one operation that both sides have.
struct Operation<'a, 'b> {
    comparison: &'b mut Comparison<'a>,
    here: &'b OperationShape,
    there: &'b OperationShape,
}

impl Operation<'_, '_> {
    fn compare(mut self) {
        let place = self.place(Part::Whole);
        self.deprecated(place, self.here.deprecated, self.there.deprecated);
        self.security();
        self.parameters();
        self.body();
        self.answers();
    }

    fn place(&self, part: Part) -> Place {
        Place::at(self.here.method, &self.here.path, part)
    }

    fn deprecated(&mut self, place: Place, here: bool, there: bool) {
        if here != there {
            let said = |it| if it { "deprecated" } else { "not deprecated" };
            let found = difference(place, Kind::Deprecated, Class::Harmless);
            self.comparison
                .add(found.here(said(here)).there(said(there)));
        }
    }

    /// Compared only where both sides say something: many contracts leave it to their gateway.
    fn security(&mut self) {
        let (Some(here), Some(there)) = (&self.here.security, &self.there.security) else {
            return;
        };
        if here == there {
            return;
        }
        let said = |it: &BTreeSet<String>| it.iter().cloned().collect::<Vec<_>>().join(" or ");
        let change = Change::of(there.is_subset(here), here.is_subset(there));
        let place = self.place(Part::Security);
        let class = Direction::Request.class(change);
        let found = difference(place, Kind::Security, class);
        self.comparison
            .add(found.here(said(here)).there(said(there)));
    }

    fn parameters(&mut self) {
        let keys: BTreeSet<_> = self
            .here
            .parameters
            .keys()
            .chain(self.there.parameters.keys())
            .collect();
        for key in keys {
            let (here, there) = (
                self.here.parameters.get(key),
                self.there.parameters.get(key),
            );
            let Some(parameter) = here.or(there) else {
                continue;
            };
            let place = self.place(Part::Parameter(key.0, parameter.name.clone()));
            match (here, there) {
                (Some(here), Some(there)) => {
                    self.parameter(&place, here, there, Direction::Request)
                }
                (Some(here), None) => {
                    let said = required_value(self.comparison.here, here.required, here.value);
                    let found = difference(place, Kind::Parameter, Class::Breaking);
                    self.comparison.add(found.here(said));
                }
                (None, Some(there)) => {
                    let said = required_value(self.comparison.there, there.required, there.value);
                    let class = new_input(there.required);
                    let found = difference(place, Kind::Parameter, class).there(said);
                    self.comparison
                        .add(found.offers(Offer::Parameter(key.1.clone())));
                }
                (None, None) => {}
            }
        }
    }

    fn parameter(
        &mut self,
        place: &Place,
        here: &ParameterShape,
        there: &ParameterShape,
        direction: Direction,
    ) {
        self.deprecated(place.clone(), here.deprecated, there.deprecated);
        self.required(place, here.required, there.required, direction);
        let is_list = |shape: &WireShape, it: &ParameterShape| {
            let value = shape.value(it.value);
            value.array.is_some() || value.object.is_some()
        };
        let matters = is_list(self.comparison.here, here) || is_list(self.comparison.there, there);
        if matters && here.style != there.style {
            let found = difference(place.clone(), Kind::Style, Class::Breaking);
            self.comparison
                .add(found.here(&*here.style).there(&*there.style));
        }
        self.values(place, here.value, there.value, direction);
    }

    fn required(&mut self, place: &Place, here: bool, there: bool, direction: Direction) {
        if here != there {
            let class = direction.class(Change::of(!here, !there));
            let found = difference(place.clone(), Kind::Required, class);
            self.comparison
                .add(found.here(required(here)).there(required(there)));
        }
    }

    fn values(&mut self, place: &Place, here: ShapeId, there: ShapeId, direction: Direction) {
        Values::new(self.comparison, direction).compare(place.clone(), here, there);
    }

    fn body(&mut self) {
        let place = self.place(Part::Body(None));
        match (&self.here.body, &self.there.body) {
            (None, None) => {}
            (Some(here), Some(there)) => {
                self.required(&place, here.required, there.required, Direction::Request);
                self.content(
                    &here.content,
                    &there.content,
                    Direction::Request,
                    true,
                    Part::Body,
                );
            }
            (Some(here), None) => {
                let found = difference(place, Kind::Body, Class::Breaking);
                self.comparison.add(found.here(body(here)));
            }
            (None, Some(there)) => {
                let found = difference(place, Kind::Body, new_input(there.required));
                self.comparison.add(found.there(body(there)));
            }
        }
    }

    fn content(
        &mut self,
        here: &BTreeMap<String, ShapeId>,
        there: &BTreeMap<String, ShapeId>,
        direction: Direction,
        matters: bool,
        part: impl Fn(Option<String>) -> Part,
    ) {
        for name in here.keys().chain(there.keys()).collect::<BTreeSet<_>>() {
            let (here, there) = (here.get(name), there.get(name));
            if let (Some(here), Some(there)) = (here, there) {
                let place = self.place(part(Some(name.clone())));
                self.values(&place, *here, *there, direction);
                continue;
            }
            let class = match (matters, there.is_some()) {
                (true, is_there) => direction.class(Change::of(!is_there, is_there)),
                (false, _) => Class::Harmless,
            };
            // A media type that an answer no longer comes in is the one that is read.
            let class = if here.is_some() && matters {
                Class::Breaking
            } else {
                class
            };
            let found = difference(self.place(part(None)), Kind::MediaType, class);
            self.comparison.add(match here {
                Some(_) => found.here(name.as_str()),
                None => found.there(name.as_str()),
            });
        }
    }

    fn answers(&mut self) {
        let statuses: BTreeSet<_> = self
            .here
            .answers
            .keys()
            .chain(self.there.answers.keys())
            .collect();
        for &status in statuses {
            let (here, there) = (
                self.here.answers.get(&status),
                self.there.answers.get(&status),
            );
            if let (Some(here), Some(there)) = (here, there) {
                self.answer(status, here, there);
                continue;
            }
            let class = match is_success(status) {
                true => Class::Breaking,
                false => Class::Harmless,
            };
            let place = self.place(Part::Answer(status, None));
            let found = difference(place, Kind::Answer, class);
            self.comparison.add(match here {
                Some(_) => found.here("the answer"),
                None => found.there("the answer"),
            });
        }
    }

    fn answer(&mut self, status: StatusPattern, here: &AnswerShape, there: &AnswerShape) {
        let part = |media| Part::Answer(status, media);
        let matters = is_success(status);
        self.content(
            &here.content,
            &there.content,
            Direction::Answer,
            matters,
            part,
        );
        for key in here
            .headers
            .keys()
            .chain(there.headers.keys())
            .collect::<BTreeSet<_>>()
        {
            let (here, there) = (here.headers.get(key), there.headers.get(key));
            let Some(header) = here.or(there) else {
                continue;
            };
            let place = self.place(Part::Header(status, header.name.clone()));
            match (here, there) {
                (Some(here), Some(there)) => self.parameter(&place, here, there, Direction::Answer),
                (Some(here), None) => {
                    let class = match here.required {
                        true => Class::Breaking,
                        false => Class::Harmless,
                    };
                    let said = required_value(self.comparison.here, here.required, here.value);
                    self.comparison
                        .add(difference(place, Kind::Header, class).here(said));
                }
                (None, Some(there)) => {
                    let said = required_value(self.comparison.there, there.required, there.value);
                    let found = difference(place, Kind::Header, Class::Harmless);
                    self.comparison.add(found.there(said));
                }
                (None, None) => {}
            }
        }
    }
}

fn is_success(status: StatusPattern) -> bool {
    matches!(
        status,
        StatusPattern::Code(200..=299) | StatusPattern::Range(2)
    )
}

fn body(body: &BodyShape) -> String {
    let media: Vec<&str> = body.content.keys().map(String::as_str).collect();
    format!("{} {}", required(body.required), media.join(" or "))
}

/// What new input means for those who send none.
pub(super) fn new_input(required: bool) -> Class {
    match required {
        true => Class::Breaking,
        false => Class::Additive,
    }
}

pub(super) fn required(required: bool) -> &'static str {
    match required {
        true => "required",
        false => "optional",
    }
}

pub(super) fn required_value(shape: &WireShape, is: bool, value: ShapeId) -> String {
    format!("{} {}", required(is), shape.describe(value))
}
