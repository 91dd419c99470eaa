//! Merging of equivalent values, at any depth.

use std::collections::{HashMap, VecDeque};

use basalam_chat_openapi::{Error, Pointer};

use super::{ShapeId, ValueShape, WireShape};

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
        value.for_each_id(|id| {
            children[index] += 1;
            parents[id.0].push(index);
        });
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
            values[index].for_each_id(|id| signature.push(classes[id.0]));
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
    let mut order: Vec<usize> = Vec::new();
    let mut visit = |id: &ShapeId, order: &mut Vec<usize>| {
        let class = classes[id.0];
        ids.entry(class).or_insert_with(|| {
            order.push(class);
            ShapeId(order.len() - 1)
        });
    };
    for operation in shape.operations.values() {
        operation.for_each_id(|id| visit(id, &mut order));
    }
    let mut next = 0;
    while let Some(class) = order.get(next) {
        let value = &shape.values[representatives[class]];
        value.for_each_id(|id| visit(id, &mut order));
        next += 1;
    }
    let to = |id: &ShapeId| ids[&classes[id.0]];
    let values = order
        .iter()
        .map(|class| shape.values[representatives[class]].map_ids(to))
        .collect();
    for operation in shape.operations.values_mut() {
        *operation = operation.map_ids(to);
    }
    Ok(WireShape { values, ..shape })
}
