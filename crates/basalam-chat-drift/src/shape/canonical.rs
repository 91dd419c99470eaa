//! Merging of equivalent values, at any depth.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use basalam_chat_openapi::{Error, Pointer};

use super::{OperationShape, ShapeId, ValueShape, WireShape};

/// The maximum number of steps of refining recursive shapes.
const MAX_STEPS: usize = 20_000_000;

/// Returns the equivalence class of every shape: two shapes are in one class if they are the same
/// on the wire.
///
/// Returns `None` if the circular references between shapes are too long.
pub(crate) fn equivalence_classes(values: &[ValueShape]) -> Option<Vec<usize>> {
    let mut classes = vec![usize::MAX; values.len()];
    let mut known: HashMap<ValueShape, usize> = HashMap::new();
    let recursive = visit_acyclic(values, |index| {
        let key = values[index].map_ids(|id| ShapeId(classes[id.0]));
        let next = known.len();
        classes[index] = *known.entry(key).or_insert(next);
    });
    refine(values, &recursive, &mut classes, known.len())?;
    Some(classes)
}

/// Calls `visit` for each shape after all of its children, and returns the shapes that are part of
/// a cycle or contain one.
fn visit_acyclic(values: &[ValueShape], mut visit: impl FnMut(usize)) -> Vec<usize> {
    let mut children = vec![0_usize; values.len()];
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); values.len()];
    for (index, value) in values.iter().enumerate() {
        for id in value.ids() {
            children[index] += 1;
            parents[id.0].push(index);
        }
    }
    let mut ready: VecDeque<usize> = (0..values.len()).filter(|it| children[*it] == 0).collect();
    while let Some(index) = ready.pop_front() {
        visit(index);
        for &parent in &parents[index] {
            children[parent] -= 1;
            if children[parent] == 0 {
                ready.push_back(parent);
            }
        }
    }
    (0..values.len()).filter(|it| children[*it] > 0).collect()
}

/// Refines the classes of recursive shapes, from those that ignore children, until they are stable.
fn refine(
    values: &[ValueShape],
    recursive: &[usize],
    classes: &mut [usize],
    first: usize,
) -> Option<()> {
    let mut keys: HashMap<ValueShape, usize> = HashMap::new();
    for &index in recursive {
        let key = values[index].map_ids(|_| ShapeId(0));
        let next = first + keys.len();
        classes[index] = *keys.entry(key).or_insert(next);
    }
    let mut count = keys.len();
    let mut steps = 0;
    loop {
        let mut signatures: HashMap<Vec<usize>, usize> = HashMap::new();
        let mut refined = Vec::with_capacity(recursive.len());
        for &index in recursive {
            let mut signature = vec![classes[index]];
            signature.extend(values[index].ids().map(|id| classes[id.0]));
            steps += signature.len();
            let next = first + signatures.len();
            refined.push(*signatures.entry(signature).or_insert(next));
        }
        for (&index, class) in recursive.iter().zip(refined) {
            classes[index] = class;
        }
        if signatures.len() == count {
            return Some(());
        }
        count = signatures.len();
        if steps > MAX_STEPS {
            return None;
        }
    }
}

/// Keeps one shape of each class that the operations refer to, in breadth-first order.
///
/// # Errors
///
/// [`Error::is_unsupported`] if the circular references are too long.
pub(crate) fn canonicalize(mut shape: WireShape) -> Result<WireShape, Error> {
    let Some(classes) = equivalence_classes(&shape.values) else {
        return Err(Error::unsupported(
            &Pointer::default().child("components").child("schemas"),
            "the circular references between schemas are too long to compare; shorten them",
        ));
    };
    let mut representatives: HashMap<usize, usize> = HashMap::new();
    for (index, class) in classes.iter().enumerate() {
        representatives.entry(*class).or_insert(index);
    }
    let mut ids: HashMap<usize, ShapeId> = HashMap::new();
    let mut order: Vec<&ValueShape> = Vec::new();
    let operations = shape.operations.values();
    let mut queue: VecDeque<&ShapeId> = operations.flat_map(OperationShape::ids).collect();
    while let Some(id) = queue.pop_front() {
        let class = classes[id.0];
        if let Entry::Vacant(entry) = ids.entry(class) {
            entry.insert(ShapeId(order.len()));
            let value = &shape.values[representatives[&class]];
            queue.extend(value.ids());
            order.push(value);
        }
    }
    let to = |id: &ShapeId| ids[&classes[id.0]];
    let values = order.into_iter().map(|it| it.map_ids(to)).collect();
    for operation in shape.operations.values_mut() {
        *operation = operation.map_ids(to);
    }
    Ok(WireShape { values, ..shape })
}
