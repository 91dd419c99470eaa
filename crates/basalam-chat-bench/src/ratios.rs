//! Ratios of two measurements that took turns.

use std::fmt;

/// The ratios of the rounds, sorted; at least one.
pub struct Ratios(Vec<f64>);

impl Ratios {
    /// Divides the values of each round. Returns `None` if there are no rounds.
    pub fn new(values: &[f64], others: &[f64]) -> Option<Ratios> {
        let rounds = values.iter().zip(others);
        let mut ratios: Vec<f64> = rounds.map(|(value, other)| value / other).collect();
        ratios.sort_by(f64::total_cmp);
        (!ratios.is_empty()).then_some(Ratios(ratios))
    }

    /// Returns the value that the median exceeds with a confidence of 97.5 %, in the normal approximation of order
    /// statistics.
    pub fn median_lower_bound(&self) -> f64 {
        // The number of rounds is small enough to be exact.
        let count = self.0.len() as f64;
        let index = ((count - 1.96 * count.sqrt()) / 2.0).max(0.0) as usize;
        self.0[index]
    }

    /// Returns the median.
    pub fn median(&self) -> f64 {
        self.quartile(2)
    }

    fn quartile(&self, quarters: usize) -> f64 {
        self.0[self.0.len() * quarters / 4]
    }
}

/// The median and the quartiles.
impl fmt::Display for Ratios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, median, third] = [1, 2, 3].map(|quarters| self.quartile(quarters));
        write!(f, "{median:>5.3} ({first:.2} to {third:.2})")
    }
}

/// Returns the median, or `None` if there are no values.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_lower_bound_is_below_the_median_and_within_the_ratios() {
        let values: Vec<f64> = (0..100).rev().map(f64::from).collect();
        let ratios = Ratios::new(&values, &[1.0; 100]).unwrap();
        assert_eq!(ratios.median_lower_bound(), 40.0);
        assert_eq!(ratios.to_string(), "50.000 (25.00 to 75.00)");
        let one = Ratios::new(&[3.0], &[2.0]).unwrap();
        assert_eq!(one.median_lower_bound(), 1.5);
        assert!(Ratios::new(&[], &[]).is_none());
    }
}
