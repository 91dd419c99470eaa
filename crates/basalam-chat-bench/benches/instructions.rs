//! How many instructions one call takes, counted by valgrind's callgrind.
//!
//! `cargo bench -p basalam-chat-bench --bench instructions` prints a table; names of cases after `--`
//! choose some. Besides whole calls it counts the reading of the same bodies alone.
//!
//! Instructions are steady on a computer that does other things too, so this is what tells
//! whether a change helped. Each client makes some calls, and then many more of the same, in a process of
//! its own under valgrind; the difference leaves out the start, the first connection and what is made once.
//! The server is a process that valgrind does not see.
//!
//! It ends with a failure where the facade takes more than it promises: 1.05 times what the generated client
//! takes, and what the client that is written by hand takes; for reading alone, 1.02 times the latter.

#![allow(clippy::print_stdout)] // Telling what was measured is its purpose.

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, ensure};
use basalam_chat_bench::{AnyClient, Case, Kind, Server, body_of, read, serve_where_asked};

/// Stands for a server where bodies alone are read.
const NO_SERVER: &str = "none";

/// What the facade may take of each other client on reqwest. More would be allowed for a small write.
const PROMISED: f64 = 1.05;

/// What reading may take.
const PROMISED_READING: f64 = 1.02;

/// Calls that are made in the one run and in the other.
const CALLS: (u32, u32) = (20, 120);

fn main() -> anyhow::Result<ExitCode> {
    serve_where_asked()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, kind, case, calls, base_url] = &arguments[..]
        && command == "--calls"
    {
        let kind = Kind::named(kind).context("no such client")?;
        let case = Case::named(case).context("no such case")?;
        return match base_url.as_str() {
            NO_SERVER => read_bodies(kind, case, calls.parse()?),
            _ => make_calls(kind, case, calls.parse()?, base_url),
        };
    }
    // `cargo test --benches` runs this too, without this argument; it is no test.
    if !arguments.iter().any(|it| it == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let named: Vec<&Case> = Case::ALL
        .iter()
        .filter(|case| arguments.iter().any(|it| it == case.name()))
        .collect();
    let cases = if named.is_empty() {
        Case::ALL.iter().collect()
    } else {
        named
    };
    report(&cases)
}

fn report(cases: &[&Case]) -> anyhow::Result<ExitCode> {
    let server = Server::start(Duration::ZERO)?;
    println!("instructions a call, in thousands\n");
    println!(
        "case              facade  generated  by hand   hyper  facade/generated  facade/by hand  generated/by hand"
    );
    let mut is_kept = true;
    for case in cases {
        let mut counts = Vec::new();
        for kind in Kind::ALL {
            counts.push(of_a_call(*kind, **case, server.base_url())?);
        }
        let [facade, generated, by_hand, floor] = counts[..] else {
            anyhow::bail!("four clients are compared");
        };
        is_kept &= facade / generated <= PROMISED && facade / by_hand <= PROMISED;
        println!(
            "{:<16} {:>7.1} {:>10.1} {:>8.1} {:>7.1} {:>17.3} {:>15.3} {:>18.3}",
            case.name(),
            facade / 1e3,
            generated / 1e3,
            by_hand / 1e3,
            floor / 1e3,
            facade / generated,
            facade / by_hand,
            generated / by_hand
        );
    }
    println!("\nreading alone     facade   by hand  facade/by hand");
    for case in cases {
        let own = of_a_call(Kind::Facade, **case, NO_SERVER)?;
        let by_hand = of_a_call(Kind::ByHand, **case, NO_SERVER)?;
        let ratio = own / by_hand;
        is_kept &= ratio <= PROMISED_READING;
        println!(
            "{:<16} {:>7.1} {:>9.1} {ratio:>15.3}",
            case.name(),
            own / 1e3,
            by_hand / 1e3
        );
    }
    if is_kept {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nMore than promised: {PROMISED} for a call, {PROMISED_READING} for reading alone.");
    Ok(ExitCode::FAILURE)
}

/// Gives how many instructions a call takes.
fn of_a_call(kind: Kind, case: Case, base_url: &str) -> anyhow::Result<f64> {
    let (few, many) = CALLS;
    let first = of_calls(kind, case, few, base_url)?;
    let second = of_calls(kind, case, many, base_url)?;
    Ok((second - first) / f64::from(many - few))
}

/// Gives how many instructions a process takes that makes so many calls.
fn of_calls(kind: Kind, case: Case, calls: u32, base_url: &str) -> anyhow::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--calls", kind.name(), case.name(), &calls.to_string()])
        .arg(base_url)
        .output()
        .context("valgrind, which does the counting, is not installed")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    let counted = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, count) = counted.context("valgrind does not say how many instructions it saw")?;
    Ok(count.trim().parse()?)
}

/// Is what valgrind looks at.
fn make_calls(kind: Kind, case: Case, calls: u32, base_url: &str) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut client = AnyClient::new(kind, base_url).await?;
        for _ in 0..calls {
            ensure!(client.call(case).await? > 0, "nothing came back");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Is what valgrind looks at where bodies alone are read.
fn read_bodies(kind: Kind, case: Case, times: u32) -> anyhow::Result<ExitCode> {
    let body = body_of(case);
    for _ in 0..times {
        read(kind, case, &body)?;
    }
    Ok(ExitCode::SUCCESS)
}
