//! The four clients side by side: how long each takes for a call, and for reading a body alone.
//!
//! `cargo bench -p basalam-chat-bench --bench side_by_side` prints what criterion saw of each, and ends with
//! the ratios; a part of a name after `--` chooses some. The clients take turns, round after round, so that
//! whatever else the computer does slows all of them; a ratio is one of the same round, and the median of
//! the rounds is told, with the quartiles.
//!
//! It ends with a failure where the facade takes more than 1.05 times as long as the client that is written
//! by hand.

#![allow(clippy::print_stdout)] // Telling what was measured is its purpose.

mod calls;
mod compare;
mod decoding;

use std::process::ExitCode;
use std::time::Duration;

use basalam_chat_bench::{Case, Server, serve_where_asked};
use compare::{Comparison, SAMPLES};
use criterion::Criterion;

/// What the facade may take, of the time of the client that is written by hand.
const PROMISED: f64 = 1.05;

/// Many tasks that share a client, as in a busy program.
const MANY: usize = 64;

fn main() -> anyhow::Result<ExitCode> {
    serve_where_asked()?;
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
    for tasks in [1, MANY] {
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
    // `cargo test --benches` runs this too, without this argument, to see that every call works.
    if !std::env::args().any(|it| it == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    comparisons.retain(Comparison::is_measured);
    if comparisons.is_empty() {
        println!("\nNothing was compared: choose by the name of a case, not of a client.");
        return Ok(ExitCode::FAILURE);
    }
    println!("\nmicroseconds a call, and ratios of the same round: median (quartiles)\n");
    println!(
        "case                        facade generated   by hand     hyper  facade/by hand       facade/hyper  generated/by hand"
    );
    for comparison in &comparisons {
        println!("{comparison}");
    }
    let is_kept = comparisons.iter().all(|it| it.facade() <= PROMISED);
    if is_kept {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nMore than promised: {PROMISED} times the client that is written by hand.");
    Ok(ExitCode::FAILURE)
}
