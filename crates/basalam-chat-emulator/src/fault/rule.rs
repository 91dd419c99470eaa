//! Rules that select the requests to fail.

use std::fmt;

use super::{DELIVER_WEBHOOK, Fault, FaultKind};
use crate::error::Error;
use crate::oauth::TOKEN_OPERATION;

/// A [`Fault`] and the requests that it applies to: the operation, the number of times, and
/// the probability.
///
/// A rule can also be parsed from a string; see its [`FromStr`](#impl-FromStr-for-FaultRule).
///
/// ```
/// use basalam_chat_emulator::{Emulator, Fault, FaultRule};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// // The first two attempts to list messages fail.
/// let busy = FaultRule::new(Fault::status(503)).operation("get_messages").times(2);
/// emulator.add_fault(busy)?;
/// // Every other request loses its response.
/// let mut is_odd = false;
/// let alternating = move || {
///     is_odd = !is_odd;
///     if is_odd { 0.0 } else { 0.9 }
/// };
/// let lossy = Fault::disconnect().after_handling();
/// emulator.add_fault(FaultRule::new(lossy).probability(0.5, alternating))?;
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
#[must_use = "a rule does nothing until it is added to an emulator"]
pub struct FaultRule {
    pub(super) fault: Fault,
    operation_id: Option<String>,
    /// The remaining number of times, or `None` for no limit.
    pub(super) times_left: Option<u64>,
    pub(super) sampling: Option<Sampling>,
}

pub(super) struct Sampling {
    pub(super) probability: f64,
    /// `None` for a custom source.
    pub(super) random_seed: Option<u64>,
    source: Box<dyn FnMut() -> f64 + Send>,
}

impl FaultRule {
    /// Creates a rule that applies to every request for every operation of the OpenAPI
    /// document.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            operation_id: None,
            times_left: None,
            sampling: None,
        }
    }

    /// Restricts the rule to one operation id, such as `create_message`, to
    /// [`TOKEN_OPERATION`], or to [`DELIVER_WEBHOOK`].
    pub fn operation(mut self, id: impl Into<String>) -> Self {
        self.operation_id = Some(id.into());
        self
    }

    /// Sets how many times the fault is injected. Default: no limit.
    pub fn times(mut self, times: u64) -> Self {
        self.times_left = Some(times);
        self
    }

    /// Injects the fault with a probability from 0 to 1: when `source` returns a value below
    /// it.
    ///
    /// `source` returns values in `0.0..1.0`. It is called once for every request that the
    /// rule applies to and that no earlier rule fails. Use a seeded source for reproducible
    /// tests.
    pub fn probability(
        mut self,
        probability: f64,
        source: impl FnMut() -> f64 + Send + 'static,
    ) -> Self {
        self.sampling = Some(Sampling {
            probability,
            random_seed: None,
            source: Box::new(source),
        });
        self
    }

    /// Injects the fault with a probability from 0 to 1, using a pseudorandom sequence that
    /// depends on the seed only.
    ///
    /// ```
    /// use basalam_chat_emulator::{Fault, FaultRule};
    ///
    /// let lossy = FaultRule::new(Fault::disconnect()).seeded_probability(0.2, 42);
    /// # let _ = lossy;
    /// ```
    pub fn seeded_probability(self, probability: f64, seed: u64) -> Self {
        let mut state = seed;
        let mut rule = self.probability(probability, move || {
            // SplitMix64, which needs no warm-up for any seed.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = state;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            bits ^= bits >> 31;
            // The 53 bits of a float's mantissa.
            (bits >> 11) as f64 / (1_u64 << 53) as f64
        });
        if let Some(sampling) = &mut rule.sampling {
            sampling.random_seed = Some(seed);
        }
        rule
    }

    pub(crate) fn operation_id(&self) -> Option<&str> {
        self.operation_id.as_deref()
    }

    fn is_delivery_fault(&self) -> bool {
        self.fault.kind.delivery().is_some()
    }

    fn probability_value(&self) -> Option<f64> {
        self.sampling.as_ref().map(|it| it.probability)
    }

    /// Rejects invalid probabilities and faults, and faults that the operation cannot have.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let is_for_deliveries = match self.operation_id() {
            Some(id) => id == DELIVER_WEBHOOK,
            None => self.is_delivery_fault(),
        };
        let is_possible = match self.fault.kind {
            FaultKind::Latency => true,
            _ => is_for_deliveries == self.is_delivery_fault(),
        };
        if !is_possible {
            return Err(Error::invalid_argument(format!(
                "the fault {:?} cannot apply to this operation; deliveries to webhooks can be `lost`, `repeated`, `reordered`, late (`latency`) or have a `wrong_header`, and nothing else can",
                self.fault.kind
            )));
        }
        match self.probability_value() {
            Some(it) if !(0.0..=1.0).contains(&it) => Err(Error::invalid_argument(format!(
                "the probability {it} is out of range; use 0 to 1"
            ))),
            _ => self.fault.check(),
        }
    }

    /// Returns a description for listings.
    pub(crate) fn describe(&self) -> serde_json::Value {
        serde_json::json!({
            "fault": self.fault.kind.name(),
            "delay_ms": u64::try_from(self.fault.delay.as_millis()).unwrap_or(u64::MAX),
            "after_handling": self.fault.after_handling,
            "operation": self.operation_id,
            "times_left": self.times_left,
            "probability": self.probability_value(),
        })
    }

    /// Returns the fault if the rule applies to the next request for an operation.
    pub(crate) fn next(&mut self, operation_id: &str) -> Option<Fault> {
        let applies = match self.operation_id() {
            Some(id) => id == operation_id,
            None if self.is_delivery_fault() => operation_id == DELIVER_WEBHOOK,
            // Rules without an operation apply to the chat service only, not to the token endpoint.
            None => ![TOKEN_OPERATION, DELIVER_WEBHOOK].contains(&operation_id),
        };
        if !applies || self.is_exhausted() {
            return None;
        }
        if let Some(sampling) = &mut self.sampling
            && (sampling.source)() >= sampling.probability
        {
            return None;
        }
        if let Some(times) = &mut self.times_left {
            *times -= 1;
        }
        Some(self.fault.clone())
    }

    /// Returns `true` if no times are left.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.times_left == Some(0)
    }
}

