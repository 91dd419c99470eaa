//! The throughput of the emulator compared with a bare server that sends the same bytes from
//! memory, and the memory of a million messages.
//!
//! `cargo bench -p basalam-chat-emulator` prints both; operation names after `--` restrict it to
//! the throughput of those operations. The servers take turns in short rounds, so that other load
//! on the computer affects both; the ratio is the median of the rounds. The benchmark fails below
//! [`MIN_RATIO`] of the throughput, over one request of each kind, or above [`memory::MAX_BYTES`].
//! Every request and response is checked against the document.
//!
//! The name `console` selects the cost of an open console, which is also limited: [`console::MIN_RATIO`] and
//! [`console::MAX_LOG_BYTES`].

#![allow(clippy::print_stdout)] // Printing is its purpose.

mod client;
mod console;
mod memory;

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use basalam_chat_emulator::{Emulator, SeedChat};
use client::{Request, rate};

/// The number of rounds per server. The result is the median of the rounds.
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(700);
const MIN_RATIO: f64 = 0.5;

/// The name that selects the memory of a full log.
const LOG: &str = "log";

fn main() {
    // `cargo test --benches` also runs this program, without `--bench`.
    if !std::env::args().any(|it| it == "--bench") {
        return;
    }
    let names: Vec<_> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with('-'))
        .collect();
    let mut passed = true;
    if names.is_empty() {
        let bytes = memory::with_a_million_messages();
        passed = bytes.is_none_or(|it| it <= memory::MAX_BYTES);
    }
    if names == [LOG] {
        let bytes = console::memory_of_full_log();
        report(bytes.is_none_or(|it| it <= console::MAX_LOG_BYTES));
        return;
    }
    if names.is_empty() || names.iter().any(|it| it == "console") {
        passed &= console::throughput(&scenarios()[..2]) >= console::MIN_RATIO;
        passed &= passes_in_own_process(LOG);
    }
    if names.iter().all(|it| it == "console") && !names.is_empty() {
        report(passed);
        return;
    }
    let (mut emulator_time, mut bare_time) = (0.0, 0.0);
    println!("\noperation          emulator/s     bare/s  ratio");
    for (name, scenario) in scenarios() {
        if !names.is_empty() && !names.iter().any(|it| it == name) {
            continue;
        }
        let (emulator, bare) = compare(&scenario);
        let ratio = median(
            emulator
                .iter()
                .zip(&bare)
                .map(|(emulator, bare)| emulator / bare)
                .collect(),
        );
        println!(
            "{name:<18} {:>10.0} {:>10.0}  {ratio:>5.2}",
            median(emulator.clone()),
            median(bare.clone())
        );
        emulator_time += median(emulator).recip();
        bare_time += median(bare).recip();
    }
    let ratio = bare_time / emulator_time;
    println!(
        "{:<18} {:>10.0} {:>10.0}  {ratio:>5.2}",
        "one of each",
        emulator_time.recip(),
        bare_time.recip()
    );
    passed &= ratio >= MIN_RATIO;
    report(passed);
}

/// Measures something in a new process, whose memory no earlier measurement has left behind.
fn passes_in_own_process(name: &str) -> bool {
    let program = std::env::current_exe().expect("the program has a path");
    let status = Command::new(program).args(["--bench", name]).status();
    status.expect("the program can be started").success()
}

fn report(passed: bool) {
    if !passed {
        println!(
            "\nFailed: the ratio must be at least {MIN_RATIO}, with an open console {} of that without, and the memory at most 1 GiB, of the log 64 MiB.",
            console::MIN_RATIO
        );
        std::process::exit(1);
    }
}

/// Returns the address of an emulator.
fn address(emulator: &Emulator) -> SocketAddr {
    let address = emulator.base_url().trim_start_matches("http://");
    address.parse().expect("the base URL has an address")
}

fn start_emulator() -> Emulator {
    let emulator = Emulator::builder().start_blocking();
    emulator.expect("the loopback address has a free port")
}

/// Starts an emulator with a private chat of its users, and returns the chat id.
fn emulator_with_chat() -> (Emulator, i64) {
    let emulator = start_emulator();
    let chat = SeedChat::private(emulator.seller().id, emulator.customer().id);
    let chat_id = emulator
        .seed_chat(chat)
        .expect("the users have no chat yet");
    (emulator, chat_id)
}

/// An emulator with data, and a request for it.
struct Prepared {
    emulator: Emulator,
    request: Request,
}

type Scenario = fn() -> Prepared;

fn scenarios() -> [(&'static str, Scenario); 4] {
    [
        ("get_current_user", || {
            prepare(|_| ("GET", "/v1/users/me".to_owned(), None))
        }),
        ("create_message", || {
            let body = r#"{"message_type":"text","content":{"text":"Hello, how can I help you?"}}"#;
            prepare(move |chat| ("POST", format!("/v1/chats/{chat}/messages"), Some(body)))
        }),
        ("get_messages", || {
            prepare(|chat| ("GET", format!("/v1/chats/{chat}/messages?limit=20"), None))
        }),
        ("get_chats", || {
            prepare(|_| ("GET", "/v1/chats?limit=30".to_owned(), None))
        }),
    ]
}

fn prepare<'b>(request: impl FnOnce(i64) -> (&'static str, String, Option<&'b str>)) -> Prepared {
    let emulator = start_emulator();
    let seller = emulator.seller().id;
    let mut chat_id = 0;
    for index in 0..30 {
        let customer = emulator.add_user(format!("Customer {index}")).id;
        chat_id = emulator
            .seed_chat(SeedChat::private(seller, customer))
            .expect("the users have no chat yet");
        let texts = (0..20).map(|index| format!("سلام، پیام شماره {index}"));
        emulator
            .seed_messages(chat_id, customer, texts)
            .expect("the chat exists");
    }
    let (method, path, body) = request(chat_id);
    let request = Request::new(method, &path, emulator.seller().token(), body);
    Prepared { emulator, request }
}

/// Returns the rates of all rounds, of the emulator and of the bare server.
fn compare(scenario: &Scenario) -> (Vec<f64>, Vec<f64>) {
    let Prepared { emulator, request } = scenario();
    let address = address(&emulator);
    let bare = start_bare_server(client::send(address, &request));
    let (mut emulator_rates, mut bare_rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        emulator_rates.push(rate(address, &request, ROUND));
        bare_rates.push(rate(bare, &request, ROUND));
    }
    (emulator_rates, bare_rates)
}

/// Starts a server that responds to all requests with `body`. Like the emulator, it has a separate
/// thread and event loop.
fn start_bare_server(body: Vec<u8>) -> SocketAddr {
    let body = Bytes::from(body);
    // The `Bytes` argument makes the server read the whole request first, as a real server does.
    let handle = move |_: Bytes| async move { ([(CONTENT_TYPE, "application/json")], body) };
    let router = Router::new().fallback(handle);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener
        .set_nonblocking(true)
        .expect("the socket can be non-blocking");
    let address = listener.local_addr().expect("the listener has an address");
    let serve = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("an event loop can be created");
        runtime.block_on(async {
            use axum::serve::ListenerExt;
            let listener = tokio::net::TcpListener::from_std(listener)
                .expect("the listener is non-blocking")
                .tap_io(|stream| _ = stream.set_nodelay(true));
            axum::serve(listener, router).await
        })
    };
    let thread = std::thread::Builder::new().name("bare".to_owned());
    thread.spawn(serve).expect("a thread can be started");
    address
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
