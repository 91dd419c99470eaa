//! Times of several clients in the same rounds, and their ratios.

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use basalam_chat_bench::{Kind, Ratios, median};
use criterion::{BenchmarkId, Criterion, SamplingMode};

/// Number of rounds. Many short turns are more robust on a shared machine: a long turn can coincide with a
/// slow period.
const ROUNDS: usize = 41;

/// Rounds and measurement time per turn for a single task.
pub(crate) const SHORT: (usize, Duration) = (ROUNDS, Duration::from_millis(60));

/// Rounds and measurement time per turn for many tasks, longer to amortize starting them.
pub(crate) const LONG: (usize, Duration) = (ROUNDS / 2, Duration::from_millis(400));

/// Samples per turn, the minimum that criterion allows.
pub(crate) const SAMPLES: usize = 10;

/// Measurements of one case.
pub(crate) struct Comparison {
    name: String,
    /// Seconds per call for each client and round.
    times: Vec<(Kind, Vec<f64>)>,
}

impl Comparison {
    /// Measures the clients in turns. `run` makes a number of calls with a client and returns the elapsed time.
    pub(crate) fn measure(
        criterion: &mut Criterion,
        name: String,
        kinds: &[Kind],
        (rounds, time): (usize, Duration),
        mut run: impl FnMut(Kind, u64) -> Duration,
    ) -> Comparison {
        let mut group = criterion.benchmark_group(&name);
        // Uses the same number of calls in all samples.
        group.sampling_mode(SamplingMode::Flat);
        group.measurement_time(time);
        let mut times: Vec<(Kind, Vec<f64>)> =
            kinds.iter().map(|kind| (*kind, Vec::new())).collect();
        for round in 0..rounds {
            // Varies the order, so no client always follows the same one.
            times.reverse();
            times.rotate_left(round % kinds.len());
            for (kind, times) in &mut times {
                let samples = RefCell::new(Vec::new());
                group.bench_function(BenchmarkId::new(kind.name(), round), |bencher| {
                    bencher.iter_custom(|calls| {
                        let elapsed = run(*kind, calls);
                        samples.borrow_mut().push((calls, elapsed));
                        elapsed
                    });
                });
                times.extend(time_per_call(&samples.into_inner()));
            }
        }
        group.finish();
        Comparison { name, times }
    }

    /// Returns `false` if a command-line filter excluded the case.
    pub(crate) fn is_measured(&self) -> bool {
        self.times.iter().all(|(_, times)| !times.is_empty())
    }

    /// Returns the lower bound of the median ratio of the facade to the hand-written client, with a confidence
    /// of 97.5 %.
    pub(crate) fn min_facade_ratio(&self) -> f64 {
        let ratios = self.ratios(Kind::Facade, Kind::HandWritten);
        ratios.map_or(f64::INFINITY, |ratios| ratios.median_lower_bound())
    }

    fn times(&self, kind: Kind) -> Option<&[f64]> {
        let times = self.times.iter().find(|times| times.0 == kind)?;
        Some(&times.1)
    }

    /// Returns the ratios of two clients in the same round.
    fn ratios(&self, one: Kind, other: Kind) -> Option<Ratios> {
        Ratios::new(self.times(one)?, self.times(other)?)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<24}", self.name)?;
        for kind in Kind::ALL {
            match self.times(*kind).and_then(|times| median(times.to_vec())) {
                Some(time) => write!(f, "{:>13.1}", time * 1e6)?,
                None => write!(f, "{:>13}", "-")?,
            }
        }
        for (one, other) in [
            (Kind::Facade, Kind::HandWritten),
            (Kind::Facade, Kind::HyperBaseline),
            (Kind::Generated, Kind::HandWritten),
        ] {
            match self.ratios(one, other) {
                Some(ratios) => write!(f, "  {ratios}")?,
                None => write!(f, "  {:>20}", "-")?,
            }
        }
        Ok(())
    }
}

/// Returns the median of the samples in seconds, without the warm-up.
fn time_per_call(samples: &[(u64, Duration)]) -> Option<f64> {
    let measured = &samples[samples.len().saturating_sub(SAMPLES)..];
    // The number of calls is small enough to be exact.
    median(
        measured
            .iter()
            .map(|(calls, elapsed)| elapsed.as_secs_f64() / *calls as f64)
            .collect(),
    )
}
