//! Instructions per call, counted by Callgrind.
//!
//! `cargo bench -p basalam-chat-bench --bench instructions` prints a table of complete calls and one of
//! decoding the same bodies; names of cases after `--` select cases.
//!
//! Instruction counts are stable on a busy machine, so they show whether a change is an improvement. Each
//! client makes a few calls in one process under Valgrind and many in another. The difference excludes
//! startup, the first connection and one-time initialization. The server runs in a process that Valgrind does
//! not trace.
//!
//! The benchmark fails if the facade exceeds its limits: 1.05 times the instructions of the generated client
//! and of the hand-written client, and 1.02 times those of the hand-written client for decoding.

#![allow(clippy::print_stdout)] // Prints the results.

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, ensure};
use basalam_chat_bench::{
    AnyClient, Case, Kind, Server, decode, response_body, serve_if_requested,
};

/// Replaces the base URL to decode bodies without a server.
const DECODE_ONLY: &str = "decode";

/// Maximum ratio of the facade to the other clients on reqwest, for a call.
const MAX_RATIO: f64 = 1.05;

/// Maximum ratio of the facade to the hand-written client, for decoding.
const MAX_DECODE_RATIO: f64 = 1.02;

/// Number of calls in the two processes.
const CALLS: (u32, u32) = (20, 120);

fn main() -> anyhow::Result<ExitCode> {
    serve_if_requested()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, kind, case, calls, base_url] = &arguments[..]
        && command == "--calls"
    {
        let kind = Kind::from_name(kind).context("unknown client")?;
        let case = Case::from_name(case).context("unknown case")?;
        return match base_url.as_str() {
            DECODE_ONLY => decode_bodies(kind, case, calls.parse()?),
            _ => make_calls(kind, case, calls.parse()?, base_url),
        };
    }
    // `cargo test --benches` runs this without `--bench`.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let mut cases = Case::ALL.to_vec();
    if arguments.iter().any(|name| Case::from_name(name).is_some()) {
        cases.retain(|case| arguments.iter().any(|name| name == case.name()));
    }
    report(&cases)
}

fn report(cases: &[Case]) -> anyhow::Result<ExitCode> {
    let server = Server::start(Duration::ZERO)?;
    println!("thousands of instructions per call\n");
    println!(
        "case              facade  generated  hand-written   hyper  facade/generated  facade/hand-written  generated/hand-written"
    );
    let mut is_within_limits = true;
    for case in cases {
        let mut counts = Vec::new();
        for kind in Kind::ALL {
            counts.push(instructions_per_call(*kind, *case, server.base_url())?);
        }
        let [facade, generated, hand_written, hyper] = counts[..] else {
            anyhow::bail!("expected counts of four clients");
        };
        is_within_limits &= facade / generated <= MAX_RATIO && facade / hand_written <= MAX_RATIO;
        println!(
            "{:<16} {:>7.1} {:>10.1} {:>13.1} {:>7.1} {:>17.3} {:>20.3} {:>23.3}",
            case.name(),
            facade / 1e3,
            generated / 1e3,
            hand_written / 1e3,
            hyper / 1e3,
            facade / generated,
            facade / hand_written,
            generated / hand_written
        );
    }
    println!("\ndecoding          facade  hand-written  facade/hand-written");
    for case in cases {
        let facade = instructions_per_call(Kind::Facade, *case, DECODE_ONLY)?;
        let hand_written = instructions_per_call(Kind::HandWritten, *case, DECODE_ONLY)?;
        let ratio = facade / hand_written;
        is_within_limits &= ratio <= MAX_DECODE_RATIO;
        println!(
            "{:<16} {:>7.1} {:>13.1} {ratio:>20.3}",
            case.name(),
            facade / 1e3,
            hand_written / 1e3
        );
    }
    if is_within_limits {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nThe facade exceeds {MAX_RATIO} for a call or {MAX_DECODE_RATIO} for decoding.");
    Ok(ExitCode::FAILURE)
}

fn instructions_per_call(kind: Kind, case: Case, base_url: &str) -> anyhow::Result<f64> {
    let (few, many) = CALLS;
    let first = count_instructions(kind, case, few, base_url)?;
    let second = count_instructions(kind, case, many, base_url)?;
    Ok((second - first) / f64::from(many - few))
}

/// Counts the instructions of a process that makes a number of calls.
fn count_instructions(kind: Kind, case: Case, calls: u32, base_url: &str) -> anyhow::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--calls", kind.name(), case.name(), &calls.to_string()])
        .arg(base_url)
        .output()
        .context("cannot run valgrind; install it to count instructions")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{stderr}");
    let count = stderr
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, count) = count.context("the output of valgrind contains no instruction count")?;
    Ok(count.trim().parse()?)
}

/// Makes calls, in the process that Valgrind measures.
fn make_calls(kind: Kind, case: Case, calls: u32, base_url: &str) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut client = AnyClient::new(kind, base_url).await?;
        for _ in 0..calls {
            ensure!(client.call(case).await? > 0, "the response is empty");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Decodes bodies, in the process that Valgrind measures.
fn decode_bodies(kind: Kind, case: Case, times: u32) -> anyhow::Result<ExitCode> {
    let body = response_body(case);
    for _ in 0..times {
        decode(kind, case, &body)?;
    }
    Ok(ExitCode::SUCCESS)
}
