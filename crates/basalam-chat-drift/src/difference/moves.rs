//! Recognition of operations that a contract has moved or renamed.

use std::collections::BTreeMap;

use crate::shape::{OperationKey, OperationShape, WireShape, similarity, without_names};

/// The number of pairs of operations that are compared.
const MAX_PAIRS: usize = 20_000;

/// The share of common names from which two operations can be the same.
const SIMILAR: f64 = 0.5;

/// The share of common path segments from which two similar operations can be the same.
const NEAR: f64 = 0.3;

/// Returns `other` with its moved operations under the keys that they have in `base`.
pub(crate) fn follow(base: &WireShape, mut other: WireShape) -> WireShape {
    let removed = only_in(base, &other);
    let added = only_in(&other, base);
    let mut pairs = Vec::new();
    if removed.len() * added.len() <= MAX_PAIRS {
        for from in &removed {
            for to in &added {
                let score = score(base, from, &other, to);
                pairs.extend(score.map(|score| (score, from, to)));
            }
        }
    }
    // The most similar first; equal ones in the order of their paths.
    pairs.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut moved: BTreeMap<&OperationKey, &OperationKey> = BTreeMap::new();
    for (_, from, to) in pairs {
        if !moved.contains_key(from) && !moved.values().any(|it| *it == to) {
            moved.insert(from, to);
        }
    }
    for (from, to) in moved {
        if let Some(operation) = other.operations.remove(to) {
            other.operations.insert(from.clone(), operation);
        }
    }
    other
}

fn only_in(shape: &WireShape, other: &WireShape) -> Vec<OperationKey> {
    let keys = shape.operations.keys().cloned();
    keys.filter(|it| !other.operations.contains_key(it))
        .collect()
}

/// Returns the similarity of two operations, if they can be the same.
fn score(
    base: &WireShape,
    from: &OperationKey,
    other: &WireShape,
    to: &OperationKey,
) -> Option<f64> {
    let (base_operation, other_operation) = (&base.operations[from], &other.operations[to]);
    let paths = path_similarity(base_operation, other_operation);
    if from.method == to.method && paths == 1.0 {
        return Some(2.0 + paths);
    }
    let is_near = match from.method == to.method {
        true => paths >= NEAR,
        false => from.path == to.path,
    };
    if !is_near {
        return None;
    }
    let base_names = base.operation_names(base_operation);
    let names = similarity(&base_names, &other.operation_names(other_operation));
    (names >= SIMILAR && !base_names.is_empty()).then_some(names + paths)
}

/// Returns the share of segments that are equal at the start and at the end, without versions.
fn path_similarity(left: &OperationShape, right: &OperationShape) -> f64 {
    let (left, right) = (without_names(&left.path), without_names(&right.path));
    let [left, right] =
        [&left, &right].map(|it| it.split('/').filter(|it| is_name(it)).collect::<Vec<_>>());
    let shorter = left.len().min(right.len());
    let pairs = left.iter().zip(&right);
    let start = pairs.take_while(|(left, right)| left == right).count();
    let pairs = left.iter().rev().zip(right.iter().rev());
    let pairs = pairs.take(shorter - start);
    let end = pairs.take_while(|(left, right)| left == right).count();
    match left.len() + right.len() {
        0 => 1.0,
        // The numbers are small.
        total => (2 * (start + end)) as f64 / total as f64,
    }
}

/// Returns `true` for a segment that is not a version, such as `v1`.
fn is_name(segment: &str) -> bool {
    let version = segment.strip_prefix('v').unwrap_or_default();
    let is_version =
        !version.is_empty() && version.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    !segment.is_empty() && !is_version
}
