//! `cargo xtask build-cost`: the build time that the SDK adds to a program.
//!
//! Two programs make the same calls, one with the SDK and one with reqwest alone. Both are built
//! from scratch in turns, with the same dependency versions. The result is the median ratio of CPU
//! times over all rounds: other load on the machine distorts wall time.

mod added_crates;
mod cpu_time;
mod program;

use std::path::Path;
use std::time::Duration;

use anyhow::bail;

use crate::process::Outcome;
use added_crates::{AddedCrates, parse_tree};
use program::{BuildTime, Profile, Program};

/// The maximum ratio of the CPU time with the SDK to the CPU time with reqwest alone.
const MAX_RATIO: f64 = 1.15;

/// The measurements to make.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The number of builds of each program; 0 only lists the crates.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// The build profile; by default both are measured.
    #[arg(long)]
    profile: Option<Profile>,
}

/// Lists the added crates and measures; fails if a crate has no reason or a ratio is too high.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let (reqwest, sdk) = (Program::reqwest(root)?, Program::sdk(root)?);
    let problem = list_crates(&reqwest, &sdk)?;
    let profiles = match arguments.profile {
        Some(profile) => vec![profile],
        None => vec![Profile::Debug, Profile::Release],
    };
    let mut is_within_limit = true;
    for profile in profiles {
        if arguments.rounds > 0 {
            is_within_limit &= measure(&reqwest, &sdk, profile, arguments.rounds)?;
        }
    }
    if let Some(problem) = problem {
        bail!(problem);
    }
    if !is_within_limit {
        bail!("the SDK takes more than {MAX_RATIO} times the build time of reqwest alone");
    }
    Ok(())
}

/// Checks that every added crate has a reason, without building anything.
pub(crate) fn check_crates(root: &Path) -> anyhow::Result<Outcome> {
    match list_crates(&Program::reqwest(root)?, &Program::sdk(root)?)? {
        Some(problem) => bail!(problem),
        None => Ok(Outcome::Passed),
    }
}

/// Prints the crates that the SDK adds, and returns the problem with their reasons, if any.
fn list_crates(reqwest: &Program, sdk: &Program) -> anyhow::Result<Option<String>> {
    let (reqwest, sdk) = (parse_tree(&reqwest.tree()?), parse_tree(&sdk.tree()?));
    println!(
        "crates: {} with reqwest alone, {} with the SDK, which adds:",
        reqwest.len(),
        sdk.len()
    );
    let added = AddedCrates::new(&sdk, &reqwest);
    for (it, reason) in &added.crates {
        let reason = reason.unwrap_or("NO REASON");
        println!("  {:<22} {:<8} {reason}", it.name, it.version);
    }
    let missing = reqwest.difference(&sdk).map(|it| it.name.as_str());
    let missing: Vec<&str> = missing.collect();
    println!("only with reqwest alone: {}", missing.join(", "));
    Ok(added.problem())
}

/// Builds both programs in turns, prints the times, and returns `true` if the ratio is within the
/// limit.
fn measure(
    reqwest: &Program,
    sdk: &Program,
    profile: Profile,
    rounds: usize,
) -> anyhow::Result<bool> {
    let mut times = Vec::new();
    for round in 0..rounds {
        // The order alternates, so that a machine that slows down affects both programs equally.
        times.push(match round % 2 {
            0 => (reqwest.build(profile)?, sdk.build(profile)?),
            _ => {
                let sdk = sdk.build(profile)?;
                (reqwest.build(profile)?, sdk)
            }
        });
    }
    let wall = Comparison::new(&times, |time| Some(time.wall));
    let cpu = Comparison::new(&times, |time| time.cpu);
    println!("\n{profile:?}, medians of {rounds}: reqwest alone, SDK, ratio");
    for (name, comparison) in [("wall", &wall), ("CPU", &cpu)] {
        if let Some(Comparison {
            reqwest,
            sdk,
            ratio,
        }) = comparison
        {
            println!("  {name:<5} {reqwest:>7.1} s {sdk:>7.1} s  {ratio:.3}");
        }
    }
    if profile == Profile::Release {
        let (reqwest, sdk) = (reqwest.size()?, sdk.size()?);
        println!("  size  {:>6} kB {:>6} kB", reqwest / 1000, sdk / 1000);
    }
    // Only Linux reports CPU time.
    let (name, decisive) = match cpu {
        Some(cpu) => ("CPU", Some(cpu)),
        None => ("wall", wall),
    };
    println!("  limit: a {name} time ratio of {MAX_RATIO}");
    Ok(decisive.is_some_and(|it| it.ratio <= MAX_RATIO))
}

/// The medians of all rounds, in seconds.
#[derive(Debug, PartialEq)]
struct Comparison {
    reqwest: f64,
    sdk: f64,
    /// The median of the ratios of each round.
    ratio: f64,
}

impl Comparison {
    /// Returns `None` if there is no round or `time` is missing for a round.
    fn new(
        rounds: &[(BuildTime, BuildTime)],
        time: impl Fn(&BuildTime) -> Option<Duration>,
    ) -> Option<Comparison> {
        let seconds = |it: &BuildTime| time(it).map(|it| it.as_secs_f64());
        let rounds: Option<Vec<(f64, f64)>> = rounds
            .iter()
            .map(|(reqwest, sdk)| seconds(reqwest).zip(seconds(sdk)))
            .collect();
        let rounds = rounds?;
        let median_of = |value: fn(&(f64, f64)) -> f64| median(rounds.iter().map(value).collect());
        Some(Comparison {
            reqwest: median_of(|(reqwest, _)| *reqwest)?,
            sdk: median_of(|(_, sdk)| *sdk)?,
            ratio: median_of(|(reqwest, sdk)| sdk / reqwest)?,
        })
    }
}

/// Returns the median; for an even length, the mean of the two middle values.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(match values.len() % 2 {
        1 => upper,
        _ => f64::midpoint(values[values.len() / 2 - 1], upper),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build_time(seconds: u64) -> BuildTime {
        BuildTime {
            wall: Duration::from_secs(seconds),
            cpu: None,
        }
    }

    #[test]
    fn median_of_odd_and_even_lengths() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0]), Some(3.0));
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), Some(3.0));
    }

    #[test]
    fn ratio_is_the_median_of_ratios_not_the_ratio_of_medians() {
        let rounds = [(10, 11), (40, 48), (20, 20)];
        let rounds = rounds.map(|(reqwest, sdk)| (build_time(reqwest), build_time(sdk)));
        let comparison = Comparison::new(&rounds, |time| Some(time.wall)).unwrap();
        let expected = Comparison {
            reqwest: 20.0,
            sdk: 20.0,
            ratio: 1.1,
        };
        assert_eq!(comparison, expected);
    }

    #[test]
    fn no_comparison_without_rounds_or_with_missing_times() {
        let rounds = [(build_time(1), build_time(2))];
        assert_eq!(Comparison::new(&rounds, |time| time.cpu), None);
        assert_eq!(Comparison::new(&[], |time| Some(time.wall)), None);
    }
}
