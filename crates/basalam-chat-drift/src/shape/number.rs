//! Numbers as bounds and enum values; integers are exact.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A number; `1`, `1.0` and `1e0` are equal.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(from = "serde_json::Number", into = "serde_json::Number")]
pub enum Number {
    /// A number without a fraction.
    Integer(i128),
    /// A number with a fraction, or too large to be exact.
    Float(f64),
}

/// A lower or upper bound of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Bound {
    /// The limit.
    pub number: Number,
    /// `true` if the limit itself is out of bounds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
}

impl Number {
    /// Reads a JSON number; `None` for any other type.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Number> {
        value.as_number().cloned().map(Number::from)
    }

    fn from_f64(number: f64) -> Number {
        const EXACT: f64 = 1e30;
        if number.fract() == 0.0 && number.abs() < EXACT {
            // Exact, because the number has no fraction and fits.
            #[allow(clippy::cast_possible_truncation)]
            return Number::Integer(number as i128);
        }
        Number::Float(number)
    }

    fn as_f64(self) -> f64 {
        match self {
            // Only compared with floats, which are not more precise.
            #[allow(clippy::cast_precision_loss)]
            Number::Integer(integer) => integer as f64,
            Number::Float(float) => float,
        }
    }

    fn is_float(self) -> bool {
        matches!(self, Number::Float(_))
    }
}

impl From<serde_json::Number> for Number {
    fn from(number: serde_json::Number) -> Number {
        let integer = number.as_i64().map(i128::from);
        match integer.or_else(|| number.as_u64().map(i128::from)) {
            Some(integer) => Number::Integer(integer),
            None => Number::from_f64(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

impl From<Number> for serde_json::Number {
    fn from(number: Number) -> serde_json::Number {
        let float = || serde_json::Number::from_f64(number.as_f64());
        match number {
            // Integers beyond 64 bits were read from a float.
            Number::Integer(integer) => serde_json::Number::from_i128(integer).or_else(float),
            Number::Float(_) => float(),
        }
        .unwrap_or(0.into())
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Integer(left), Number::Integer(right)) => left.cmp(right),
            _ => self
                .as_f64()
                .total_cmp(&other.as_f64())
                .then_with(|| self.is_float().cmp(&other.is_float())),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self {
            Number::Integer(integer) => integer.hash(state),
            Number::Float(float) => float.to_bits().hash(state),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(integer) => write!(formatter, "{integer}"),
            Number::Float(float) => write!(formatter, "{float}"),
        }
    }
}

impl Bound {
    /// Returns a bound that includes its limit.
    #[must_use]
    pub fn inclusive(number: Number) -> Bound {
        Bound {
            number,
            exclusive: false,
        }
    }

    /// Returns a bound that excludes its limit.
    #[must_use]
    pub fn exclusive(number: Number) -> Bound {
        Bound {
            number,
            exclusive: true,
        }
    }

    /// Returns the equivalent inclusive lower bound of integers.
    pub(super) fn minimum_of_integers(self) -> Bound {
        Bound::inclusive(match self.number {
            Number::Integer(integer) => Number::Integer(integer + i128::from(self.exclusive)),
            Number::Float(float) => Number::from_f64(float.ceil()),
        })
    }

    /// Returns the equivalent inclusive upper bound of integers.
    pub(super) fn maximum_of_integers(self) -> Bound {
        Bound::inclusive(match self.number {
            Number::Integer(integer) => Number::Integer(integer - i128::from(self.exclusive)),
            Number::Float(float) => Number::from_f64(float.floor()),
        })
    }

    /// Returns `true` if this lower bound accepts fewer numbers than `other`.
    pub(crate) fn is_tighter_minimum(self, other: Bound) -> bool {
        (self.number, self.exclusive) > (other.number, other.exclusive)
    }

    /// Returns `true` if this upper bound accepts fewer numbers than `other`.
    pub(crate) fn is_tighter_maximum(self, other: Bound) -> bool {
        (self.number, other.exclusive) < (other.number, self.exclusive)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number(value: &Value) -> Number {
        Number::from_json(value).unwrap()
    }

    #[test]
    fn equal_numbers_are_equal_in_every_notation() {
        assert_eq!(number(&json!(1)), number(&json!(1.0)));
        assert_eq!(number(&json!(2_147_483_647)), number(&json!(2147483647.0)));
        assert_ne!(number(&json!(u64::MAX)), number(&json!(u64::MAX - 1)));
        assert!(number(&json!(0.5)) < number(&json!(1)));
        assert!(number(&json!(1e300)) > number(&json!(i64::MAX)));
    }

    #[test]
    fn numbers_round_trip_through_json() {
        for value in [
            json!(-1),
            json!(u64::MAX),
            json!(0.5),
            json!(1e25),
            json!(1e300),
        ] {
            let written = serde_json::to_value(number(&value)).unwrap();
            assert_eq!(number(&written), number(&value), "{value}");
        }
    }

    #[test]
    fn exclusive_bound_is_tighter_than_the_same_inclusive_one() {
        let one = number(&json!(1));
        let (inclusive, exclusive) = (Bound::inclusive(one), Bound::exclusive(one));
        assert!(
            exclusive.is_tighter_minimum(inclusive) && !inclusive.is_tighter_minimum(exclusive)
        );
        assert!(
            exclusive.is_tighter_maximum(inclusive) && !inclusive.is_tighter_maximum(exclusive)
        );
        assert_eq!(exclusive.maximum_of_integers().number, number(&json!(0)));
        assert_eq!(exclusive.minimum_of_integers().number, number(&json!(2)));
        let half = Bound::inclusive(number(&json!(0.5)));
        assert_eq!(half.minimum_of_integers().number, one);
    }
}
