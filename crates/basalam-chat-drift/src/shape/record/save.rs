//! From a wire shape to JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::super::{
    Bound, Number, NumberShape, ObjectShape, OperationShape, Others, ParameterShape, ShapeId,
    TextShape, ValueShape, WireShape,
};
use super::LISTED;
use crate::difference::{Part, Place, Step};

/// How deep values may hold each other before one of them goes to the list.
const MAX_INLINE: usize = 6;

pub(super) fn save(shape: &WireShape) -> Value {
    let mut saver = Saver {
        shape,
        places: places(shape),
        listed: BTreeSet::new(),
        waiting: Vec::new(),
    };
    let operations: Map<String, Value> = shape
        .operations()
        .map(|operation| {
            let name = format!("{} {}", operation.method, operation.path);
            (name, saver.operation(operation))
        })
        .collect();
    let mut values = Map::new();
    while let Some(id) = saver.waiting.pop() {
        let value = saver.body(id, 0);
        values.insert(saver.place(id), Value::Object(value));
    }
    json!({ "operations": operations, "values": values })
}

struct Saver<'a> {
    shape: &'a WireShape,
    places: BTreeMap<ShapeId, String>,
    listed: BTreeSet<ShapeId>,
    waiting: Vec<ShapeId>,
}

impl Saver<'_> {
    fn place(&self, id: ShapeId) -> String {
        self.places.get(&id).cloned().unwrap_or_default()
    }

    fn operation(&mut self, operation: &OperationShape) -> Value {
        let mut saved = Map::new();
        if operation.deprecated {
            saved.insert("deprecated".to_owned(), json!(true));
        }
        if let Some(security) = &operation.security {
            saved.insert("security".to_owned(), json!(security));
        }
        let mut parameters = Map::new();
        for ((location, _), parameter) in &operation.parameters {
            let there = parameters
                .entry(location.as_str())
                .or_insert_with(|| json!({}));
            there[&parameter.name] = self.parameter(parameter);
        }
        if !parameters.is_empty() {
            saved.insert("parameters".to_owned(), Value::Object(parameters));
        }
        if let Some(body) = &operation.body {
            let content = self.content(&body.content);
            let body = json!({ "required": body.required, "content": content });
            saved.insert("body".to_owned(), body);
        }
        let mut answers = Map::new();
        for (status, answer) in &operation.answers {
            let mut saved = Map::new();
            if !answer.content.is_empty() {
                saved.insert("content".to_owned(), self.content(&answer.content));
            }
            let mut headers = Map::new();
            for header in answer.headers.values() {
                headers.insert(header.name.clone(), self.parameter(header));
            }
            if !headers.is_empty() {
                saved.insert("headers".to_owned(), Value::Object(headers));
            }
            answers.insert(status.to_string(), Value::Object(saved));
        }
        saved.insert("answers".to_owned(), Value::Object(answers));
        Value::Object(saved)
    }

    fn content(&mut self, content: &BTreeMap<String, ShapeId>) -> Value {
        let mut saved = Map::new();
        for (name, id) in content {
            saved.insert(name.clone(), Value::Object(self.value(*id, 0)));
        }
        Value::Object(saved)
    }

    fn parameter(&mut self, parameter: &ParameterShape) -> Value {
        let mut saved = Map::new();
        let value = self.value(parameter.value, 0);
        saved.insert("required".to_owned(), json!(parameter.required));
        saved.insert("style".to_owned(), json!(parameter.style));
        saved.insert("value".to_owned(), Value::Object(value));
        if parameter.deprecated {
            saved.insert("deprecated".to_owned(), json!(true));
        }
        Value::Object(saved)
    }

    /// The value, or its place in the list where it has one.
    fn value(&mut self, id: ShapeId, depth: usize) -> Map<String, Value> {
        let value = self.shape.value(id);
        let has_members = value
            .object
            .as_ref()
            .is_some_and(|it| !it.members.is_empty());
        let anything = is_plain_anything(value, id);
        if has_members || (depth > MAX_INLINE && !anything) {
            if self.listed.insert(id) {
                self.waiting.push(id);
            }
            return Map::from_iter([(LISTED.to_owned(), json!(self.place(id)))]);
        }
        self.body(id, depth)
    }

    fn body(&mut self, id: ShapeId, depth: usize) -> Map<String, Value> {
        let value = self.shape.value(id);
        let mut saved = Map::new();
        if is_plain_anything(value, id) {
            return saved;
        }
        if value.is_nothing() {
            return Map::from_iter([("nothing".to_owned(), json!(true))]);
        }
        let mut add = |name: &str, value: Value| {
            saved.insert(name.to_owned(), value);
        };
        if value.null {
            add("null", json!(true));
        }
        if let Some(values) = &value.boolean {
            add("boolean", json!(values));
        }
        if let Some(it) = &value.number {
            add("number", number(it));
        }
        if let Some(it) = &value.text {
            add("text", text(it));
        }
        if let Some(array) = &value.array {
            let items = self.value(array.items, depth + 1);
            let mut array_saved = Map::from_iter([("items".to_owned(), json!(items))]);
            counts(&mut array_saved, array.min_items, array.max_items);
            add("array", Value::Object(array_saved));
        }
        if let Some(object) = &value.object {
            add("object", self.object(object, depth));
        }
        if let Some(default) = &value.default {
            add("default", json!(default));
        }
        let mut rules = Vec::new();
        for rule in &value.rules {
            let values: Map<String, Value> = rule
                .values
                .iter()
                .map(|(name, id)| (name.clone(), json!(self.value(*id, depth + 1))))
                .collect();
            rules.push(json!({ "keyword": rule.keyword, "value": rule.value, "values": values }));
        }
        if !rules.is_empty() {
            add("rules", Value::Array(rules));
        }
        saved
    }

    fn object(&mut self, object: &ObjectShape, depth: usize) -> Value {
        let mut saved = Map::new();
        let mut members = Map::new();
        for (name, member) in &object.members {
            let mut value = self.value(member.value, depth + 1);
            if member.required {
                value.insert("required".to_owned(), json!(true));
            }
            members.insert(name.clone(), Value::Object(value));
        }
        if !members.is_empty() {
            saved.insert("members".to_owned(), Value::Object(members));
        }
        match object.others {
            Others::Anything => {}
            Others::Nothing => {
                saved.insert("others".to_owned(), json!(false));
            }
            Others::Each(id) => {
                let value = self.value(id, depth + 1);
                saved.insert("others".to_owned(), Value::Object(value));
            }
        }
        counts(&mut saved, object.min_members, object.max_members);
        Value::Object(saved)
    }
}

