//! The cost of an open console: throughput and memory.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use super::client::{Request, rate};
use super::{Prepared, Scenario, address, median, memory};

/// The minimum throughput with an open console, relative to that without.
pub(crate) const MIN_RATIO: f64 = 0.95;

/// The maximum memory that a full log of requests with bodies adds.
pub(crate) const MAX_LOG_BYTES: u64 = 64 * 1024 * 1024;

/// The number of pairs of rounds. They are short and many, since other load on the computer varies more than the cost.
const ROUNDS: usize = 31;
const ROUND: Duration = Duration::from_millis(300);

const MESSAGES: usize = 100_000;

/// Prints the throughput of scenarios with and without an open console, and returns the smallest ratio.
pub(crate) fn throughput(scenarios: &[(&str, Scenario)]) -> f64 {
    println!("\noperation          console/s  without/s  ratio");
    let ratios = scenarios.iter().map(|(name, scenario)| {
        let (watched, alone) = (scenario(), scenario());
        read_events(address(&watched.emulator));
        // Also warms both up.
        for prepared in [&watched, &alone] {
            rate_of(prepared);
        }
        let rounds = (0..ROUNDS).map(|round| match round % 2 {
            0 => (rate_of(&watched), rate_of(&alone)),
            _ => {
                let alone = rate_of(&alone);
                (rate_of(&watched), alone)
            }
        });
        let rounds: Vec<_> = rounds.collect();
        let ratio = median(
            rounds
                .iter()
                .map(|(watched, alone)| watched / alone)
                .collect(),
        );
        let (watched, alone): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
        println!(
            "{name:<18} {:>9.0} {:>10.0}  {ratio:>5.3}",
            median(watched),
            median(alone)
        );
        ratio
    });
    ratios.fold(f64::INFINITY, f64::min)
}

fn rate_of(prepared: &Prepared) -> f64 {
    rate(address(&prepared.emulator), &prepared.request, ROUND)
}

/// Opens an event stream and reads it on another thread until the emulator stops.
fn read_events(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).expect("the emulator listens");
    let request = format!("GET /_emulator/events HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .expect("the emulator accepts requests");
    let mut buffer = vec![0; 64 * 1024];
    let read = stream.read(&mut buffer).expect("the emulator responds");
    assert!(buffer[..read].starts_with(b"HTTP/1.1 200 "));
    let reader = thread::Builder::new().name("console".to_owned());
    let read_all = move || while stream.read(&mut buffer).is_ok_and(|read| read > 0) {};
    reader.spawn(read_all).expect("a thread can be started");
}

/// Returns the memory that a full log of large requests adds to a process with 100,000 messages, or `None` if the
/// operating system does not report it.
pub(crate) fn memory_of_full_log() -> Option<u64> {
    let (emulator, chat_id) = super::emulator_with_chat();
    let customer = emulator.customer().id;
    let texts = (0..MESSAGES).map(|index| format!("سلام، پیام شماره {index}"));
    emulator
        .seed_messages(chat_id, customer, texts)
        .expect("the chat exists");
    let address = address(&emulator);
    read_events(address);
    // It is rejected, so that only the log grows.
    let body = format!(r#"{{"message_type":{:?}}}"#, "x".repeat(60_000));
    let path = format!("/v1/chats/{chat_id}/messages");
    let request = Request::new("POST", &path, emulator.seller().token(), Some(&body));
    let before = memory::resident_bytes();
    while emulator.request_log().len() < 5_000 {
        rate(address, &request, Duration::from_secs(1));
    }
    let added = memory::resident_bytes()?.saturating_sub(before?);
    println!(
        "memory: a full log of large requests adds {} MiB to {MESSAGES} messages, with an open console",
        added >> 20
    );
    Some(added)
}
