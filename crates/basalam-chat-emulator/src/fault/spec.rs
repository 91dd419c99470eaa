//! The serialized form of fault rules: JSON on the control endpoints, strings on the
//! command line.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{Fault, FaultKind, FaultRule};
use crate::error::Error;

/// A serialized fault rule.
#[derive(Debug, Deserialize)]
pub(crate) struct RuleSpec {
    operation: Option<String>,
    times: Option<u64>,
    probability: Option<f64>,
    random_seed: Option<u64>,
    delay_ms: Option<u64>,
    #[serde(default, deserialize_with = "string_or_integer")]
    retry_after: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    after_handling: bool,
    /// A [`FaultSpec`]; serde cannot reject unknown fields of a flattened type.
    #[serde(flatten)]
    fault: Map<String, Value>,
}

/// A serialized fault. Variants without fields are empty structs, so that unknown fields
/// are rejected.
#[derive(Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
enum FaultSpec {
    Latency {},
    Hang {},
    LateMessages {
        seconds: u64,
    },
    Status {
        status: u16,
        body: Option<String>,
        media_type: Option<String>,
    },
    Html {
        status: u16,
    },
    Redirect {
        location: String,
        status: Option<u16>,
    },
    OverrideStatus {
        status: u16,
    },
    Disconnect {},
    TruncatedBody {},
    OversizedBody {
        bytes: usize,
    },
    InvalidJson {},
    EmptyBody {},
    UnknownFields {},
    UnknownValues {},
    MissingField {
        field: String,
    },
    NullField {
        field: String,
    },
    Lost {},
    Repeated {},
    Reordered {},
    WrongHeader {},
}

/// The names of all faults, each with the shortest sensible rule.
pub(crate) const FAULT_EXAMPLES: [(&str, &str); 20] = [
    ("status", "status,status=503"),
    ("html", "html,status=502"),
    ("redirect", "redirect,location=https://example.com/"),
    ("override_status", "override_status,status=201"),
    ("disconnect", "disconnect"),
    ("hang", "hang"),
    ("latency", "latency,delay_ms=300"),
    ("late_messages", "late_messages,seconds=3"),
    ("truncated_body", "truncated_body"),
    ("oversized_body", "oversized_body,bytes=100000"),
    ("invalid_json", "invalid_json"),
    ("empty_body", "empty_body"),
    ("unknown_fields", "unknown_fields"),
    ("unknown_values", "unknown_values"),
    ("missing_field", "missing_field,field=sender"),
    ("null_field", "null_field,field=sender"),
    ("lost", "lost"),
    ("repeated", "repeated"),
    ("reordered", "reordered"),
    ("wrong_header", "wrong_header"),
];

impl RuleSpec {
    pub(crate) fn into_rule(self) -> Result<FaultRule, Error> {
        let delay = self.delay_ms.map(Duration::from_millis);
        let spec: FaultSpec = serde_json::from_value(Value::Object(self.fault))
            .map_err(|error| Error::invalid_argument(format!("fault: {error}")))?;
        if matches!(spec, FaultSpec::Latency {}) && delay.is_none() {
            return Err(Error::invalid_argument("`latency` needs `delay_ms`"));
        }
        if self.random_seed.is_some() && self.probability.is_none() {
            return Err(Error::invalid_argument("`random_seed` needs `probability`"));
        }
        let mut fault = spec.into_fault()?.delay(delay.unwrap_or_default());
        fault.after_handling = self.after_handling;
        let has_headers = self.retry_after.is_some() || !self.headers.is_empty();
        if has_headers && !matches!(fault.kind, FaultKind::Response(_)) {
            return Err(Error::invalid_argument(
                "`retry_after` and `headers` need the fault `status`, `html` or `redirect`",
            ));
        }
        if let Some(value) = self.retry_after {
            fault = fault.retry_after(value);
        }
        for (name, value) in self.headers {
            fault = fault.header(name, value);
        }
        let mut rule = FaultRule::new(fault);
        if let Some(id) = self.operation {
            rule = rule.operation(id);
        }
        if let Some(times) = self.times {
            rule = rule.times(times);
        }
        if let Some(probability) = self.probability {
            rule = rule.seeded_probability(probability, self.random_seed.unwrap_or(0));
        }
        Ok(rule)
    }
}

impl FaultSpec {
    fn into_fault(self) -> Result<Fault, Error> {
        Ok(match self {
            Self::Latency {} => Fault::latency(Duration::ZERO),
            Self::Hang {} => Fault::hang(),
            Self::LateMessages { seconds } => Fault::late_messages(Duration::from_secs(seconds)),
            Self::Status {
                status,
                body: Some(body),
                media_type,
            } => {
                let media_type = media_type.as_deref().unwrap_or("text/plain");
                Fault::status(status).body(media_type, body)
            }
            Self::Status {
                status,
                media_type: None,
                ..
            } => Fault::status(status),
            Self::Status { .. } => {
                return Err(Error::invalid_argument("`media_type` needs `body`"));
            }
            Self::Html { status } => Fault::html(status),
            Self::Redirect { location, status } => Fault::redirect(status.unwrap_or(307), location),
            Self::OverrideStatus { status } => Fault::override_status(status),
            Self::Disconnect {} => Fault::disconnect(),
            Self::TruncatedBody {} => Fault::truncated_body(),
            Self::OversizedBody { bytes } => Fault::oversized_body(bytes),
            Self::InvalidJson {} => Fault::invalid_json(),
            Self::EmptyBody {} => Fault::empty_body(),
            Self::UnknownFields {} => Fault::unknown_fields(),
            Self::UnknownValues {} => Fault::unknown_values(),
            Self::MissingField { field } => Fault::missing_field(field),
            Self::NullField { field } => Fault::null_field(field),
            Self::Lost {} => Fault::lost(),
            Self::Repeated {} => Fault::repeated(),
            Self::Reordered {} => Fault::reordered(),
            Self::WrongHeader {} => Fault::wrong_header(),
        })
    }
}

/// Deserializes a string; an integer is formatted as one.
fn string_or_integer<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum StringOrInteger {
        String(String),
        Integer(u64),
    }
    Ok(Some(match StringOrInteger::deserialize(value)? {
        StringOrInteger::String(text) => text,
        StringOrInteger::Integer(integer) => integer.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_valid_and_cover_every_fault() {
        for (name, example) in FAULT_EXAMPLES {
            assert_eq!(example.split(',').next(), Some(name));
            example.parse::<FaultRule>().unwrap().check().unwrap();
        }
        let error = "thunder".parse::<FaultRule>().unwrap_err().to_string();
        let (_, expected) = error.split_once("expected one of ").unwrap();
        assert_eq!(expected.matches('`').count(), 2 * FAULT_EXAMPLES.len());
    }
}
