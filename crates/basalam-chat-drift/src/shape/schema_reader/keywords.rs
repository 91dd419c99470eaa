//! The keywords of a schema except references and combinations of schemas.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::json_schema::check_keywords;
use basalam_chat_openapi::{Error, Pointer};
use serde_json::Value;

use super::{Keywords, SchemaReader};
use crate::shape::operator::Operator;
use crate::shape::{
    AdditionalProperties, ArrayShape, Bound, Number, NumberShape, ObjectShape, PropertyShape, Rule,
    StringShape, ValueShape, join,
};

/// Keywords that contain a schema and are compared as rules.
const RULES_WITH_SCHEMA: &str =
    "not if then else contains propertyNames unevaluatedItems unevaluatedProperties";

/// Keywords that contain several schemas and are compared as rules.
const RULES_WITH_SCHEMAS: &str = "prefixItems patternProperties dependentSchemas";

/// Keywords without schemas that are compared as rules.
const RULES: &str =
    "multipleOf uniqueItems minContains maxContains dependentRequired readOnly writeOnly";

impl SchemaReader<'_> {
    pub(super) fn local_keywords(
        &mut self,
        keywords: &Keywords,
        at: &Pointer,
    ) -> Result<ValueShape, Error> {
        check_keywords(keywords, at)?;
        let types = types(keywords);
        let has = |name: &str| types.is_empty() || types.contains(name);
        let mut shape = ValueShape {
            nullable: has("null"),
            deprecated: keywords.get("deprecated") == Some(&Value::Bool(true)),
            boolean: has("boolean").then(BTreeSet::new),
            number: (has("number") || has("integer")).then(|| NumberShape {
                integer: !has("number"),
                ..NumberShape::default()
            }),
            string: has("string").then(|| string(keywords)),
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
        enum_values(&mut shape, keywords);
        if let Some(default) = keywords.get("default").filter(|it| !it.is_null()) {
            shape.default = Some(canonical(default));
        }
        shape.rules = self.rules(keywords, at)?;
        Ok(shape)
    }

    fn array(&mut self, keywords: &Keywords, at: &Pointer) -> ArrayShape {
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

    fn object(&mut self, keywords: &Keywords, at: &Pointer) -> Result<ObjectShape, Error> {
        let at_properties = at.child("properties");
        let schemas = match keywords.get("properties") {
            None => None,
            Some(Value::Object(schemas)) => Some(schemas.keys()),
            Some(_) => {
                let message = "must be an object of schemas by name";
                return Err(Error::structure(&at_properties, message));
            }
        };
        let named = schemas.into_iter().flatten().map(|name| {
            let (required, value) = (false, self.schema(&at_properties.child(name)));
            (name.clone(), PropertyShape { required, value })
        });
        let mut properties: BTreeMap<String, PropertyShape> = named.collect();
        let required = keywords.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let (required, value) = (true, self.anything());
            let property = properties.entry(name.to_owned());
            let property = property.or_insert(PropertyShape { required, value });
            property.required = true;
        }
        let additional = match keywords.get("additionalProperties") {
            None | Some(Value::Bool(true)) => AdditionalProperties::Any,
            Some(Value::Bool(false)) => AdditionalProperties::Forbidden,
            Some(Value::Object(schema)) if schema.is_empty() => AdditionalProperties::Any,
            Some(_) => AdditionalProperties::Schema(self.schema(&at.child("additionalProperties"))),
        };
        Ok(ObjectShape {
            properties,
            additional,
            min_properties: count(keywords, "minProperties").filter(|it| *it > 0),
            max_properties: count(keywords, "maxProperties"),
        })
    }

    fn rules(&mut self, keywords: &Keywords, at: &Pointer) -> Result<BTreeSet<Rule>, Error> {
        let mut rules = BTreeSet::new();
        let mut add = |keyword: &str, value: String, schemas| {
            rules.insert(Rule {
                keyword: keyword.to_owned(),
                value,
                schemas,
            });
        };
        for name in RULES.split_whitespace() {
            let value = keywords.get(name).filter(|it| *it != &Value::Bool(false));
            if let Some(value) = value {
                add(name, canonical(value), BTreeMap::new());
            }
        }
        let discriminator = keywords.get("discriminator");
        if let Some(property) = discriminator.and_then(|it| it.get("propertyName")) {
            add("discriminator", canonical(property), BTreeMap::new());
        }
        for name in RULES_WITH_SCHEMA.split_whitespace() {
            if keywords.contains_key(name) {
                let id = self.schema(&at.child(name));
                add(name, String::new(), BTreeMap::from([(String::new(), id)]));
            }
        }
        for name in RULES_WITH_SCHEMAS.split_whitespace() {
            let at = at.child(name);
            let schemas: Vec<String> = match keywords.get(name) {
                None => continue,
                Some(Value::Array(list)) => (0..list.len()).map(|it| it.to_string()).collect(),
                Some(Value::Object(map)) => map.keys().cloned().collect(),
                Some(_) => return Err(Error::structure(&at, "must contain schemas")),
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

/// Returns the named types; an empty set allows all.
fn types(keywords: &Keywords) -> BTreeSet<&str> {
    match keywords.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        name => name.and_then(Value::as_str).into_iter().collect(),
    }
}

fn count(keywords: &Keywords, name: &str) -> Option<u64> {
    match Number::from_json(keywords.get(name)?) {
        Some(Number::Integer(count)) => u64::try_from(count).ok(),
        _ => None,
    }
}

fn bounds(number: &mut NumberShape, keywords: &Keywords) {
    let bound = |inclusive: &str, exclusive: &str, is_tighter: fn(Bound, Bound) -> bool| {
        let limit = keywords.get(inclusive).and_then(Number::from_json);
        match (limit, keywords.get(exclusive)) {
            (Some(number), Some(Value::Bool(true))) => Some(Bound::exclusive(number)),
            (limit, exclusive) => Operator::Intersection.limit(
                limit.map(Bound::inclusive),
                exclusive.and_then(Number::from_json).map(Bound::exclusive),
                is_tighter,
            ),
        }
    };
    number.minimum = bound("minimum", "exclusiveMinimum", Bound::is_tighter_minimum);
    number.maximum = bound("maximum", "exclusiveMaximum", Bound::is_tighter_maximum);
    number.normalize();
}

fn string(keywords: &Keywords) -> StringShape {
    let is = |name: &str, value: &str| keywords.get(name).is_some_and(|it| it == value);
    let pattern = keywords.get("pattern").and_then(Value::as_str);
    StringShape {
        values: BTreeSet::new(),
        patterns: pattern.into_iter().map(str::to_owned).collect(),
        min_length: count(keywords, "minLength").filter(|it| *it > 0),
        max_length: count(keywords, "maxLength"),
        // OpenAPI 3.0 and 3.1 differ.
        binary: is("format", "binary") || is("contentMediaType", "application/octet-stream"),
    }
}

/// Retains the values of `enum` and `const`, and their types.
fn enum_values(shape: &mut ValueShape, keywords: &Keywords) {
    let constant = keywords.get("const").map(std::slice::from_ref);
    let list = keywords.get("enum").and_then(Value::as_array);
    for values in [constant, list.map(Vec::as_slice)].into_iter().flatten() {
        let has = |is: fn(&Value) -> bool| values.iter().any(is);
        shape.nullable &= has(Value::is_null);
        let booleans = values.iter().filter_map(Value::as_bool);
        retain(&mut shape.boolean, |it| it, booleans);
        let numbers = values.iter().filter_map(Number::from_json);
        retain(&mut shape.number, |it| &mut it.values, numbers);
        let strings = values.iter().filter_map(Value::as_str).map(str::to_owned);
        retain(&mut shape.string, |it| &mut it.values, strings);
        // The values of arrays and objects are not compared: they are rare.
        shape.array = shape.array.take().filter(|_| has(Value::is_array));
        shape.object = shape.object.take().filter(|_| has(Value::is_object));
    }
}

fn retain<T, V: Ord>(
    shape: &mut Option<T>,
    values_of: impl Fn(&mut T) -> &mut BTreeSet<V>,
    values: impl Iterator<Item = V>,
) {
    let values: BTreeSet<V> = values.collect();
    let Some(inner) = shape else { return };
    let listed = values_of(inner);
    if listed.is_empty() {
        *listed = values;
    } else {
        listed.retain(|it| values.contains(it));
    }
    if listed.is_empty() {
        *shape = None;
    }
}

/// Formats equal JSON equally, ignoring the order of properties and the notation of numbers.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", join(items.iter().map(canonical), ", ", ""))
        }
        Value::Object(properties) => {
            let sorted: BTreeMap<&String, &Value> = properties.iter().collect();
            let properties = sorted.into_iter();
            let properties =
                properties.map(|(name, it)| format!("{}: {}", Value::from(&**name), canonical(it)));
            format!("{{{}}}", join(properties, ", ", ""))
        }
        number @ Value::Number(_) => {
            Number::from_json(number).map_or_else(|| number.to_string(), |it| it.to_string())
        }
        other => other.to_string(),
    }
}
