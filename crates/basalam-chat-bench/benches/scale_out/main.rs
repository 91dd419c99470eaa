//! Events over NATS with `basalam-chat-nats`, compared with bare calls of async-nats and with `watch()` in one process.
//!
//! `cargo bench -p basalam-chat-bench --bench scale_out` starts nats-server (the program that `NATS_SERVER` names, or
//! `nats-server`) on loopback with `sync_interval: always`, and an emulator of the service. It is skipped if there is no
//! server.
//!
//! - **Throughput**: a relay publishes events of 200 chats while a worker handles them, in turns with a program that
//!   publishes and consumes the same payloads with async-nats alone: to a stream with the same settings, from consumers
//!   with one message in flight per partition, each confirmed. Ratios are computed within a round. The benchmark fails if
//!   the median is below 0.7.
//! - **Latency**: from when the service has stored a message to when its handler starts, with webhooks, in turns with
//!   `watch()` in one process. The benchmark fails if the median is more than 5 ms above.

#![allow(clippy::print_stdout)] // Prints the results.

mod bare;
mod latency;
mod server;
mod throughput;

use std::process::ExitCode;

use basalam_chat::{Client, PersonalToken};
use basalam_chat_bench::{Ratios, median};
use basalam_chat_emulator::Emulator;
use basalam_chat_nats::{Nats, NatsOptions};

const MIN_RATIO: f64 = 0.7;
const MAX_LATENCY_MS: f64 = 5.0;
const ROUNDS: usize = 11;

/// What both measurements use.
struct Setup {
    server: server::Server,
    emulator: Emulator,
    nats: Nats,
    client: Client,
}

fn main() -> anyhow::Result<ExitCode> {
    // `cargo test --benches` runs this without `--bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let Some(server) = server::Server::start()? else {
        println!("SKIPPED: nats-server is not installed, and NATS_SERVER does not name it.");
        return Ok(ExitCode::SUCCESS);
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(run(server))
}

async fn run(server: server::Server) -> anyhow::Result<ExitCode> {
    let emulator = Emulator::start().await?;
    let options = NatsOptions::new(server.url()).monitoring_url(server.monitoring_url());
    let nats = options.connect().await?;
    let client = client(&emulator, emulator.seller().token())?;
    let setup = Setup {
        server,
        emulator,
        nats,
        client,
    };
    let (relayed, bare) = throughput::measure(&setup).await?;
    let ratios = Ratios::new(&relayed, &bare);
    let per_second = |values: &[f64]| median(values.to_vec()).unwrap_or_default();
    println!(
        "throughput: {:.0} events per second, {:.0} with async-nats alone",
        per_second(&relayed),
        per_second(&bare)
    );
    let ratios = ratios.ok_or_else(|| anyhow::anyhow!("there are no rounds"))?;
    println!("ratio: {ratios}");
    let (scaled, embedded) = latency::measure(&setup).await?;
    let milliseconds = |values: Vec<f64>| median(values).unwrap_or_default() * 1e3;
    let (scaled, embedded) = (milliseconds(scaled), milliseconds(embedded));
    println!("latency: {scaled:.1} ms, {embedded:.1} ms in one process");
    let mut is_within_limits = true;
    if ratios.median() < MIN_RATIO {
        println!("The throughput is below {MIN_RATIO} times that of async-nats alone.");
        is_within_limits = false;
    }
    if scaled - embedded > MAX_LATENCY_MS {
        println!("The latency is more than {MAX_LATENCY_MS} ms above that of one process.");
        is_within_limits = false;
    }
    Ok(match is_within_limits {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn client(emulator: &Emulator, token: &str) -> anyhow::Result<Client> {
    let client = Client::builder(PersonalToken::new(token)).base_url(emulator.base_url());
    Ok(client.build()?)
}
