//! Scalars, in each form that services in PHP, Python and JavaScript send.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde_json::{Map, Number, Value};

use super::{Decode, Kind, impl_decode};

impl_decode!(String, Scalar);
impl_decode!(Value, Any);
impl_decode!(Map<String, Value>, Map);

impl Decode for i64 {
    const KIND: Kind = Kind::Scalar;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        deserializer.deserialize_any(IntegerVisitor)
    }
}

impl Decode for f64 {
    const KIND: Kind = Kind::Scalar;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        deserializer.deserialize_any(FloatVisitor)
    }
}

impl Decode for bool {
    const KIND: Kind = Kind::Scalar;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(BooleanVisitor)
    }
}

/// The largest integer up to which every integer is a distinct float.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The errors of the visitors must not repeat strings, which can be private.
const STRING: Unexpected<'static> = Unexpected::Other("a string");

/// Decodes `12`, `12.0` and `"12"`.
pub struct IntegerVisitor;

impl<'de> Visitor<'de> for IntegerVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer, or a string that contains one")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
        match value.fract() == 0.0 && value.abs() <= MAX_EXACT {
            // Exact, as was just checked.
            #[allow(clippy::cast_possible_truncation)]
            true => Ok(value as i64),
            false => Err(E::invalid_value(Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<i64, E> {
        value.parse().map_err(|_| E::invalid_value(STRING, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<i64, A::Error> {
        let number = number(map, &self)?;
        match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Ok(integer),
            (None, Some(float)) => self.visit_f64(float),
            (None, None) => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// Decodes numbers, and strings that contain one.
struct FloatVisitor;

impl<'de> Visitor<'de> for FloatVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a string that contains one")
    }

    // Floats have no exact conversion from integers: large ones are rounded, as in JavaScript.
    #[allow(clippy::cast_precision_loss)]
    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<f64, E> {
        // Names such as `inf` are not numbers of JSON.
        let is_number = |text: &&str| text.ends_with(|last: char| last.is_ascii_digit());
        let value = Some(value).filter(is_number);
        let value = value.and_then(|value| value.parse().ok());
        value
            .filter(|value: &f64| value.is_finite())
            .ok_or_else(|| E::invalid_value(STRING, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<f64, A::Error> {
        let float = number(map, &self)?.as_f64();
        float.ok_or_else(|| A::Error::invalid_type(Unexpected::Map, &self))
    }
}

/// Decodes `true`, `1`, `1.0`, `"1"` and `"true"`, and the same for `false`.
struct BooleanVisitor;

impl<'de> Visitor<'de> for BooleanVisitor {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean, 0 or 1")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        match value {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(E::invalid_value(Unexpected::Signed(other), &self)),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        // Any value that is not 0 or 1 is an error.
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        if value == 0.0 {
            return Ok(false);
        }
        match value == 1.0 {
            true => Ok(true),
            false => Err(E::invalid_value(Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        match value {
            "true" | "True" | "1" => Ok(true),
            "false" | "False" | "0" => Ok(false),
            _ => Err(E::invalid_value(STRING, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        let number = number(map, &self)?;
        self.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}

/// Decodes a number of serde_json's feature `arbitrary_precision`, which any crate of a build can enable: it
/// presents numbers as maps. Without it, this is an error.
fn number<'de, A: MapAccess<'de>>(
    map: A,
    expected: &dyn serde::de::Expected,
) -> Result<Number, A::Error> {
    Number::deserialize(MapAccessDeserializer::new(map))
        .map_err(|_| A::Error::invalid_type(Unexpected::Map, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: Decode>(json: &str) -> Option<T> {
        T::decode(&mut serde_json::Deserializer::from_str(json)).ok()
    }

    #[test]
    fn integers_are_decoded_from_floats_and_strings() {
        for (json, expected) in [
            ("12", Some(12)),
            ("12.0", Some(12)),
            ("\"12\"", Some(12)),
            ("-3e2", Some(-300)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("12.5", None),
            ("1e300", None),
            ("\"\"", None),
            ("\"12px\"", None),
            ("true", None),
            ("{}", None),
        ] {
            assert_eq!(decode::<i64>(json), expected, "{json}");
        }
    }

    #[test]
    fn floats_are_decoded_from_integers_and_strings() {
        for (json, expected) in [
            ("1.5", Some(1.5)),
            ("3", Some(3.0)),
            ("-3", Some(-3.0)),
            ("\"1.5\"", Some(1.5)),
            ("\"inf\"", None),
            ("\"NaN\"", None),
            ("\"1e999\"", None),
            ("\"\"", None),
            ("false", None),
        ] {
            assert_eq!(decode::<f64>(json), expected, "{json}");
        }
    }

    #[test]
    fn booleans_are_decoded_from_numbers_and_strings() {
        for json in ["true", "1", "1.0", "\"1\"", "\"true\"", "\"True\""] {
            assert_eq!(decode::<bool>(json), Some(true), "{json}");
        }
        for json in ["false", "0", "0.0", "\"0\"", "\"false\"", "\"False\""] {
            assert_eq!(decode::<bool>(json), Some(false), "{json}");
        }
        for json in ["2", "-1", "0.5", "\"\"", "\"yes\"", "null", "[]", "{}"] {
            assert_eq!(decode::<bool>(json), None, "{json}");
        }
    }
}
