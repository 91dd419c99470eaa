//! What a schema says of its value itself, the schemas that it refers to aside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::{
    ArrayShape, Bound, Member, Number, NumberShape, ObjectShape, Others, Rule, TextShape,
    ValueShape,
};
use super::{Reader, sorted};
use basalam_chat_openapi::json_schema::check_keywords;
use basalam_chat_openapi::{Error, Pointer};

/// Keywords with a schema in them that are compared as rules.
const RULES_WITH_SCHEMA: [&str; 8] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords with several schemas in them that are compared as rules.
const RULES_WITH_SCHEMAS: [&str; 3] = ["prefixItems", "patternProperties", "dependentSchemas"];

/// Keywords without schemas that are compared as rules.
const RULES: [&str; 7] = [
    "multipleOf",
    "uniqueItems",
    "minContains",
    "maxContains",
    "dependentRequired",
    "readOnly",
    "writeOnly",
];

impl Reader<'_> {
    pub(super) fn own_keywords(
        &mut self,
        keywords: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<ValueShape, Error> {
        check_keywords(keywords, at)?;
        let types = types(keywords);
        let has = |name: &str| types.is_empty() || types.contains(name);
        let mut shape = ValueShape {
            null: has("null"),
            boolean: has("boolean").then(BTreeSet::new),
            number: (has("number") || has("integer")).then(|| NumberShape {
                whole: !has("number"),
                ..NumberShape::default()
            }),
            text: has("string").then(|| text(keywords)),
            ..ValueShape::nothing()
        };
        if let Some(number) = &mut shape.number {
            bounds(number, keywords);
        }
        if has("array") {
            shape.array = Some(self.array(keywords, at));
        }
        if has("object") {
            shape.object = Some(self.object(keywords, at)?);
        }
        values(&mut shape, keywords);
        if let Some(default) = keywords.get("default").filter(|it| !it.is_null()) {
            shape.default = Some(canonical(default));
        }
        shape.rules = self.rules(keywords, at)?;
        Ok(shape)
    }

    fn array(&mut self, keywords: &Map<String, Value>, at: &Pointer) -> ArrayShape {
        let items = match keywords.get("items") {
            Some(_) => self.schema(&at.child("items")),
            None => self.anything(),
        };
        ArrayShape {
            items,
            min_items: count(keywords, "minItems").filter(|it| *it > 0),
            max_items: count(keywords, "maxItems"),
        }
    }

    fn object(
        &mut self,
        keywords: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<ObjectShape, Error> {
        let mut members = BTreeMap::new();
        match keywords.get("properties") {
            None => {}
            Some(Value::Object(properties)) => {
                let at = at.child("properties");
                for name in properties.keys() {
                    let member = Member {
                        required: false,
                        value: self.schema(&at.child(name)),
                    };
                    members.insert(name.clone(), member);
                }
            }
            Some(_) => {
                return Err(Error::structure(
                    &at.child("properties"),
                    "must be an object of schemas by name",
                ));
            }
        }
        let required = keywords.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let anything = self.anything();
            let member = members.entry(name.to_owned()).or_insert(Member {
                required: true,
                value: anything,
            });
            member.required = true;
        }
        let others = match keywords.get("additionalProperties") {
            None | Some(Value::Bool(true)) => Others::Anything,
            Some(Value::Bool(false)) => Others::Nothing,
            Some(Value::Object(schema)) if schema.is_empty() => Others::Anything,
            Some(_) => Others::Each(self.schema(&at.child("additionalProperties"))),
        };
        Ok(ObjectShape {
            members,
            others,
            min_members: count(keywords, "minProperties").filter(|it| *it > 0),
            max_members: count(keywords, "maxProperties"),
        })
    }

    fn rules(
        &mut self,
        keywords: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<BTreeSet<Rule>, Error> {
        let mut rules = BTreeSet::new();
        let mut add = |keyword: &str, value: String, values| {
            rules.insert(Rule {
                keyword: keyword.to_owned(),
                value,
                values,
            });
        };
        for name in RULES {
            let value = keywords.get(name).filter(|it| *it != &Value::Bool(false));
            if let Some(value) = value {
                add(name, canonical(value), BTreeMap::new());
            }
        }
        if let Some(property) = keywords
            .get("discriminator")
            .and_then(|it| it.get("propertyName"))
        {
            add("discriminator", canonical(property), BTreeMap::new());
        }
        for name in RULES_WITH_SCHEMA {
            if keywords.contains_key(name) {
                let id = self.schema(&at.child(name));
                add(name, String::new(), BTreeMap::from([(String::new(), id)]));
            }
        }
        for name in RULES_WITH_SCHEMAS {
            let at = at.child(name);
            let schemas: Vec<String> = match keywords.get(name) {
                None => continue,
                Some(Value::Array(list)) => (0..list.len()).map(|it| it.to_string()).collect(),
                Some(Value::Object(map)) => map.keys().cloned().collect(),
                Some(_) => return Err(Error::structure(&at, "must hold schemas")),
            };
            let values = schemas.into_iter().map(|it| {
                let id = self.schema(&at.child(&it));
                (it, id)
            });
            add(name, String::new(), values.collect());
        }
        Ok(rules)
    }
}

/// The types that are named; none means all.
fn types(keywords: &Map<String, Value>) -> BTreeSet<&str> {
    match keywords.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        name => name.and_then(Value::as_str).into_iter().collect(),
    }
}

