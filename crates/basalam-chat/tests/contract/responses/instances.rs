//! Strategies for the values that a schema accepts. The seed is fixed, and proptest shrinks failures.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::string::string_regex;
use serde_json::{Map, Value};

use crate::schema::{MAX_DEPTH, Schema};

/// A subset of the values of a schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// No optional property, and null wherever it is allowed.
    Minimal,
    /// Every named property, and no null.
    Complete,
    /// Like `Complete`, with unknown properties and unknown enum values.
    Extended,
    /// Each property is present, null or omitted at random.
    Mixed,
}

impl Form {
    pub(super) const ALL: [Form; 4] = [Form::Minimal, Form::Complete, Form::Extended, Form::Mixed];
}

/// The supported keywords. Any other is an error, since ignoring it would generate wrong values.
const SUPPORTED_KEYWORDS: [&str; 22] = [
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "description",
    "enum",
    "format",
    "items",
    "maxItems",
    "maxProperties",
    "maximum",
    "minItems",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
];

type Instances = BoxedStrategy<Value>;

/// Returns a strategy for the values of a schema that have this form.
pub(super) fn strategy(schema: &Schema, form: Form) -> Result<Instances, String> {
    let generator = Generator {
        schema,
        form,
        strings: STRING.prop_map(Value::from).boxed(),
        any_json: any_json(),
        definitions: RefCell::default(),
    };
    generator.of(schema.root(), 0)
}

/// Printable characters of two scripts, a joiner, and a character outside the basic plane.
const STRING: &str = "[ -~\u{621}-\u{64a}\u{200c}\u{1f4e6}]{0,8}";

struct Generator<'a> {
    schema: &'a Schema,
    form: Form,
    strings: Instances,
    any_json: Instances,
    /// A cache: building a strategy takes much longer than cloning it.
    definitions: RefCell<BTreeMap<String, Instances>>,
}

