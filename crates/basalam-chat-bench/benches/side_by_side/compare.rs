//! What several clients took in the same rounds, and their ratios.

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use basalam_chat_bench::Kind;
use criterion::{BenchmarkId, Criterion, SamplingMode};

/// The clients take turns so often. Many short turns: on a computer that others use too, one long turn may
/// fall into a slow time from beginning to end.
const ROUNDS: usize = 41;

/// How often, and for how long each time.
pub(crate) const SHORT: (usize, Duration) = (ROUNDS, Duration::from_millis(60));

/// Many tasks need longer turns, in which each makes several calls: starting them is not what is measured.
pub(crate) const LONG: (usize, Duration) = (ROUNDS / 3, Duration::from_millis(600));

/// Samples that criterion takes of each turn, the fewest that it allows.
pub(crate) const SAMPLES: usize = 10;

/// What was measured of one case.
pub(crate) struct Comparison {
    name: String,
    /// For each client and each round the time of a call, in seconds.
    times: Vec<(Kind, Vec<f64>)>,
}

impl Comparison {
    /// Measures the clients in turns. `run` makes so many calls with a client and tells how long they took.
    pub(crate) fn measure(
        criterion: &mut Criterion,
        name: String,
        kinds: &[Kind],
        (rounds, time): (usize, Duration),
        mut run: impl FnMut(Kind, u64) -> Duration,
    ) -> Comparison {
        let mut group = criterion.benchmark_group(&name);
        // The same number of calls in every sample.
        group.sampling_mode(SamplingMode::Flat);
        group.measurement_time(time);
        let mut times: Vec<(Kind, Vec<f64>)> = kinds.iter().map(|it| (*it, Vec::new())).collect();
        for round in 0..rounds {
            // Nobody always follows the same one.
            times.reverse();
            times.rotate_left(round % kinds.len());
            for (kind, times) in &mut times {
                let samples = RefCell::new(Vec::new());
                group.bench_function(BenchmarkId::new(kind.name(), round), |bencher| {
                    bencher.iter_custom(|calls| {
                        let took = run(*kind, calls);
                        samples.borrow_mut().push((calls, took));
                        took
                    });
                });
                times.extend(time_of_a_call(&samples.into_inner()));
            }
        }
        group.finish();
        Comparison { name, times }
    }

    /// Whether it was not left out on the command line.
    pub(crate) fn is_measured(&self) -> bool {
        self.times.iter().all(|(_, times)| !times.is_empty())
    }

    /// The time of the facade, of that of the client that is written by hand.
    pub(crate) fn facade(&self) -> f64 {
        let ratio = self.ratio(Kind::Facade, Kind::ByHand);
        ratio.map_or(f64::INFINITY, |[_, median, _]| median)
    }

    fn times(&self, kind: Kind) -> Option<&[f64]> {
        let times = self.times.iter().find(|it| it.0 == kind)?;
        Some(&times.1)
    }

    /// The ratio of two clients in the same round: its first quartile, median and third quartile.
    fn ratio(&self, one: Kind, other: Kind) -> Option<[f64; 3]> {
        let rounds = self.times(one)?.iter().zip(self.times(other)?);
        let mut ratios: Vec<f64> = rounds.map(|(one, other)| one / other).collect();
        ratios.sort_by(f64::total_cmp);
        let at = |quarters: usize| ratios.get(ratios.len() * quarters / 4).copied();
        Some([at(1)?, at(2)?, at(3)?])
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<24}", self.name)?;
        for kind in Kind::ALL {
            match self.times(*kind).and_then(|times| median(times.to_vec())) {
                Some(time) => write!(f, "{:>10.1}", time * 1e6)?,
                None => write!(f, "{:>10}", "-")?,
            }
        }
        for (one, other) in [
            (Kind::Facade, Kind::ByHand),
            (Kind::Facade, Kind::Floor),
            (Kind::Generated, Kind::ByHand),
        ] {
            match self.ratio(one, other) {
                Some([first, median, third]) => {
                    write!(f, "  {median:>5.3} ({first:.2} to {third:.2})")?;
                }
                None => write!(f, "  {:>20}", "-")?,
            }
        }
        Ok(())
    }
}

/// The median of the samples, in seconds, without what was done before them to warm up.
fn time_of_a_call(samples: &[(u64, Duration)]) -> Option<f64> {
    let whole = &samples[samples.len().saturating_sub(SAMPLES)..];
    // So many calls are exact in a double.
    median(
        whole
            .iter()
            .map(|(calls, took)| took.as_secs_f64() / *calls as f64)
            .collect(),
    )
}

/// The one in the middle; nothing of nothing.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
