//! Numbers as bounds and values, exact for whole ones.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

/// A number, the same however it is written: `1`, `1.0` and `1e0` are one.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// Without a fraction.
    Whole(i128),
    /// With one, or too large to be told.
    Real(f64),
}

/// A bound of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Bound {
    /// Where it is.
    pub number: Number,
    /// Whether the number itself is out of bounds.
    pub exclusive: bool,
}

impl Number {
    /// Reads a number of JSON.
    #[must_use]
    pub fn of(value: &Value) -> Option<Number> {
        if let Some(whole) = value.as_i64() {
            return Some(Number::Whole(whole.into()));
        }
        if let Some(whole) = value.as_u64() {
            return Some(Number::Whole(whole.into()));
        }
        value.as_f64().map(Number::from_f64)
    }

    fn from_f64(number: f64) -> Number {
        const EXACT: f64 = 1e30;
        if number.fract() == 0.0 && number.abs() < EXACT {
            // Below the limit, and without a fraction: the cast is exact.
            #[allow(clippy::cast_possible_truncation)]
            return Number::Whole(number as i128);
        }
        Number::Real(number)
    }

    fn as_f64(self) -> f64 {
        match self {
            // Compared with reals alone, which are never as fine.
            #[allow(clippy::cast_precision_loss)]
            Number::Whole(whole) => whole as f64,
            Number::Real(real) => real,
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Whole(one), Number::Whole(two)) => one.cmp(two),
            _ => self
                .as_f64()
                .total_cmp(&other.as_f64())
                .then_with(|| self.is_real().cmp(&other.is_real())),
        }
    }
}

impl Number {
    fn is_real(self) -> bool {
        matches!(self, Number::Real(_))
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
            Number::Whole(whole) => whole.hash(state),
            Number::Real(real) => real.to_bits().hash(state),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Whole(whole) => write!(formatter, "{whole}"),
            Number::Real(real) => write!(formatter, "{real}"),
        }
    }
}

impl Bound {
    /// A bound that the number itself is within.
    #[must_use]
    pub fn inclusive(number: Number) -> Bound {
        Bound {
            number,
            exclusive: false,
        }
    }

    /// A bound that the number itself is out of.
    #[must_use]
    pub fn exclusive(number: Number) -> Bound {
        Bound {
            number,
            exclusive: true,
        }
    }

    /// The same lower bound for numbers without a fraction.
    pub(super) fn lowest_whole(self) -> Bound {
        Bound::inclusive(match self.number {
            Number::Whole(whole) => Number::Whole(whole + i128::from(self.exclusive)),
            Number::Real(real) => Number::from_f64(real.ceil()),
        })
    }

    /// The same upper bound for numbers without a fraction.
    pub(super) fn highest_whole(self) -> Bound {
        Bound::inclusive(match self.number {
            Number::Whole(whole) => Number::Whole(whole - i128::from(self.exclusive)),
            Number::Real(real) => Number::from_f64(real.floor()),
        })
    }

    /// Whether a lower bound here lets fewer numbers through than `other`.
    pub(crate) fn is_tighter_minimum(self, other: Bound) -> bool {
        (self.number, self.exclusive) > (other.number, other.exclusive)
    }

    /// Whether an upper bound here lets fewer numbers through than `other`.
    pub(crate) fn is_tighter_maximum(self, other: Bound) -> bool {
        (self.number, other.exclusive) < (other.number, self.exclusive)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number(value: &Value) -> Number {
        Number::of(value).unwrap()
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        assert_eq!(number(&json!(1)), number(&json!(1.0)));
        assert_eq!(number(&json!(2_147_483_647)), number(&json!(2147483647.0)));
        assert_ne!(number(&json!(u64::MAX)), number(&json!(u64::MAX - 1)));
        assert!(number(&json!(0.5)) < number(&json!(1)));
        assert!(number(&json!(1e300)) > number(&json!(i64::MAX)));
    }

    #[test]
    fn an_exclusive_bound_is_tighter_than_the_same_inclusive_one() {
        let one = number(&json!(1));
        let (within, out) = (Bound::inclusive(one), Bound::exclusive(one));
        assert!(out.is_tighter_minimum(within) && !within.is_tighter_minimum(out));
        assert!(out.is_tighter_maximum(within) && !within.is_tighter_maximum(out));
        assert_eq!(out.highest_whole().number, number(&json!(0)));
        assert_eq!(out.lowest_whole().number, number(&json!(2)));
        assert_eq!(
            Bound::inclusive(number(&json!(0.5))).lowest_whole().number,
            one
        );
    }
}
