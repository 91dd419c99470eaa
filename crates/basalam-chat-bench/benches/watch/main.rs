//! What a watcher costs: requests, memory, delay, throughput and CPU time.
//!
//! `cargo bench -p basalam-chat-bench --bench watch` measures all of it and prints a line for each limit; the names of
//! modules after `--` restrict it, such as `-- idle memory`. The service is in a separate process: for the delay it is the
//! emulator, otherwise a server that responds from memory. The benchmark fails if a limit is exceeded.

#![allow(clippy::print_stdout)] // Prints the results.

mod clock;
mod delay;
mod idle;
mod logins;
mod memory;
mod report;
mod service;
mod throughput;

use std::process::ExitCode;

use report::Report;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [service::SERVE, chats, new_messages, latency] => {
            service::serve(chats.parse()?, new_messages.parse()?, latency.parse()?)?;
            return Ok(ExitCode::SUCCESS);
        }
        [memory::RUN, case, chats, base_url, database] => {
            memory::run(case, chats.parse()?, base_url, database)?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    // `cargo test --benches` runs this without `--bench`.
    if !arguments.contains(&"--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let names: Vec<&str> = arguments
        .into_iter()
        .filter(|it| !it.starts_with('-'))
        .collect();
    let mut report = Report::new();
    for (name, measure) in [
        (
            "idle",
            idle::measure as fn(&mut Report) -> anyhow::Result<()>,
        ),
        ("memory", memory::measure),
        ("delay", delay::measure),
        ("throughput", throughput::measure),
        ("logins", logins::measure),
    ] {
        if names.is_empty() || names.contains(&name) {
            measure(&mut report)?;
        }
    }
    Ok(match report.is_within_limits() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
