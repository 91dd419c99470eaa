//! Histories that are linearizable, and others that are not.

use Outcome::{Conflict, Deleted, Read, Unknown, Written};

use super::*;

fn version(number: u64) -> Version {
    Version::from_number(number)
}

fn operation((start, end): (u64, u64), action: Action, outcome: Outcome) -> Operation {
    Operation {
        key: 0,
        start,
        end,
        action,
        outcome,
    }
}

fn put(time: (u64, u64), value: u64, mode: PutMode, outcome: Outcome) -> Operation {
    operation(time, Action::Put(value, mode), outcome)
}

/// Creates a value whose version is the same number.
fn create(time: (u64, u64), value: u64) -> Operation {
    put(time, value, PutMode::Create, Written(version(value)))
}

fn update(time: (u64, u64), old: u64, value: u64) -> Operation {
    put(
        time,
        value,
        PutMode::Update(version(old)),
        Written(version(value)),
    )
}

fn read(time: (u64, u64), value: Option<u64>) -> Operation {
    let read = value.map(|value| (value, version(value)));
    operation(time, Action::Get, Read(read))
}

fn delete(time: (u64, u64), old: u64, outcome: Outcome) -> Operation {
    operation(time, Action::Delete(version(old)), outcome)
}

fn accepts(history: &[Operation]) {
    check(history).unwrap();
}

fn rejects(history: &[Operation], problem: &str) {
    let error = check(history).unwrap_err();
    assert!(error.contains(problem), "{error}");
}

#[test]
fn accepts_reads_of_the_old_and_the_new_value_during_a_write() {
    let (first, second) = (create((0, 1), 1), update((2, 9), 1, 2));
    accepts(&[
        first.clone(),
        second.clone(),
        read((3, 4), Some(1)),
        read((5, 6), Some(2)),
    ]);
    accepts(&[
        first.clone(),
        second.clone(),
        read((3, 5), Some(2)),
        read((4, 6), Some(1)),
    ]);
    rejects(
        &[first, second, read((3, 4), Some(2)), read((5, 6), Some(1))],
        "no moment",
    );
}

#[test]
fn rejects_stale_reads_and_reads_of_the_future() {
    let history = [create((0, 1), 1), update((2, 3), 1, 2)];
    let with = |other: Operation| [history[0].clone(), history[1].clone(), other];
    accepts(&with(read((4, 5), Some(2))));
    rejects(&with(read((4, 5), Some(1))), "no moment");
    rejects(&with(read((4, 5), None)), "no moment");
    rejects(&[create((2, 3), 1), read((0, 1), Some(1))], "no moment");
    rejects(&with(read((4, 5), Some(7))), "nobody wrote");
    let mixed = operation((4, 5), Action::Get, Read(Some((1, version(2)))));
    rejects(&with(mixed), "nobody wrote");
}

#[test]
fn rejects_lost_updates() {
    rejects(
        &[
            create((0, 1), 1),
            update((2, 5), 1, 2),
            update((3, 6), 1, 3),
        ],
        "was written by",
    );
    rejects(&[create((0, 1), 1), create((2, 3), 2)], "was written by");
    rejects(&[update((0, 1), 5, 6)], "was written by");
    accepts(&[
        create((0, 1), 1),
        update((2, 5), 1, 3),
        update((3, 6), 3, 4),
    ]);
}

#[test]
fn rejects_versions_in_another_order() {
    let overwrite = |time, value| put(time, value, PutMode::Overwrite, Written(version(value)));
    rejects(
        &[overwrite((0, 1), 2), overwrite((2, 3), 1)],
        "smaller version",
    );
    rejects(
        &[
            overwrite((0, 1), 9),
            overwrite((4, 5), 1),
            overwrite((2, 3), 4),
        ],
        "smaller version",
    );
    rejects(
        &[overwrite((0, 1), 2), overwrite((0, 3), 2)],
        "same version",
    );
    accepts(&[overwrite((0, 3), 2), overwrite((2, 4), 1)]);
    let mut other_key = overwrite((2, 3), 1);
    other_key.key = 1;
    rejects(&[overwrite((0, 1), 2), other_key], "smaller version");
}

