//! Strategies for the values that a schema takes: chosen by a fixed seed, and made small by proptest
//! where one of them fails.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::string::string_regex;
use serde_json::{Map, Value};

use crate::schema::{MAX_DEPTH, Schema};

/// Which of a schema's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// Nothing that may be left out, and null wherever it may stand.
    Least,
    /// Every member that is named, and null nowhere.
    Whole,
    /// The same, with members that nobody named and values that no vocabulary has.
    Strange,
    /// Each member there, null or left out as it comes.
    Mixed,
}

impl Form {
    pub(super) const ALL: [Form; 4] = [Form::Least, Form::Whole, Form::Strange, Form::Mixed];
}

/// What the generator reads. Another keyword is an error: its values would be wrong in silence.
const KEYWORDS: [&str; 22] = [
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

/// The values of a schema that have this form.
pub(super) fn of(schema: &Schema, form: Form) -> Result<Instances, String> {
    let generator = Generator {
        schema,
        form,
        texts: TEXT.prop_map(Value::from).boxed(),
        anything: anything(),
        definitions: RefCell::default(),
    };
    generator.of(schema.root(), 0)
}

/// Printable characters, more than one script, a joiner and one beyond the basic plane.
const TEXT: &str = "[ -~\u{621}-\u{64a}\u{200c}\u{1f4e6}]{0,8}";

struct Generator<'a> {
    schema: &'a Schema,
    form: Form,
    texts: Instances,
    anything: Instances,
    /// Those that were made already: making one takes much longer than sharing it.
    definitions: RefCell<BTreeMap<String, Instances>>,
}

