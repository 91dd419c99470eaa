//! Conversion of a contract's numbers and strings to schemas, or to references to named schemas.

use basalam_chat_openapi::ParameterLocation;
use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Map, Value, json};

use super::components::reference;
use super::editor::{DocumentEditor, EditResult, add_needs, set_limits, wrap_reference};
use super::names;
use crate::locate::schemas;
use crate::place::{Part, Place};
use crate::shape::{Number, NumberShape, StringShape, ValueShape, join};

impl DocumentEditor<'_> {
    pub(super) fn number_schema(&mut self, number: &NumberShape, name: &str) -> EditResult<Value> {
        if !number.values.is_empty() {
            return Err("it is an enum of numbers; write it manually".to_owned());
        }
        let is_unbounded_integer = |value: &ValueShape| {
            let unbounded = |it: &NumberShape| it.minimum.is_none() && it.maximum.is_none();
            let named = value.number.as_ref();
            number.integer && named.is_some_and(|it| it.integer && unbounded(it))
        };
        let mut schema = match self.related_schema(name, is_unbounded_integer) {
            Some(related) => reference(&related),
            None if number.integer => json!({ "type": "integer", "format": "int64" }),
            None => json!({ "type": "number" }),
        };
        for (keyword, exclusive_keyword, bound) in [
            ("minimum", "exclusiveMinimum", number.minimum),
            ("maximum", "exclusiveMaximum", number.maximum),
        ] {
            let Some(bound) = bound else { continue };
            wrap_reference(&mut schema);
            schema[keyword] = Value::Number(limit(bound.number)?);
            if bound.exclusive {
                schema[exclusive_keyword] = json!(true);
            }
        }
        Ok(schema)
    }

    pub(super) fn string_schema(
        &mut self,
        place: &Place,
        string: &StringShape,
        name: &str,
    ) -> EditResult<Value> {
        let mut string = string.clone();
        let patterns = join(&string.patterns, " and ", "");
        if !patterns.is_empty()
            && let Some(pattern) = self.source.deviations.base(place, &patterns)
        {
            string.patterns = [pattern].into();
        }
        let is_distinctive = !string.values.is_empty() || !string.patterns.is_empty();
        let is_known = |it: &(&String, &ValueShape)| is_distinctive && is_only(it.1, &string);
        if let Some((known, _)) = self.components.named().find(is_known) {
            return Ok(reference(known));
        }
        if let Some(known) = self.extended_enum(place, &string) {
            return Ok(reference(&known));
        }
        let mut schema = json!({ "type": "string" });
        match string.patterns.iter().collect::<Vec<_>>().as_slice() {
            [] => {}
            [pattern] => schema["pattern"] = json!(pattern),
            _ => return Err("it matches several patterns; write it manually".to_owned()),
        }
        if string.binary {
            schema["format"] = json!("binary");
        }
        let limits = [
            ("minLength", string.min_length),
            ("maxLength", string.max_length),
        ];
        set_limits(&mut schema, limits);
        if is_secret(place, name) {
            schema["format"] = json!("password");
            let mut parents = place.path.split('/').rev();
            parents.find(|it| *it == format!("{{{name}}}"));
            let parent = parents.find(|it| !it.starts_with('{')).unwrap_or_default();
            let wanted = format!("{} {name}", names::singular(parent)).to_pascal_case();
            return self.new_schema(&wanted, schema);
        }
        if !string.values.is_empty() {
            let wanted = names::from_place(place, name);
            schema["enum"] = json!(string.values);
            return self.new_schema(&wanted, schema);
        }
        let is_plain = string == StringShape::default();
        match self.related_schema(name, |it| is_plain && is_only(it, &string)) {
            Some(related) => Ok(reference(&related)),
            None => Ok(schema),
        }
    }

    /// Returns the enum of which the contract has all values and at most as many others, in a
    /// response: the client reads other values too.
    fn extended_enum(&self, place: &Place, string: &StringShape) -> Option<String> {
        if !matches!(place.part, Part::Response(..)) {
            return None;
        }
        let named = self.components.named();
        let enums = named.filter_map(|(name, it)| Some((name, &it.string.as_ref()?.values)));
        let extended = enums.filter(|(_, known)| {
            let is_close = known.len() > 1 && string.values.len() <= 2 * known.len();
            is_close && known.is_subset(&string.values)
        });
        let closest = extended.max_by_key(|(_, known)| known.len());
        closest.map(|(name, _)| name.clone())
    }

    fn new_schema(&mut self, wanted: &str, mut schema: Value) -> EditResult<Value> {
        // Another place of the same addition can have written the schema.
        let name = match schemas().child(wanted).find(self.document) {
            Some(found) if without_prose(found) == without_prose(&schema) => {
                return Ok(reference(wanted));
            }
            _ => self.unused_name(wanted),
        };
        add_needs(&mut schema, &["description".to_owned()]);
        self.set_schema(&name, schema)?;
        Ok(reference(&name))
    }

    /// Returns the named schema that is called `name`, or else the only one that values called
    /// `name` have elsewhere, if `accepts` returns `true` for it.
    ///
    /// An `id` is the id of its object: `id` of a `Poll` is called `poll_id`.
    fn related_schema(&self, name: &str, accepts: impl Fn(&ValueShape) -> bool) -> Option<String> {
        let name = match name {
            "id" => format!("{}_id", self.owner.to_snake_case()),
            name => name.to_owned(),
        };
        let named = self.components.named();
        let accepted = named.filter(|(_, value)| !value.nullable && accepts(value));
        let accepted: Vec<&String> = accepted.map(|(name, _)| name).collect();
        let is_called = |it: &&&String| it.to_snake_case() == name.to_snake_case();
        if let Some(called) = accepted.iter().find(is_called) {
            return Some((*called).clone());
        }
        let mut elsewhere = Vec::new();
        collect_references(self.document, &name, &mut elsewhere);
        elsewhere.retain(|it| accepted.contains(&it));
        elsewhere.dedup();
        match elsewhere.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }
}