/// Whether this takes anything, arrays of anything included: then its items are itself.
fn is_plain_anything(value: &ValueShape, id: ShapeId) -> bool {
    let items = value.array.as_ref().map(|array| array.items);
    value.is_anything() && value.default.is_none() && items == Some(id)
}

fn counts(saved: &mut Map<String, Value>, least: Option<u64>, most: Option<u64>) {
    for (name, count) in [("least", least), ("most", most)] {
        if let Some(count) = count {
            saved.insert(name.to_owned(), json!(count));
        }
    }
}

fn number(number: &NumberShape) -> Value {
    let mut saved = Map::new();
    if number.whole {
        saved.insert("whole".to_owned(), json!(true));
    }
    if !number.values.is_empty() {
        let values: Vec<Value> = number.values.iter().map(|it| plain(*it)).collect();
        saved.insert("values".to_owned(), Value::Array(values));
    }
    for (name, strict, bound) in [
        ("minimum", "above", number.minimum),
        ("maximum", "below", number.maximum),
    ] {
        if let Some(Bound { number, exclusive }) = bound {
            let name = if exclusive { strict } else { name };
            saved.insert(name.to_owned(), plain(number));
        }
    }
    Value::Object(saved)
}

fn plain(number: Number) -> Value {
    match number {
        // Larger ones were read from a number with a fraction part, and fit one again.
        #[allow(clippy::cast_precision_loss)]
        Number::Whole(whole) => i64::try_from(whole)
            .map(Value::from)
            .or_else(|_| u64::try_from(whole).map(Value::from))
            .unwrap_or_else(|_| Value::from(whole as f64)),
        Number::Real(real) => Value::from(real),
    }
}

fn text(text: &TextShape) -> Value {
    let mut saved = Map::new();
    for (name, list) in [("values", &text.values), ("patterns", &text.patterns)] {
        if !list.is_empty() {
            saved.insert(name.to_owned(), json!(list));
        }
    }
    if text.binary {
        saved.insert("binary".to_owned(), json!(true));
    }
    counts(&mut saved, text.min_length, text.max_length);
    Value::Object(saved)
}

/// The first place of every value, looking through all operations level by level.
fn places(shape: &WireShape) -> BTreeMap<ShapeId, String> {
    let mut places: BTreeMap<ShapeId, Place> = BTreeMap::new();
    let mut order: Vec<ShapeId> = Vec::new();
    let mut meet = |id: ShapeId, place: Place, order: &mut Vec<ShapeId>| {
        places.entry(id).or_insert_with(|| {
            order.push(id);
            place
        });
    };
    for operation in shape.operations() {
        let at = |part| Place::at(operation.method, &operation.path, part);
        for ((location, _), parameter) in &operation.parameters {
            let part = Part::Parameter(*location, parameter.name.clone());
            meet(parameter.value, at(part), &mut order);
        }
        for (media, id) in operation.body.iter().flat_map(|it| &it.content) {
            meet(*id, at(Part::Body(Some(media.clone()))), &mut order);
        }
        for (status, answer) in &operation.answers {
            for (media, id) in &answer.content {
                meet(
                    *id,
                    at(Part::Answer(*status, Some(media.clone()))),
                    &mut order,
                );
            }
            for header in answer.headers.values() {
                let part = Part::Header(*status, header.name.clone());
                meet(header.value, at(part), &mut order);
            }
        }
    }
    let mut next = 0;
    let mut all: BTreeMap<ShapeId, Place> = places;
    while let Some(id) = order.get(next).copied() {
        next += 1;
        let Some(place) = all.get(&id).cloned() else {
            continue;
        };
        for (step, inner) in steps(shape.value(id)) {
            all.entry(inner).or_insert_with(|| {
                order.push(inner);
                let mut place = place.clone();
                place.steps.push(step);
                place
            });
        }
    }
    all.into_iter()
        .map(|(id, place)| (id, place.to_string()))
        .collect()
}

/// What is directly inside, with the way there. Rules count as members, named by their keywords.
fn steps(value: &ValueShape) -> Vec<(Step, ShapeId)> {
    let mut steps = Vec::new();
    if let Some(array) = &value.array {
        steps.push((Step::Items, array.items));
    }
    if let Some(object) = &value.object {
        for (name, member) in &object.members {
            steps.push((Step::Member(name.clone()), member.value));
        }
        if let Others::Each(id) = object.others {
            steps.push((Step::Others, id));
        }
    }
    for rule in &value.rules {
        for (name, id) in &rule.values {
            steps.push((Step::Member(format!("({} {name})", rule.keyword)), *id));
        }
    }
    steps
}
