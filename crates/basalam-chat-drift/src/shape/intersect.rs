//! The values that fit one shape and the other.

use std::collections::BTreeSet;

use super::{
    ArrayShape, Bound, Member, NumberShape, ObjectShape, Others, ShapeId, TextShape, ValueShape,
};

/// Gives the shape that takes what both `one` and `two` take. `both` gives the id of the
/// intersection of two shapes.
pub(super) fn intersect(
    one: ValueShape,
    two: ValueShape,
    both: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ValueShape {
    ValueShape {
        null: one.null && two.null,
        boolean: and(one.boolean, two.boolean, common),
        number: and(one.number, two.number, numbers),
        text: and(one.text, two.text, texts),
        array: and(one.array, two.array, |one, two| {
            Some(ArrayShape {
                items: both(one.items, two.items),
                min_items: one.min_items.max(two.min_items),
                max_items: tighter(one.max_items, two.max_items, |one, two| one < two),
            })
        }),
        object: and(one.object, two.object, |one, two| {
            Some(objects(one, two, both))
        }),
        // What stands at the place itself comes first, and has the last word.
        default: one.default.or(two.default),
        rules: one.rules.into_iter().chain(two.rules).collect(),
        origin: if one.origin.0.is_some() {
            one.origin
        } else {
            two.origin
        },
    }
}

fn and<T>(one: Option<T>, two: Option<T>, both: impl FnOnce(T, T) -> Option<T>) -> Option<T> {
    both(one?, two?)
}

/// The values that both name, no values named meaning that any will do; `None` where none is left.
fn common<T: Ord + Clone>(one: BTreeSet<T>, two: BTreeSet<T>) -> Option<BTreeSet<T>> {
    match (one.is_empty(), two.is_empty()) {
        (true, _) => Some(two),
        (_, true) => Some(one),
        _ => {
            let common: BTreeSet<T> = one.intersection(&two).cloned().collect();
            (!common.is_empty()).then_some(common)
        }
    }
}

fn tighter<T: Copy>(one: Option<T>, two: Option<T>, is: impl Fn(T, T) -> bool) -> Option<T> {
    match (one, two) {
        (Some(one), Some(two)) => Some(if is(one, two) { one } else { two }),
        (one, two) => one.or(two),
    }
}

fn numbers(one: NumberShape, two: NumberShape) -> Option<NumberShape> {
    let mut number = NumberShape {
        whole: one.whole || two.whole,
        minimum: tighter(one.minimum, two.minimum, Bound::is_tighter_minimum),
        maximum: tighter(one.maximum, two.maximum, Bound::is_tighter_maximum),
        values: common(one.values, two.values)?,
    };
    if number.whole {
        number.minimum = number.minimum.map(Bound::lowest_whole);
        number.maximum = number.maximum.map(Bound::highest_whole);
    }
    Some(number)
}

fn texts(mut one: TextShape, mut two: TextShape) -> Option<TextShape> {
    one.patterns.append(&mut two.patterns);
    Some(TextShape {
        values: common(one.values, two.values)?,
        patterns: one.patterns,
        min_length: one.min_length.max(two.min_length),
        max_length: tighter(one.max_length, two.max_length, |one, two| one < two),
        binary: one.binary || two.binary,
    })
}

fn objects(
    one: ObjectShape,
    mut two: ObjectShape,
    both: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ObjectShape {
    let mut members = std::collections::BTreeMap::new();
    for (name, member) in one.members {
        let member = match two.members.remove(&name) {
            Some(other) => Member {
                required: member.required || other.required,
                value: both(member.value, other.value),
            },
            None => within(member, two.others, both),
        };
        members.insert(name, member);
    }
    for (name, member) in two.members {
        members.insert(name, within(member, one.others, both));
    }
    ObjectShape {
        members,
        others: match (one.others, two.others) {
            (Others::Anything, other) | (other, Others::Anything) => other,
            (Others::Each(one), Others::Each(two)) => Others::Each(both(one, two)),
            _ => Others::Nothing,
        },
        min_members: one.min_members.max(two.min_members),
        max_members: tighter(one.max_members, two.max_members, |one, two| one < two),
    }
}

/// A member that one side names and the other counts among its others. Where the other takes none,
/// the member stays: writers of such schemas mean the members of both.
fn within(
    member: Member,
    others: Others,
    both: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> Member {
    match others {
        Others::Each(value) => Member {
            value: both(member.value, value),
            ..member
        },
        Others::Anything | Others::Nothing => member,
    }
}