fn count(keywords: &Map<String, Value>, name: &str) -> Option<u64> {
    match Number::of(keywords.get(name)?) {
        Some(Number::Whole(count)) => u64::try_from(count).ok(),
        _ => None,
    }
}

fn bounds(number: &mut NumberShape, keywords: &Map<String, Value>) {
    let bound = |inclusive: &str, exclusive: &str| {
        let plain = keywords.get(inclusive).and_then(Number::of);
        match (plain, keywords.get(exclusive)) {
            (Some(number), Some(Value::Bool(true))) => [Some(Bound::exclusive(number)), None],
            (plain, strict) => [
                plain.map(Bound::inclusive),
                strict.and_then(Number::of).map(Bound::exclusive),
            ],
        }
    };
    for minimum in bound("minimum", "exclusiveMinimum").into_iter().flatten() {
        let tighter = |it: Bound| minimum.is_tighter_minimum(it);
        if number.minimum.is_none_or(tighter) {
            number.minimum = Some(minimum);
        }
    }
    for maximum in bound("maximum", "exclusiveMaximum").into_iter().flatten() {
        let tighter = |it: Bound| maximum.is_tighter_maximum(it);
        if number.maximum.is_none_or(tighter) {
            number.maximum = Some(maximum);
        }
    }
    if number.whole {
        number.minimum = number.minimum.map(Bound::lowest_whole);
        number.maximum = number.maximum.map(Bound::highest_whole);
    }
}

fn text(keywords: &Map<String, Value>) -> TextShape {
    let is = |name: &str, value: &str| keywords.get(name).is_some_and(|it| it == value);
    let pattern = keywords.get("pattern").and_then(Value::as_str);
    TextShape {
        values: BTreeSet::new(),
        patterns: pattern.into_iter().map(str::to_owned).collect(),
        min_length: count(keywords, "minLength").filter(|it| *it > 0),
        max_length: count(keywords, "maxLength"),
        // 3.0 says it in the first way, 3.1 in the second.
        binary: is("format", "binary") || is("contentMediaType", "application/octet-stream"),
    }
}

/// Leaves the values that `enum` and `const` name, and the types that they are of.
fn values(shape: &mut ValueShape, keywords: &Map<String, Value>) {
    let constant = keywords.get("const").map(std::slice::from_ref);
    let list = keywords.get("enum").and_then(Value::as_array);
    for values in [constant, list.map(Vec::as_slice)].into_iter().flatten() {
        let has = |is: fn(&Value) -> bool| values.iter().any(is);
        shape.null &= has(Value::is_null);
        keep(
            &mut shape.boolean,
            |it| it,
            values.iter().filter_map(Value::as_bool),
        );
        let numbers = values.iter().filter_map(Number::of);
        keep(&mut shape.number, |it| &mut it.values, numbers);
        let texts = values.iter().filter_map(Value::as_str).map(str::to_owned);
        keep(&mut shape.text, |it| &mut it.values, texts);
        // Single arrays and objects are too rare to be told apart.
        shape.array = shape.array.take().filter(|_| has(Value::is_array));
        shape.object = shape.object.take().filter(|_| has(Value::is_object));
    }
}

fn keep<T, V: Ord>(
    shape: &mut Option<T>,
    named: impl Fn(&mut T) -> &mut BTreeSet<V>,
    values: impl Iterator<Item = V>,
) {
    let values: BTreeSet<V> = values.collect();
    let Some(inner) = shape else { return };
    let named = named(inner);
    if named.is_empty() {
        *named = values;
    } else {
        named.retain(|it| values.contains(it));
    }
    if named.is_empty() {
        *shape = None;
    }
}

/// The same text for the same JSON, whatever the order of its members and the style of its numbers.
pub(in crate::shape) fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = sorted(members)
                .into_iter()
                .map(|(name, it)| format!("{}: {}", Value::from(name), canonical(it)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        number @ Value::Number(_) => {
            Number::of(number).map_or_else(|| number.to_string(), |it| it.to_string())
        }
        other => other.to_string(),
    }
}
