//! The values that fit one shape or the other.

use std::collections::BTreeSet;

use super::{
    ArrayShape, Bound, Member, NumberShape, ObjectShape, Others, ShapeId, TextShape, ValueShape,
};

/// Gives the shape that takes what `one` takes and what `two` takes. `union` gives the id of the
/// union of two shapes.
pub(super) fn unite(
    one: ValueShape,
    two: ValueShape,
    union: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ValueShape {
    let default = match (one.default, two.default) {
        (one, two) if one == two => one,
        (Some(only), None) | (None, Some(only)) => Some(only),
        // Nobody knows which of the two a missing value means.
        _ => None,
    };
    ValueShape {
        null: one.null || two.null,
        boolean: either(one.boolean, two.boolean, open_or_both),
        number: either(one.number, two.number, numbers),
        text: either(one.text, two.text, texts),
        array: either(one.array, two.array, |one, two| arrays(&one, &two, union)),
        object: either(one.object, two.object, |one, two| objects(one, two, union)),
        default,
        rules: one.rules.into_iter().chain(two.rules).collect(),
        origin: one.origin,
    }
}

fn either<T>(one: Option<T>, two: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, two) {
        (Some(one), Some(two)) => Some(both(one, two)),
        (one, two) => one.or(two),
    }
}

/// No values named means that any will do.
fn open_or_both<T: Ord>(one: BTreeSet<T>, two: BTreeSet<T>) -> BTreeSet<T> {
    if one.is_empty() || two.is_empty() {
        return BTreeSet::new();
    }
    one.into_iter().chain(two).collect()
}

fn numbers(one: NumberShape, two: NumberShape) -> NumberShape {
    NumberShape {
        whole: one.whole && two.whole,
        minimum: looser(one.minimum, two.minimum, Bound::is_tighter_minimum),
        maximum: looser(one.maximum, two.maximum, Bound::is_tighter_maximum),
        values: open_or_both(one.values, two.values),
    }
}

fn looser<T: Copy>(one: Option<T>, two: Option<T>, tighter: impl Fn(T, T) -> bool) -> Option<T> {
    let (one, two) = (one?, two?);
    Some(if tighter(one, two) { two } else { one })
}

fn texts(one: TextShape, two: TextShape) -> TextShape {
    TextShape {
        patterns: patterns(one.patterns, two.patterns),
        min_length: looser(one.min_length, two.min_length, |one, two| one > two),
        max_length: looser(one.max_length, two.max_length, |one, two| one < two),
        binary: one.binary && two.binary,
        values: open_or_both(one.values, two.values),
    }
}

fn patterns(one: BTreeSet<String>, two: BTreeSet<String>) -> BTreeSet<String> {
    if one == two {
        return one;
    }
    if one.is_empty() || two.is_empty() {
        return BTreeSet::new();
    }
    let choices: BTreeSet<String> = [one, two]
        .into_iter()
        .map(|all| all.into_iter().collect::<Vec<_>>().join(" and "))
        .collect();
    BTreeSet::from([choices.into_iter().collect::<Vec<_>>().join(" or ")])
}

fn arrays(
    one: &ArrayShape,
    two: &ArrayShape,
    union: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ArrayShape {
    ArrayShape {
        items: union(one.items, two.items),
        min_items: looser(one.min_items, two.min_items, |one, two| one > two),
        max_items: looser(one.max_items, two.max_items, |one, two| one < two),
    }
}

fn objects(
    one: ObjectShape,
    mut two: ObjectShape,
    union: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ObjectShape {
    let mut members = std::collections::BTreeMap::new();
    for (name, member) in one.members {
        let member = match two.members.remove(&name) {
            Some(other) => Member {
                required: member.required && other.required,
                value: union(member.value, other.value),
            },
            None => optional(member),
        };
        members.insert(name, member);
    }
    members.extend(
        two.members
            .into_iter()
            .map(|(name, it)| (name, optional(it))),
    );
    ObjectShape {
        members,
        others: match (one.others, two.others) {
            (Others::Anything, _) | (_, Others::Anything) => Others::Anything,
            (Others::Each(one), Others::Each(two)) => Others::Each(union(one, two)),
            (Others::Each(only), _) | (_, Others::Each(only)) => Others::Each(only),
            (Others::Nothing, Others::Nothing) => Others::Nothing,
        },
        min_members: looser(one.min_members, two.min_members, |one, two| one > two),
        max_members: looser(one.max_members, two.max_members, |one, two| one < two),
    }
}

fn optional(member: Member) -> Member {
    Member {
        required: false,
        ..member
    }
}