impl fmt::Debug for FaultRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FaultRule")
            .field("fault", &self.fault)
            .field("operation_id", &self.operation_id)
            .field("times_left", &self.times_left)
            .field("probability", &self.probability_value())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applies(rule: &mut FaultRule, operation_id: &str) -> bool {
        rule.next(operation_id).is_some()
    }

    #[test]
    fn times_counts_only_matching_requests() {
        let mut rule = FaultRule::new(Fault::empty_body()).operation("a").times(2);
        let requests = ["b", "a", "b", "a", "a"];
        let applied = requests.map(|it| applies(&mut rule, it));
        assert_eq!(applied, [false, true, false, true, false]);
        assert!(rule.is_exhausted());
    }

    #[test]
    fn times_counts_only_injected_faults() {
        let mut samples = [0.5, 0.49, 0.0, 0.999, 0.1].into_iter();
        let source = move || samples.next().unwrap();
        let mut rule = FaultRule::new(Fault::empty_body())
            .times(3)
            .probability(0.5, source);
        let applied = [(); 6].map(|()| applies(&mut rule, "a"));
        assert_eq!(applied, [false, true, true, false, true, false]);
    }

    #[test]
    fn probability_0_never_applies_and_1_always() {
        let rule =
            |probability| FaultRule::new(Fault::empty_body()).probability(probability, || 0.0);
        assert!(!applies(&mut rule(0.0), "a"));
        let mut always = FaultRule::new(Fault::empty_body()).probability(1.0, || 0.999_999);
        assert!(applies(&mut always, "a"));
    }

    #[test]
    fn rejects_probability_out_of_range() {
        for probability in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            let rule = FaultRule::new(Fault::empty_body()).probability(probability, || 0.0);
            assert!(rule.check().unwrap_err().is_invalid_argument());
        }
    }

    #[test]
    fn seeded_probability_is_reproducible_and_accurate() {
        let samples = |seed| {
            let mut rule = FaultRule::new(Fault::empty_body()).seeded_probability(0.2, seed);
            (0..10_000)
                .map(|_| applies(&mut rule, "a"))
                .collect::<Vec<_>>()
        };
        for seed in [0, 1, u64::MAX] {
            let count = samples(seed).iter().filter(|it| **it).count();
            assert!((1_800..2_200).contains(&count), "{count}");
            assert_eq!(samples(seed), samples(seed));
        }
        assert_ne!(samples(0), samples(1));
    }
}
