//! Checks that a history is linearizable: that each operation can be placed at one moment between its beginning and its
//! end, so that all return what they would have returned one after the other.
//!
//! In general this needs a search. Here it does not, since versions show the order of the writes of a key: they are
//! points of a line, each operation fits at some of them, and taking the first possible point is never wrong.

use std::collections::BTreeMap;

use basalam_chat::state::{PutMode, Version};

use super::history::{Action, Operation, Outcome};

/// Returns the first problem of a history, if there is one.
pub(super) fn check(history: &[Operation]) -> Result<(), String> {
    check_versions(history)?;
    let mut keys: BTreeMap<usize, Vec<Operation>> = BTreeMap::new();
    for operation in history {
        keys.entry(operation.key)
            .or_default()
            .push(operation.clone());
    }
    for operations in keys.values_mut() {
        operations.sort_by_key(|it| it.start);
        Line::new(operations)?.place_all(operations)?;
    }
    Ok(())
}

/// Versions are unique, and larger than those of all writes that ended before, whatever their keys.
fn check_versions(history: &[Operation]) -> Result<(), String> {
    let written = history.iter().filter_map(|it| match it.outcome {
        Outcome::Written(version) => Some((version, it)),
        _ => None,
    });
    let mut written: Vec<_> = written.collect();
    written.sort_by_key(|(version, _)| *version);
    // The latest start of the writes with smaller versions.
    let mut last: Option<(Version, &Operation)> = None;
    for (version, write) in written {
        if let Some((smaller, earlier)) = last {
            if smaller == version {
                return Err(format!(
                    "two writes have the same version: {earlier:?}, {write:?}"
                ));
            }
            if write.end < earlier.start {
                return Err(format!(
                    "a later write has a smaller version: {earlier:?}, {write:?}"
                ));
            }
        }
        let is_latest = last.is_none_or(|(_, earlier)| earlier.start <= write.start);
        let latest = last
            .filter(|_| !is_latest)
            .map_or(write, |(_, earlier)| earlier);
        last = Some((version, latest));
    }
    Ok(())
}

/// The states of one key, in order.
struct Line(Vec<Point>);

#[derive(Clone, Copy)]
struct Point {
    /// The value and its version, or `None` if the key has no value.
    state: Option<(u64, Version)>,
    /// Whether the state certainly occurred: the outcome of the deletion that leads to it is known.
    is_certain: bool,
}

impl Line {
    fn new(operations: &[Operation]) -> Result<Line, String> {
        let mut points = vec![Point {
            state: None,
            is_certain: true,
        }];
        for (version, (value, mode)) in writes(operations)? {
            let before = points[points.len() - 1];
            let is_possible = match mode {
                None | Some(PutMode::Overwrite) => true,
                Some(PutMode::Create) => before.state.is_none(),
                Some(PutMode::Update(expected)) => {
                    if before.state.is_none() && !before.is_certain {
                        // The deletion was not made, or not before.
                        points.pop();
                    }
                    let before = points[points.len() - 1].state;
                    before.is_some_and(|(_, version)| version == expected)
                }
            };
            if !is_possible {
                let before = before.state;
                return Err(format!(
                    "version {version} was written by {mode:?} over {before:?}"
                ));
            }
            points.push(Point {
                state: Some((value, version)),
                is_certain: true,
            });
            points.extend(deletion(operations, version)?);
        }
        Ok(Line(points))
    }

