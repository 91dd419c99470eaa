//! `cargo xtask build-cost`: what the SDK adds to the build of a program.
//!
//! The same conversation is written twice, with the SDK and on bare reqwest. Both are built from nothing,
//! with the same versions, in turns, so that whatever else the computer does slows both alike; the ratio is
//! the median of the rounds' ratios.

mod cpu;
mod crates;
mod program;

use std::path::Path;
use std::time::Duration;

use anyhow::bail;

use crate::ci::Outcome;
use crates::Above;
use program::{Cost, Profile, Program};

/// How much more the program with the SDK may take.
const TARGET: f64 = 1.15;

/// What is measured.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each program is built; with 0 only the crates are listed.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Builds with this profile alone.
    #[arg(long)]
    profile: Option<Profile>,
}

/// Lists the crates, measures, and fails where a crate has no reason or a ratio is above the target.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let (bare, sdk) = (Program::bare(root)?, Program::sdk(root)?);
    let complaint = list(&bare, &sdk)?;
    let profiles = match arguments.profile {
        Some(profile) => vec![profile],
        None => vec![Profile::Debug, Profile::Release],
    };
    let mut is_kept = true;
    for profile in profiles {
        if arguments.rounds > 0 {
            is_kept &= measure(&bare, &sdk, profile, arguments.rounds)?;
        }
    }
    if let Some(complaint) = complaint {
        bail!(complaint);
    }
    if !is_kept {
        bail!("the SDK costs more than {TARGET} times what bare reqwest does");
    }
    Ok(())
}

/// Whether every crate above bare reqwest has its reason, without building any.
pub(crate) fn every_crate_has_its_reason(root: &Path) -> anyhow::Result<Outcome> {
    match list(&Program::bare(root)?, &Program::sdk(root)?)? {
        Some(complaint) => bail!(complaint),
        None => Ok(Outcome::Passed),
    }
}

/// Prints the crates that the SDK adds, and gives what is wrong with them.
fn list(bare: &Program, sdk: &Program) -> anyhow::Result<Option<String>> {
    let (bare, sdk) = (crates::read(&bare.tree()?), crates::read(&sdk.tree()?));
    println!(
        "crates: {} on bare reqwest, {} with the SDK; above:",
        bare.len(),
        sdk.len()
    );
    let above = Above::new(&sdk, &bare);
    for (it, reason) in &above.crates {
        let reason = reason.unwrap_or("no reason is known");
        println!("  {:<22} {:<8} {reason}", it.name, it.version);
    }
    let left_out: Vec<&str> = bare.difference(&sdk).map(|it| it.name.as_str()).collect();
    println!("only on bare reqwest: {}", left_out.join(", "));
    Ok(above.complaint())
}

/// Builds both programs in turns, prints what they took, and tells whether the target is kept.
fn measure(bare: &Program, sdk: &Program, profile: Profile, rounds: usize) -> anyhow::Result<bool> {
    let mut costs = Vec::new();
    for round in 0..rounds {
        // Each comes first as often as the other: a machine that slows down slows neither alone.
        costs.push(match round % 2 {
            0 => (bare.build(profile)?, sdk.build(profile)?),
            _ => {
                let sdk = sdk.build(profile)?;
                (bare.build(profile)?, sdk)
            }
        });
    }
    let wall = Compared::new(&costs, |cost| Some(cost.wall));
    let cpu = Compared::new(&costs, |cost| cost.cpu);
    println!("\n{profile:?}, medians of {rounds}: bare reqwest, SDK, ratio");
    for (name, compared) in [("wall", &wall), ("CPU", &cpu)] {
        if let Some(Compared { bare, sdk, ratio }) = compared {
            println!("  {name:<5} {bare:>7.1} s {sdk:>7.1} s  {ratio:.3}");
        }
    }
    if profile == Profile::Release {
        let (bare, sdk) = (bare.size()?, sdk.size()?);
        println!("  size  {:>6} kB {:>6} kB", bare / 1000, sdk / 1000);
    }
    println!("  the target: a ratio of {TARGET} at most, by the clock on the wall");
    Ok(wall.is_some_and(|wall| wall.ratio <= TARGET))
}

/// The medians of some rounds, in seconds.
#[derive(Debug, PartialEq)]
struct Compared {
    bare: f64,
    sdk: f64,
    /// The median of the rounds' own ratios.
    ratio: f64,
}

impl Compared {
    /// Nothing where a round was not measured, and where there was no round.
    fn new(rounds: &[(Cost, Cost)], of: impl Fn(&Cost) -> Option<Duration>) -> Option<Compared> {
        let seconds = |cost: &Cost| of(cost).map(|it| it.as_secs_f64());
        let measured: Option<Vec<(f64, f64)>> = rounds
            .iter()
            .map(|(bare, sdk)| seconds(bare).zip(seconds(sdk)))
            .collect();
        let measured = measured?;
        let each = |value: fn(&(f64, f64)) -> f64| median(measured.iter().map(value).collect());
        Some(Compared {
            bare: each(|(bare, _)| *bare)?,
            sdk: each(|(_, sdk)| *sdk)?,
            ratio: each(|(bare, sdk)| sdk / bare)?,
        })
    }
}

/// The value in the middle, or between the two that are.
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

    fn cost(seconds: u64) -> Cost {
        Cost {
            wall: Duration::from_secs(seconds),
            cpu: None,
        }
    }

    #[test]
    fn the_median_is_the_middle_in_any_order() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0]), Some(3.0));
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), Some(3.0));
    }

    #[test]
    fn the_ratio_is_the_median_of_the_rounds_and_not_that_of_the_medians() {
        let rounds = [
            (cost(10), cost(11)),
            (cost(40), cost(48)),
            (cost(20), cost(20)),
        ];
        let compared = Compared::new(&rounds, |cost| Some(cost.wall)).unwrap();
        let expected = Compared {
            bare: 20.0,
            sdk: 20.0,
            ratio: 1.1,
        };
        assert_eq!(compared, expected);
    }

    #[test]
    fn what_was_not_measured_is_not_compared() {
        assert_eq!(Compared::new(&[(cost(1), cost(2))], |cost| cost.cpu), None);
        assert_eq!(Compared::new(&[], |cost| Some(cost.wall)), None);
    }
}
