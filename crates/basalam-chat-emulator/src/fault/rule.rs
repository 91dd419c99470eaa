//! When the service fails.

use std::fmt;

use super::Fault;
use crate::error::Error;
use crate::oauth::TOKEN_OPERATION;

/// When a [`Fault`] happens: for which operation, how often, how likely.
///
/// ```
/// use basalam_chat_emulator::{Emulator, Fault, FaultRule};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// // The first two attempts to list messages fail.
/// let busy = FaultRule::new(Fault::status(503)).operation("get_messages").times(2);
/// emulator.add_fault(busy)?;
/// // Every other request loses its answer, by turns instead of by chance.
/// let mut turn = false;
/// let by_turns = move || {
///     turn = !turn;
///     if turn { 0.0 } else { 0.9 }
/// };
/// let lossy = Fault::disconnect().after_handling();
/// emulator.add_fault(FaultRule::new(lossy).probability(0.5, by_turns))?;
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
#[must_use = "a rule does nothing until the emulator is given it"]
pub struct FaultRule {
    fault: Fault,
    operation_id: Option<String>,
    /// `None` for ever.
    times: Option<u64>,
    chance: Option<Chance>,
}

struct Chance {
    probability: f64,
    source: Box<dyn FnMut() -> f64 + Send>,
}

impl FaultRule {
    /// Starts with a fault that happens to every request for every operation of the
    /// OpenAPI document, for ever.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            operation_id: None,
            times: None,
            chance: None,
        }
    }

    /// Lets it happen to one operation alone, named by its id, such as
    /// `create_message`, or [`TOKEN_OPERATION`].
    pub fn operation(mut self, id: impl Into<String>) -> Self {
        self.operation_id = Some(id.into());
        self
    }

    /// Lets it happen this often, and no more.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets it happen with a probability from 0 to 1: where the source gives a number
    /// below it. The source is asked once for every request that the rule is about and
    /// no earlier rule has made fail. It gives numbers from 0 to below 1; seed it for
    /// tests that can be repeated.
    pub fn probability(
        mut self,
        probability: f64,
        source: impl FnMut() -> f64 + Send + 'static,
    ) -> Self {
        self.chance = Some(Chance {
            probability,
            source: Box::new(source),
        });
        self
    }

    /// Lets it happen with a probability from 0 to 1, by chance that is the same for the
    /// same seed.
    ///
    /// ```
    /// use basalam_chat_emulator::{Fault, FaultRule};
    ///
    /// let lossy = FaultRule::new(Fault::disconnect()).seeded_probability(0.2, 42);
    /// # let _ = lossy;
    /// ```
    pub fn seeded_probability(self, probability: f64, seed: u64) -> Self {
        let mut state = seed;
        self.probability(probability, move || {
            // SplitMix64, whose first numbers are good for every seed.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = state;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            bits ^= bits >> 31;
            // As many bits as a number of this type keeps.
            (bits >> 11) as f64 / (1_u64 << 53) as f64
        })
    }

    pub(crate) fn operation_id(&self) -> Option<&str> {
        self.operation_id.as_deref()
    }

    /// Refuses what could not happen.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let probability = self.chance.as_ref().map(|it| it.probability);
        match probability {
            Some(it) if !(0.0..=1.0).contains(&it) => Err(Error::argument(format!(
                "the probability {it} is none; use 0 to 1"
            ))),
            _ => self.fault.check(),
        }
    }

    /// Describes the rule, for whoever lists them.
    pub(crate) fn describe(&self) -> serde_json::Value {
        serde_json::json!({
            "fault": self.fault.kind.name(),
            "delay_ms": u64::try_from(self.fault.delay.as_millis()).unwrap_or(u64::MAX),
            "after_handling": self.fault.is_after_work,
            "operation": self.operation_id,
            "times_left": self.times,
            "probability": self.chance.as_ref().map(|it| it.probability),
        })
    }

    /// Gives the fault, where it is to happen to a request for an operation now.
    pub(crate) fn next(&mut self, operation_id: &str) -> Option<Fault> {
        let other = match self.operation_id() {
            Some(id) => id != operation_id,
            // What a test makes fail is the chat service, not the way to its token.
            None => operation_id == TOKEN_OPERATION,
        };
        if other || self.is_over() {
            return None;
        }
        if let Some(chance) = &mut self.chance
            && (chance.source)() >= chance.probability
        {
            return None;
        }
        if let Some(times) = &mut self.times {
            *times -= 1;
        }
        Some(self.fault.clone())
    }

    /// Tells whether it has happened as often as it may.
    pub(crate) fn is_over(&self) -> bool {
        self.times == Some(0)
    }
}

impl fmt::Debug for FaultRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let probability = self.chance.as_ref().map(|it| it.probability);
        formatter
            .debug_struct("FaultRule")
            .field("fault", &self.fault)
            .field("operation_id", &self.operation_id)
            .field("times", &self.times)
            .field("probability", &probability)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happens(rule: &mut FaultRule, operation_id: &str) -> bool {
        rule.next(operation_id).is_some()
    }

    #[test]
    fn a_rule_counts_only_what_it_is_about() {
        let mut rule = FaultRule::new(Fault::empty_body()).operation("a").times(2);
        let requests = ["b", "a", "b", "a", "a"];
        let happened = requests.map(|it| happens(&mut rule, it));
        assert_eq!(happened, [false, true, false, true, false]);
        assert!(rule.is_over());
    }

    #[test]
    fn chance_is_asked_for_every_request_and_spares_the_count() {
        let mut numbers = [0.5, 0.49, 0.0, 0.999, 0.1].into_iter();
        let source = move || numbers.next().unwrap();
        let mut rule = FaultRule::new(Fault::empty_body())
            .times(3)
            .probability(0.5, source);
        let happened = [(); 6].map(|()| happens(&mut rule, "a"));
        assert_eq!(happened, [false, true, true, false, true, false]);
    }

    #[test]
    fn a_probability_of_0_never_happens_and_of_1_always() {
        let rule =
            |probability| FaultRule::new(Fault::empty_body()).probability(probability, || 0.0);
        assert!(!happens(&mut rule(0.0), "a"));
        let mut surely = FaultRule::new(Fault::empty_body()).probability(1.0, || 0.999_999);
        assert!(happens(&mut surely, "a"));
        for probability in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            let error = rule(probability).check().unwrap_err();
            assert!(error.is_argument());
        }
    }

    #[test]
    fn chance_by_a_seed_is_repeatable_and_about_as_often_as_was_asked_for() {
        let happened = |seed| {
            let mut rule = FaultRule::new(Fault::empty_body()).seeded_probability(0.2, seed);
            (0..10_000)
                .map(|_| happens(&mut rule, "a"))
                .collect::<Vec<_>>()
        };
        for seed in [0, 1, u64::MAX] {
            let often = happened(seed).iter().filter(|it| **it).count();
            assert!((1_800..2_200).contains(&often), "{often}");
            assert_eq!(happened(seed), happened(seed));
        }
        assert_ne!(happened(0), happened(1));
    }
}