    /// Places the operations, which are sorted by their start.
    fn place_all(&self, operations: &[Operation]) -> Result<(), String> {
        let observed: Vec<u64> = self
            .0
            .iter()
            .filter_map(|it| it.state)
            .map(|it| it.0)
            .collect();
        // A write that nobody has seen can explain any conflict.
        let has_unseen_write = operations.iter().any(|it| match it.action {
            Action::Put(value, _) => it.outcome == Outcome::Unknown && !observed.contains(&value),
            _ => false,
        });
        // The ends and places of the operations so far.
        let mut placed: Vec<(u64, usize)> = Vec::new();
        for operation in operations {
            if operation.outcome == Outcome::Conflict && has_unseen_write {
                continue;
            }
            let ended = placed.iter().filter(|(end, _)| *end < operation.start);
            let earliest = ended.map(|(_, place)| *place).max();
            let place = (0..self.0.len()).find(|place| {
                let follows = match is_transition(operation) {
                    true => earliest.is_none_or(|earliest| *place > earliest),
                    false => earliest.is_none_or(|earliest| *place >= earliest),
                };
                follows && self.fits(operation, *place)
            });
            match (place, operation.outcome) {
                (Some(place), Outcome::Unknown) => placed.push((u64::MAX, place)),
                (Some(place), _) => placed.push((operation.end, place)),
                // It was not made.
                (None, Outcome::Unknown) if !self.is_seen(operation) => {}
                (None, _) => return Err(format!("no moment explains {operation:?}")),
            }
        }
        Ok(())
    }

    /// Returns `true` if the operation can take place at this point.
    fn fits(&self, operation: &Operation, place: usize) -> bool {
        let state = self.0[place].state;
        let version = state.map(|(_, version)| version);
        match (operation.action, operation.outcome) {
            (Action::Get, Outcome::Read(read)) => state == read,
            (Action::Put(..), Outcome::Written(written)) => version == Some(written),
            (Action::Put(value, _), Outcome::Unknown) => state.is_some_and(|it| it.0 == value),
            (Action::Put(_, mode), Outcome::Conflict) => !mode.permits(version),
            (Action::Delete(deleted), Outcome::Deleted) => {
                let before = place.checked_sub(1).and_then(|before| self.0[before].state);
                version.is_none() && before.is_some_and(|(_, version)| version == deleted)
            }
            (Action::Delete(deleted), Outcome::Conflict) => version != Some(deleted),
            _ => false,
        }
    }

    /// Returns `true` if a write whose outcome is unknown was certainly made.
    fn is_seen(&self, operation: &Operation) -> bool {
        match operation.action {
            Action::Put(value, _) => self
                .0
                .iter()
                .any(|it| it.state.is_some_and(|it| it.0 == value)),
            _ => false,
        }
    }
}

fn is_transition(operation: &Operation) -> bool {
    !matches!(operation.outcome, Outcome::Read(_) | Outcome::Conflict)
}

/// Returns the value and the mode of each version: of the writes that returned, and of those that were only read.
fn writes(operations: &[Operation]) -> Result<BTreeMap<Version, (u64, Option<PutMode>)>, String> {
    let mut writes = BTreeMap::new();
    for operation in operations {
        if let (Action::Put(value, mode), Outcome::Written(version)) =
            (operation.action, operation.outcome)
        {
            writes.insert(version, (value, Some(mode)));
        }
    }
    for operation in operations {
        let Outcome::Read(Some((value, version))) = operation.outcome else {
            continue;
        };
        let unknown = operations.iter().find_map(|it| match it.action {
            Action::Put(written, mode) if written == value && it.outcome == Outcome::Unknown => {
                Some((value, Some(mode)))
            }
            _ => None,
        });
        let known = writes.get(&version).copied().or(unknown);
        match known {
            Some((written, mode)) if written == value => writes.insert(version, (value, mode)),
            _ => return Err(format!("nobody wrote what was read: {operation:?}")),
        };
    }
    Ok(writes)
}

/// Returns the state after the deletion of a version, if it was or may have been deleted.
fn deletion(operations: &[Operation], version: Version) -> Result<Option<Point>, String> {
    let deletions = operations
        .iter()
        .filter(|it| it.action == Action::Delete(version));
    let outcomes: Vec<Outcome> = deletions.map(|it| it.outcome).collect();
    let made = outcomes
        .iter()
        .filter(|it| **it == Outcome::Deleted)
        .count();
    if made > 1 {
        return Err(format!("version {version} was deleted {made} times"));
    }
    let is_possible = made == 1 || outcomes.contains(&Outcome::Unknown);
    Ok(is_possible.then_some(Point {
        state: None,
        is_certain: made == 1,
    }))
}

#[cfg(test)]
mod tests;
