//! Differences between a response and the encoding of its decoded form.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::schema::Schema;

/// An intended change by decoding. Every other change is a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Normalization {
    /// A null is omitted: both mean that the value is missing.
    NullOmitted,
    /// An id in a string of digits becomes an integer.
    NumericStringToInteger,
    /// An empty object in place of a list becomes an empty list.
    EmptyObjectToList,
    /// An integer in place of a float becomes a float.
    IntegerToFloat,
}

impl Normalization {
    pub(super) const ALL: [Normalization; 4] = [
        Normalization::NullOmitted,
        Normalization::NumericStringToInteger,
        Normalization::EmptyObjectToList,
        Normalization::IntegerToFloat,
    ];
}

/// Compares a received value with its encoding.
pub(super) struct Comparison<'a> {
    pub(super) schema: &'a Schema,
    pub(super) normalizations: BTreeSet<Normalization>,
    /// The losses, each with its path.
    pub(super) losses: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(schema: &'a Schema) -> Comparison<'a> {
        Comparison {
            schema,
            normalizations: BTreeSet::new(),
            losses: Vec::new(),
        }
    }

    /// Compares a value that the document describes with `schema`.
    pub(super) fn compare(&mut self, schema: &Value, received: &Value, encoded: &Value, at: &str) {
        let keywords = self.schema.keywords(schema);
        match (received, encoded) {
            (received, encoded) if received == encoded => {}
            (Value::Object(received), Value::Object(encoded)) if !keywords.types.is_empty() => {
                for (name, value) in received {
                    let at = format!("{at}.{name}");
                    let property = keywords.properties.get(name.as_str()).copied();
                    let is_open = keywords.allows_additional();
                    let property = property.or(keywords.additional.filter(|_| is_open));
                    match (property, encoded.get(name)) {
                        (Some(property), Some(encoded)) => {
                            self.compare(property, value, encoded, &at);
                        }
                        (Some(_), None) => {
                            self.omitted(value, at);
                        }
                        (None, Some(encoded)) if encoded == value => {}
                        (None, _) => self.losses.push(format!("{at}: is lost")),
                    }
                }
            }
            (Value::Array(received), Value::Array(encoded)) if received.len() == encoded.len() => {
                for (index, (received, encoded)) in received.iter().zip(encoded).enumerate() {
                    if let Some(items) = keywords.items {
                        self.compare(items, received, encoded, &format!("{at}[{index}]"));
                    }
                }
            }
            (received, encoded) => match normalization(received, encoded) {
                Some(found) => _ = self.normalizations.insert(found),
                None => self
                    .losses
                    .push(format!("{at}: {received} became {encoded}")),
            },
        }
    }

    fn omitted(&mut self, value: &Value, at: String) {
        match value {
            Value::Null => _ = self.normalizations.insert(Normalization::NullOmitted),
            _ => self.losses.push(format!("{at}: is lost")),
        }
    }
}

fn normalization(received: &Value, encoded: &Value) -> Option<Normalization> {
    match (received, encoded) {
        (Value::String(string), Value::Number(number)) => (string.parse::<i64>().ok()
            == number.as_i64())
        .then_some(Normalization::NumericStringToInteger),
        (Value::Number(received), Value::Number(encoded)) => {
            (received.as_f64() == encoded.as_f64() && encoded.is_f64())
                .then_some(Normalization::IntegerToFloat)
        }
        (Value::Object(received), Value::Array(encoded)) => {
            (received.is_empty() && encoded.is_empty()).then_some(Normalization::EmptyObjectToList)
        }
        _ => None,
    }
}

#[test]
fn lost_properties_are_reported() {
    let schema = Schema::from_json_schema(serde_json::json!({
        "type": "object",
        "properties": { "known": { "type": "string" } },
    }));
    for name in ["known", "unknown"] {
        let mut comparison = Comparison::new(&schema);
        let received = serde_json::json!({ name: "value" });
        comparison.compare(schema.root(), &received, &serde_json::json!({}), "response");
        assert_eq!(comparison.losses, [format!("response.{name}: is lost")]);
    }
}
