//! Time per call and per decoded body of the four clients.
//!
//! `cargo bench -p basalam-chat-bench --bench side_by_side` prints criterion's results followed by the
//! ratios; an argument after `--` filters by name. The clients take turns in rounds, so other load on the
//! machine affects all of them. Ratios are computed within a round; the report shows their median and
//! quartiles.
//!
//! The benchmark fails if the facade takes more than 1.05 times as long as the hand-written client. On a shared
//! machine the ratios of single rounds vary by 20 % and more, so it fails only if the median exceeds the limit
//! with a confidence of 97.5 %. The benchmark `instructions` has the same limit without noise.

#![allow(clippy::print_stdout)] // Prints the results.

mod calls;
mod compare;
mod decoding;

use std::process::ExitCode;
use std::time::Duration;

use basalam_chat_bench::{Case, Server, serve_if_requested};
use compare::{Comparison, SAMPLES};
use criterion::Criterion;

/// Maximum ratio of the facade to the hand-written client.
const MAX_RATIO: f64 = 1.05;

/// Number of concurrent tasks, as in a busy program.
const CONCURRENT_TASKS: usize = 64;

fn main() -> anyhow::Result<ExitCode> {
    serve_if_requested()?;
    let server = Server::start(Duration::ZERO)?;
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(SAMPLES)
        .nresamples(100)
        .warm_up_time(Duration::from_millis(10))
        .configure_from_args();
    let mut comparisons = Vec::new();
    for case in Case::ALL {
        comparisons.push(decoding::compare(&mut criterion, *case));
    }
    for tasks in [1, CONCURRENT_TASKS] {
        for case in Case::ALL {
            comparisons.push(calls::compare(
                &mut criterion,
                *case,
                tasks,
                server.base_url(),
            )?);
        }
    }
    criterion.final_summary();
    // `cargo test --benches` runs this without `--bench`, as a smoke test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    comparisons.retain(Comparison::is_measured);
    if comparisons.is_empty() {
        println!("\nNo case is complete: filter by the name of a case, not of a client.");
        return Ok(ExitCode::FAILURE);
    }
    println!("\nmicroseconds per call, and ratios within a round: median (quartiles)\n");
    println!(
        "case                           facade    generated hand-written        hyper  facade/hand-written   facade/hyper          generated/hand-written"
    );
    for comparison in &comparisons {
        println!("{comparison}");
    }
    let mut ratios = comparisons.iter().map(Comparison::min_facade_ratio);
    if ratios.all(|ratio| ratio <= MAX_RATIO) {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nThe facade exceeds {MAX_RATIO} times the hand-written client.");
    Ok(ExitCode::FAILURE)
}
