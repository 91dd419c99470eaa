//! What an answer loses when it is read and written again.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::schema::Schema;

/// A change that reading makes on purpose. Every other is a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Normalisation {
    /// A null is left out: both mean that there is nothing.
    NullIsLeftOut,
    /// An empty list that may be left out is.
    EmptyListIsLeftOut,
    /// An id that came as a text of digits is a number.
    TextOfDigitsIsANumber,
    /// An empty list that came as an empty object is a list.
    EmptyObjectIsAList,
    /// A number that may have a fraction has one.
    WholeNumberIsAFraction,
}

impl Normalisation {
    pub(super) const ALL: [Normalisation; 5] = [
        Normalisation::NullIsLeftOut,
        Normalisation::EmptyListIsLeftOut,
        Normalisation::TextOfDigitsIsANumber,
        Normalisation::EmptyObjectIsAList,
        Normalisation::WholeNumberIsAFraction,
    ];
}

/// Compares what came with what is written again.
pub(super) struct Comparison<'a> {
    pub(super) schema: &'a Schema,
    /// The normalisations that were met.
    pub(super) met: BTreeSet<Normalisation>,
    /// Each with its place.
    pub(super) losses: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(schema: &'a Schema) -> Comparison<'a> {
        Comparison {
            schema,
            met: BTreeSet::new(),
            losses: Vec::new(),
        }
    }

    /// Compares a value that the document describes by `schema`.
    pub(super) fn compare(&mut self, schema: &Value, came: &Value, written: &Value, at: &str) {
        let facets = self.schema.facets(schema);
        match (came, written) {
            (came, written) if came == written => {}
            (Value::Object(came), Value::Object(written)) if !facets.types.is_empty() => {
                for (name, member) in came {
                    let at = format!("{at}.{name}");
                    let property = facets.properties.get(name.as_str()).copied();
                    let is_kept = facets.keeps_others();
                    let property = property.or(facets.others.filter(|_| is_kept));
                    match (property, written.get(name)) {
                        (Some(property), Some(written)) => {
                            self.compare(property, member, written, &at);
                        }
                        (Some(_), None) => {
                            let is_required = facets.required.contains(name.as_str());
                            self.left_out(member, is_required, at);
                        }
                        // What the document neither names nor asks to keep may go.
                        (None, _) => {}
                    }
                }
            }
            (Value::Array(came), Value::Array(written)) if came.len() == written.len() => {
                for (index, (came, written)) in came.iter().zip(written).enumerate() {
                    if let Some(items) = facets.items {
                        self.compare(items, came, written, &format!("{at}[{index}]"));
                    }
                }
            }
            (came, written) => match normalisation(came, written) {
                Some(met) => _ = self.met.insert(met),
                None => self.losses.push(format!("{at}: {came} became {written}")),
            },
        }
    }

    fn left_out(&mut self, member: &Value, is_required: bool, at: String) {
        let met = match member {
            Value::Null => Normalisation::NullIsLeftOut,
            Value::Array(items) if items.is_empty() && !is_required => {
                Normalisation::EmptyListIsLeftOut
            }
            _ => return self.losses.push(format!("{at}: is lost")),
        };
        self.met.insert(met);
    }
}

fn normalisation(came: &Value, written: &Value) -> Option<Normalisation> {
    match (came, written) {
        (Value::String(text), Value::Number(number)) => (text.parse::<i64>().ok()
            == number.as_i64())
        .then_some(Normalisation::TextOfDigitsIsANumber),
        (Value::Number(came), Value::Number(written)) => (came.as_f64() == written.as_f64()
            && written.is_f64())
        .then_some(Normalisation::WholeNumberIsAFraction),
        (Value::Object(came), Value::Array(written)) => {
            (came.is_empty() && written.is_empty()).then_some(Normalisation::EmptyObjectIsAList)
        }
        _ => None,
    }
}