#[test]
fn conflicts_need_a_reason() {
    let conflict = |time, old| put(time, 50, PutMode::Update(version(old)), Conflict);
    let first = create((0, 1), 1);
    rejects(&[first.clone(), conflict((2, 3), 1)], "no moment");
    rejects(
        &[first.clone(), conflict((2, 3), 1), update((4, 5), 1, 2)],
        "no moment",
    );
    accepts(&[first.clone(), conflict((2, 5), 1), update((4, 6), 1, 2)]);
    let history = [first.clone(), conflict((2, 5), 1), update((3, 9), 1, 2)];
    accepts(&history);
    // The conflict shows that the update was made.
    let stale = [&history[..], &[read((6, 7), Some(1))]].concat();
    rejects(&stale, "no moment");
    rejects(&[put((0, 1), 1, PutMode::Create, Conflict)], "no moment");
    rejects(&[first.clone(), delete((2, 3), 1, Conflict)], "no moment");
    accepts(&[first, put((2, 3), 2, PutMode::Create, Conflict)]);
}

#[test]
fn deleted_values_do_not_return() {
    let deleted = [create((0, 1), 1), delete((2, 3), 1, Deleted)];
    let with = |others: &[Operation]| [&deleted[..], others].concat();
    accepts(&with(&[
        read((4, 5), None),
        create((6, 7), 2),
        read((8, 9), Some(2)),
    ]));
    rejects(&with(&[read((4, 5), Some(1))]), "no moment");
    rejects(&with(&[update((4, 5), 1, 2)]), "was written by");
    rejects(&with(&[delete((4, 5), 1, Deleted)]), "deleted 2 times");
    rejects(&[create((0, 1), 1), read((2, 3), None)], "no moment");
    accepts(&with(&[create((4, 5), 2), delete((6, 7), 1, Conflict)]));
}

#[test]
fn unknown_writes_are_made_once_or_never() {
    let unknown = put((2, 3), 2, PutMode::Update(version(1)), Unknown);
    let start = [create((0, 1), 1), unknown];
    let with = |others: &[Operation]| [&start[..], others].concat();
    accepts(&with(&[read((4, 5), Some(1))]));
    accepts(&with(&[read((4, 5), Some(1)), read((6, 7), Some(2))]));
    accepts(&with(&[read((4, 5), Some(2)), update((6, 7), 2, 3)]));
    rejects(
        &with(&[read((4, 5), Some(2)), read((6, 7), Some(1))]),
        "no moment",
    );
    rejects(
        &with(&[update((4, 5), 1, 3), read((6, 7), Some(2))]),
        "was written by",
    );
    let early = [create((0, 1), 1), read((2, 3), Some(2))];
    let unknown = put((4, 5), 2, PutMode::Overwrite, Unknown);
    rejects(&[&early[..], &[unknown]].concat(), "no moment");
}

#[test]
fn unknown_deletions_are_made_once_or_never() {
    let start = [create((0, 1), 1), delete((2, 3), 1, Unknown)];
    let with = |others: &[Operation]| [&start[..], others].concat();
    accepts(&with(&[read((4, 5), Some(1))]));
    accepts(&with(&[read((4, 5), None), create((6, 7), 2)]));
    accepts(&with(&[update((4, 5), 1, 2), read((6, 7), Some(2))]));
    rejects(
        &with(&[read((4, 5), None), read((6, 7), Some(1))]),
        "no moment",
    );
}

#[test]
fn keys_are_independent() {
    let mut other = read((2, 3), None);
    other.key = 1;
    accepts(&[create((0, 1), 1), other]);
}