impl Generator<'_> {
    fn of(&self, schema: &Value, depth: usize) -> Result<Instances, String> {
        if depth > 4 * MAX_DEPTH {
            return Err("the instances of a recursive schema are infinite".to_owned());
        }
        let keywords = schema.as_object().into_iter().flatten();
        for (keyword, _) in keywords {
            if !SUPPORTED_KEYWORDS.contains(&keyword.as_str()) {
                return Err(format!(
                    "no instances can be generated for the keyword {keyword:?}"
                ));
            }
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#');
            let target = target.and_then(|at| self.schema.root().pointer(at));
            let target = target.ok_or_else(|| format!("{reference} does not exist"))?;
            if let Some(cached) = self.definitions.borrow().get(reference) {
                return Ok(cached.clone());
            }
            let instances = self.of(target, depth + 1)?;
            let mut definitions = self.definitions.borrow_mut();
            return Ok(definitions
                .entry(reference.to_owned())
                .or_insert(instances)
                .clone());
        }
        if let Some(values) = array_keyword(schema, "enum") {
            return Ok(proptest::sample::select(values.to_vec()).boxed());
        }
        if let Some(parts) = array_keyword(schema, "allOf") {
            let bounds = ["type", "minimum", "maximum", "properties", "anyOf", "oneOf"];
            return match parts {
                [part] if bounds.iter().all(|it| schema.get(it).is_none()) => {
                    self.of(part, depth + 1)
                }
                _ => {
                    Err("instances of `allOf` can be generated for a single schema only".to_owned())
                }
            };
        }
        let alternatives =
            array_keyword(schema, "anyOf").or_else(|| array_keyword(schema, "oneOf"));
        if let Some(alternatives) = alternatives {
            return self.one_of(alternatives, depth);
        }
        match schema.get("type") {
            None => Ok(self.any_json.clone()),
            Some(Value::String(name)) => self.of_type(name, schema, depth),
            Some(types) => {
                let types = types.as_array().into_iter().flatten();
                let names: Vec<&str> = types.filter_map(Value::as_str).collect();
                let of = |name: &&str| Ok((*name == "null", self.of_type(name, schema, depth)?));
                self.choose(names.iter().map(of).collect::<Result<_, String>>()?)
            }
        }
    }

    fn one_of(&self, alternatives: &[Value], depth: usize) -> Result<Instances, String> {
        let is_enum = |it: &&Value| !self.schema.keywords(it).values.is_empty();
        let has_enum = alternatives.iter().any(|it| is_enum(&it));
        let chosen = alternatives
            .iter()
            .filter(|it| !(self.form == Form::Extended && has_enum && is_enum(it)));
        let of = |it: &Value| {
            let is_null = it.get("type").is_some_and(|name| name == "null");
            Ok((is_null, self.of(it, depth + 1)?))
        };
        self.choose(chosen.map(of).collect::<Result<_, String>>()?)
    }

    /// Selects alternatives for the form. Each is paired with whether it is null.
    fn choose(&self, alternatives: Vec<(bool, Instances)>) -> Result<Instances, String> {
        let keep_null = match self.form {
            Form::Mixed => None,
            Form::Minimal => alternatives
                .iter()
                .any(|(is_null, _)| *is_null)
                .then_some(true),
            Form::Complete | Form::Extended => Some(false),
        };
        let chosen: Vec<Instances> = alternatives
            .into_iter()
            .filter(|(is_null, _)| keep_null.is_none_or(|keep| keep == *is_null))
            .map(|(_, instances)| instances)
            .collect();
        match chosen.is_empty() {
            true => Err("only null is allowed here".to_owned()),
            false => Ok(Union::new(chosen).boxed()),
        }
    }

    fn of_type(&self, name: &str, schema: &Value, depth: usize) -> Result<Instances, String> {
        match name {
            "null" => Ok(Just(Value::Null).boxed()),
            "boolean" => Ok(any::<bool>().prop_map(Value::from).boxed()),
            "integer" => {
                let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
                let least = bound("minimum").unwrap_or(i64::MIN);
                let most = bound("maximum").unwrap_or(i64::MAX);
                Ok((least..=most).prop_map(Value::from).boxed())
            }
            // Binary fractions, which JSON preserves exactly.
            "number" => Ok(prop_oneof![
                any::<i32>().prop_map(|number| Value::from(f64::from(number) / 16.0)),
                any::<i32>().prop_map(Value::from),
            ]
            .boxed()),
            "string" => self.string(schema),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            other => Err(format!(
                "no instances can be generated for the type {other:?}"
            )),
        }
    }

    fn string(&self, schema: &Value) -> Result<Instances, String> {
        let pattern = match schema.get("pattern").and_then(Value::as_str) {
            // Ids in strings of digits; ids of the service have 64 bits (likely).
            Some("^[0-9]+$") => "[0-9]{1,18}",
            Some(pattern) => pattern.trim_start_matches('^').trim_end_matches('$'),
            None => return Ok(self.strings.clone()),
        };
        let strings = string_regex(pattern).map_err(|error| error.to_string())?;
        Ok(strings.prop_map(Value::from).boxed())
    }

    fn array(&self, schema: &Value, depth: usize) -> Result<Instances, String> {
        let items = match schema.get("items") {
            Some(items) => self.of(items, depth + 1)?,
            None => self.any_json.clone(),
        };
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let count = |name, otherwise| match bound(name) {
            Some(count) => usize::try_from(count).map_err(|error| error.to_string()),
            None => Ok(otherwise),
        };
        let least = count("minItems", 0)?;
        let most = count("maxItems", least.max(2))?.min(least.max(2));
        let length = match self.form {
            Form::Minimal => least..=least,
            Form::Complete | Form::Extended => least.max(1).min(most)..=most,
            Form::Mixed => least..=most,
        };
        Ok(vec(items, length).prop_map(Value::from).boxed())
    }

    fn object(&self, schema: &Value, depth: usize) -> Result<Instances, String> {
        let required: Vec<&str> = array_keyword(schema, "required")
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut named: Vec<BoxedStrategy<Option<(String, Value)>>> = Vec::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            if self.form == Form::Minimal && !is_required {
                continue;
            }
            let name = name.clone();
            let property = self
                .of(property, depth + 1)
                .map_err(|error| format!("{name}: {error}"))?
                .prop_map(move |value| (name.clone(), value));
            named.push(match self.form == Form::Mixed && !is_required {
                true => proptest::option::of(property).boxed(),
                false => property.prop_map(Some).boxed(),
            });
        }
        let additional = self.additional(schema, named.is_empty(), depth)?;
        Ok((named, additional)
            .prop_map(|(named, additional)| {
                let mut properties: Map<String, Value> = additional.into_iter().collect();
                properties.extend(named.into_iter().flatten());
                Value::Object(properties)
            })
            .boxed())
    }

    /// Returns a strategy for properties that the schema does not name.
    fn additional(
        &self,
        schema: &Value,
        has_no_named: bool,
        depth: usize,
    ) -> Result<BoxedStrategy<BTreeMap<String, Value>>, String> {
        let values = match schema.get("additionalProperties") {
            Some(schema) if schema.is_object() => self.of(schema, depth + 1)?,
            _ => self.any_json.clone(),
        };
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
            || schema.get("maxProperties").is_some_and(|most| most == 0);
        let is_map = has_no_named && schema.get("additionalProperties").is_some();
        let count = match self.form {
            _ if is_closed => 0..=0,
            Form::Extended => 1..=2,
            Form::Complete | Form::Mixed if is_map => 0..=2,
            _ => 0..=0,
        };
        Ok(btree_map("new_[a-z]{1,6}", values, count).boxed())
    }
}

fn array_keyword<'a>(schema: &'a Value, keyword: &str) -> Option<&'a [Value]> {
    Some(schema.get(keyword)?.as_array()?.as_slice())
}

/// Returns a strategy for JSON of little depth.
fn any_json() -> Instances {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        STRING.prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..=2).prop_map(Value::from),
            btree_map("[a-z]{1,6}", inner, 0..=2)
                .prop_map(|properties| Value::Object(properties.into_iter().collect())),
        ]
    })
    .boxed()
}