impl Generator<'_> {
    fn of(&self, schema: &Value, depth: usize) -> Result<Instances, String> {
        if depth > 4 * MAX_DEPTH {
            return Err("the instances of a recursive schema have no end".to_owned());
        }
        let keywords = schema.as_object().into_iter().flatten();
        for (keyword, _) in keywords {
            if !KEYWORDS.contains(&keyword.as_str()) {
                return Err(format!(
                    "no instances are known for the keyword {keyword:?}"
                ));
            }
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#');
            let target = target.and_then(|at| self.schema.root().pointer(at));
            let target = target.ok_or_else(|| format!("nothing is at {reference}"))?;
            if let Some(made) = self.definitions.borrow().get(reference) {
                return Ok(made.clone());
            }
            let made = self.of(target, depth + 1)?;
            let mut definitions = self.definitions.borrow_mut();
            return Ok(definitions
                .entry(reference.to_owned())
                .or_insert(made)
                .clone());
        }
        if let Some(values) = list(schema, "enum") {
            return Ok(proptest::sample::select(values.to_vec()).boxed());
        }
        if let Some(parts) = list(schema, "allOf") {
            let bounds = ["type", "minimum", "maximum", "properties", "anyOf", "oneOf"];
            return match parts {
                [part] if bounds.iter().all(|it| schema.get(it).is_none()) => {
                    self.of(part, depth + 1)
                }
                _ => Err("instances of `allOf` are known for one schema alone".to_owned()),
            };
        }
        let alternatives = list(schema, "anyOf").or_else(|| list(schema, "oneOf"));
        if let Some(alternatives) = alternatives {
            return self.one_of(alternatives, depth);
        }
        match schema.get("type") {
            None => Ok(self.anything.clone()),
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
        let is_vocabulary = |it: &&Value| !self.schema.facets(it).values.0.is_empty();
        let has_vocabulary = alternatives.iter().any(|it| is_vocabulary(&it));
        let chosen = alternatives
            .iter()
            .filter(|it| !(self.form == Form::Strange && has_vocabulary && is_vocabulary(it)));
        let of = |it: &Value| {
            let is_null = it.get("type").is_some_and(|name| name == "null");
            Ok((is_null, self.of(it, depth + 1)?))
        };
        self.choose(chosen.map(of).collect::<Result<_, String>>()?)
    }

    /// Takes null or all else, as the form asks; each alternative says whether it is null.
    fn choose(&self, alternatives: Vec<(bool, Instances)>) -> Result<Instances, String> {
        let keep_null = match self.form {
            Form::Mixed => None,
            Form::Least => alternatives
                .iter()
                .any(|(is_null, _)| *is_null)
                .then_some(true),
            Form::Whole | Form::Strange => Some(false),
        };
        let chosen: Vec<Instances> = alternatives
            .into_iter()
            .filter(|(is_null, _)| keep_null.is_none_or(|keep| keep == *is_null))
            .map(|(_, instances)| instances)
            .collect();
        match chosen.is_empty() {
            true => Err("nothing but null can stand here".to_owned()),
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
            // In steps that a binary fraction has: reading JSON keeps these exactly.
            "number" => Ok(prop_oneof![
                any::<i32>().prop_map(|number| Value::from(f64::from(number) / 16.0)),
                any::<i32>().prop_map(Value::from),
            ]
            .boxed()),
            "string" => self.text(schema),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            other => Err(format!("no instances are known for the type {other:?}")),
        }
    }

    fn text(&self, schema: &Value) -> Result<Instances, String> {
        let pattern = match schema.get("pattern").and_then(Value::as_str) {
            // Ids come as texts of digits, and the service's ids have 64 bits (likely).
            Some("^[0-9]+$") => "[0-9]{1,18}",
            Some(pattern) => pattern.trim_start_matches('^').trim_end_matches('$'),
            None => return Ok(self.texts.clone()),
        };
        let texts = string_regex(pattern).map_err(|error| error.to_string())?;
        Ok(texts.prop_map(Value::from).boxed())
    }

    fn array(&self, schema: &Value, depth: usize) -> Result<Instances, String> {
        let items = match schema.get("items") {
            Some(items) => self.of(items, depth + 1)?,
            None => self.anything.clone(),
        };
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let count = |name, otherwise| match bound(name) {
            Some(count) => usize::try_from(count).map_err(|error| error.to_string()),
            None => Ok(otherwise),
        };
        let least = count("minItems", 0)?;
        let most = count("maxItems", least.max(2))?.min(least.max(2));
        let length = match self.form {
            Form::Least => least..=least,
            Form::Whole | Form::Strange => least.max(1).min(most)..=most,
            Form::Mixed => least..=most,
        };
        Ok(vec(items, length).prop_map(Value::from).boxed())
    }

    fn object(&self, schema: &Value, depth: usize) -> Result<Instances, String> {
        let required: Vec<&str> = list(schema, "required")
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut named: Vec<BoxedStrategy<Option<(String, Value)>>> = Vec::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            if self.form == Form::Least && !is_required {
                continue;
            }
            let name = name.clone();
            let member = self
                .of(property, depth + 1)
                .map_err(|error| format!("{name}: {error}"))?
                .prop_map(move |value| (name.clone(), value));
            named.push(match self.form == Form::Mixed && !is_required {
                true => proptest::option::of(member).boxed(),
                false => member.prop_map(Some).boxed(),
            });
        }
        let others = self.others(schema, named.is_empty(), depth)?;
        Ok((named, others)
            .prop_map(|(named, others)| {
                let mut members: Map<String, Value> = others.into_iter().collect();
                members.extend(named.into_iter().flatten());
                Value::Object(members)
            })
            .boxed())
    }

    /// Members that the schema does not name.
    fn others(
        &self,
        schema: &Value,
        has_no_other: bool,
        depth: usize,
    ) -> Result<BoxedStrategy<BTreeMap<String, Value>>, String> {
        let values = match schema.get("additionalProperties") {
            Some(others) if others.is_object() => self.of(others, depth + 1)?,
            _ => self.anything.clone(),
        };
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
            || schema.get("maxProperties").is_some_and(|most| most == 0);
        let is_map = has_no_other && schema.get("additionalProperties").is_some();
        let count = match self.form {
            _ if is_closed => 0..=0,
            Form::Strange => 1..=2,
            Form::Whole | Form::Mixed if is_map => 0..=2,
            _ => 0..=0,
        };
        Ok(btree_map("new_[a-z]{1,6}", values, count).boxed())
    }
}

fn list<'a>(schema: &'a Value, keyword: &str) -> Option<&'a [Value]> {
    Some(schema.get(keyword)?.as_array()?.as_slice())
}

/// Any JSON, not deep.
fn anything() -> Instances {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        TEXT.prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..=2).prop_map(Value::from),
            btree_map("[a-z]{1,6}", inner, 0..=2)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .boxed()
}