/// Collects the schemas of properties and parameters called `name`, in document order.
fn collect_references(json: &Value, name: &str, found: &mut Vec<String>) {
    let referred = |schema: &Value| -> Option<String> {
        let in_all_of = &schema["allOf"][0]["$ref"];
        let reference = schema.get("$ref").unwrap_or(in_all_of).as_str()?;
        Some(reference.strip_prefix("#/components/schemas/")?.to_owned())
    };
    match json {
        Value::Array(items) => {
            for item in items {
                collect_references(item, name, found);
            }
        }
        Value::Object(fields) => {
            if json["name"] == name {
                found.extend(referred(&json["schema"]));
            }
            found.extend(referred(&json["properties"][name]));
            for field in fields.values() {
                collect_references(field, name, found);
            }
        }
        _ => {}
    }
}

/// Returns `true` if `value` is exactly this string.
fn is_only(value: &ValueShape, string: &StringShape) -> bool {
    let only = ValueShape {
        string: Some(string.clone()),
        default: value.default.clone(),
        ..ValueShape::nothing()
    };
    *value == only
}

/// Returns `true` if the string at this place grants access, so that it must be redacted.
fn is_secret(place: &Place, name: &str) -> bool {
    let name = name.to_snake_case();
    let words = ["token", "secret", "password"];
    matches!(place.part, Part::Parameter(ParameterLocation::Path, _))
        && words.iter().any(|it| name.ends_with(it))
}

fn without_prose(schema: &Value) -> Option<Map<String, Value>> {
    let mut schema = schema.as_object()?.clone();
    schema.retain(|name, _| name != "description" && name != "example" && !name.starts_with("x-"));
    Some(schema)
}

fn limit(number: Number) -> EditResult<serde_json::Number> {
    let number = match number {
        Number::Integer(integer) => i64::try_from(integer).ok().map(serde_json::Number::from),
        Number::Float(float) => serde_json::Number::from_f64(float),
    };
    number.ok_or_else(|| "its bounds are too large".to_owned())
}
