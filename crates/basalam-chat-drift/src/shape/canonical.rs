//! One id for what is the same, however often and at whatever depth the document says it.

use std::collections::{HashMap, VecDeque};

use super::{ShapeId, ValueShape, WireShape};
use basalam_chat_openapi::{Error, Pointer};

/// How many steps may be spent on telling recursive shapes apart.
const MAX_STEPS: usize = 20_000_000;

/// Gives the class of every shape: two have the same one where nothing on the wire tells them apart.
///
/// `None` where recursion is so long that telling would take forever.
pub(crate) fn classes(values: &[ValueShape]) -> Option<Vec<usize>> {
    let mut classes = vec![usize::MAX; values.len()];
    let mut known: HashMap<ValueShape, usize> = HashMap::new();
    let recursive = without_recursion(values, |index| {
        let mut key = values[index].clone();
        key.map_ids(|id| ShapeId(classes[id.0]));
        let next = known.len();
        classes[index] = *known.entry(key).or_insert(next);
    });
    tell_apart(values, &recursive, &mut classes, known.len())?;
    Some(classes)
}

/// Calls `visit` for each shape after all inside of it, and gives those that this never comes to.
fn without_recursion(values: &[ValueShape], mut visit: impl FnMut(usize)) -> Vec<usize> {
    let mut inside = vec![0_usize; values.len()];
    let mut around: Vec<Vec<usize>> = vec![Vec::new(); values.len()];
    for (index, value) in values.iter().enumerate() {
        value.for_each_id(|id| {
            inside[index] += 1;
            around[id.0].push(index);
        });
    }
    let mut ready: VecDeque<usize> = (0..values.len()).filter(|it| inside[*it] == 0).collect();
    while let Some(index) = ready.pop_front() {
        visit(index);
        for &outer in &around[index] {
            inside[outer] -= 1;
            if inside[outer] == 0 {
                ready.push_back(outer);
            }
        }
    }
    (0..values.len()).filter(|it| inside[*it] > 0).collect()
}

/// Splits the recursive shapes, which at first all count as one, until nothing tells the members of
/// a class apart.
fn tell_apart(
    values: &[ValueShape],
    recursive: &[usize],
    classes: &mut [usize],
    first: usize,
) -> Option<()> {
    let mut keys: HashMap<ValueShape, usize> = HashMap::new();
    for &index in recursive {
        let mut key = values[index].clone();
        key.map_ids(|_| ShapeId(0));
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

/// Gives each shape the place at which it is first met from the operations, once, and drops the rest.
///
/// Refuses recursion that cannot be told apart in time.
pub(super) fn tidy(mut shape: WireShape) -> Result<WireShape, Error> {
    let Some(classes) = classes(&shape.values) else {
        return Err(Error::unsupported(
            &Pointer::default().child("components").child("schemas"),
            "schemas refer to one another in too long a circle to be compared; shorten it",
        ));
    };
    let mut representatives: HashMap<usize, usize> = HashMap::new();
    for (index, class) in classes.iter().enumerate() {
        representatives.entry(*class).or_insert(index);
    }
    let mut places: HashMap<usize, ShapeId> = HashMap::new();
    let mut order: Vec<usize> = Vec::new();
    let mut meet = |id: ShapeId, order: &mut Vec<usize>| {
        let class = classes[id.0];
        *places.entry(class).or_insert_with(|| {
            order.push(class);
            ShapeId(order.len() - 1)
        })
    };
    for operation in shape.operations.values() {
        operation.for_each_id(|id| {
            meet(id, &mut order);
        });
    }
    let mut next = 0;
    while let Some(class) = order.get(next) {
        let value = &shape.values[representatives[class]];
        value.for_each_id(|id| {
            meet(id, &mut order);
        });
        next += 1;
    }
    let to = |id: ShapeId| places[&classes[id.0]];
    let values = order.iter().map(|class| {
        let mut value = shape.values[representatives[class]].clone();
        value.map_ids(to);
        value
    });
    let values = values.collect();
    for operation in shape.operations.values_mut() {
        operation.map_ids(to);
    }
    Ok(WireShape { values, ..shape })
}
