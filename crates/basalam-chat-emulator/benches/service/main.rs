//! How fast the emulator answers, beside a bare server that answers the same bytes from
//! memory, and how much memory a million messages take.
//!
//! `cargo bench -p basalam-chat-emulator` prints both, and the rates of some operations
//! alone where it is given their names after `--`. Rates are taken in turns, one
//! round of each server after the other, so that whatever else the computer does slows
//! both alike; the ratio is the median of the rounds. Half the rate, over one request of
//! each kind, and 1 GiB are what the emulator promises, and the benchmark fails where it
//! does not keep them. Every request and every answer is checked against the document.

#![allow(clippy::print_stdout)] // Telling what was measured is its purpose.

mod client;
mod memory;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use basalam_chat_emulator::{Emulator, SeedChat};
use client::{Request, rate};

/// Rounds of each server; the median counts.
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(700);
const PROMISED_RATIO: f64 = 0.5;

fn main() {
    // `cargo test --benches` runs this too, with this argument; it is no test.
    if !std::env::args().any(|it| it == "--bench") {
        return;
    }
    let named: Vec<_> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with('-'))
        .collect();
    let mut is_kept = true;
    if named.is_empty() {
        let bytes = memory::of_a_million_messages();
        is_kept = bytes.is_none_or(|it| it <= memory::PROMISED_BYTES);
    }
    let (mut own_time, mut bare_time) = (0.0, 0.0);
    println!("\noperation          emulator/s     bare/s  ratio");
    for (name, request) in requests() {
        if !named.is_empty() && !named.iter().any(|it| it == name) {
            continue;
        }
        let (own, bare) = compare(&request);
        let ratio = median(
            own.iter()
                .zip(&bare)
                .map(|(own, bare)| own / bare)
                .collect(),
        );
        println!(
            "{name:<18} {:>10.0} {:>10.0}  {ratio:>5.2}",
            median(own.clone()),
            median(bare.clone())
        );
        own_time += median(own).recip();
        bare_time += median(bare).recip();
    }
    let ratio = bare_time / own_time;
    println!(
        "{:<18} {:>10.0} {:>10.0}  {ratio:>5.2}",
        "one of each",
        own_time.recip(),
        bare_time.recip()
    );
    is_kept &= ratio >= PROMISED_RATIO;
    if !is_kept {
        println!("\nLess than promised: a ratio of {PROMISED_RATIO}, and 1 GiB.");
        std::process::exit(1);
    }
}

/// An emulator with something to read, and a request for it.
struct Prepared {
    emulator: Emulator,
    request: Request,
}

type Prepare = fn() -> Prepared;

fn requests() -> [(&'static str, Prepare); 4] {
    [
        ("get_current_user", || {
            prepared(|_| ("GET", "/v1/users/me".to_owned(), None))
        }),
        ("create_message", || {
            let body = r#"{"message_type":"text","content":{"text":"Hello, how can I help you?"}}"#;
            prepared(move |chat| ("POST", format!("/v1/chats/{chat}/messages"), Some(body)))
        }),
        ("get_messages", || {
            prepared(|chat| ("GET", format!("/v1/chats/{chat}/messages?limit=20"), None))
        }),
        ("get_chats", || {
            prepared(|_| ("GET", "/v1/chats?limit=30".to_owned(), None))
        }),
    ]
}

fn prepared<'b>(request: impl FnOnce(i64) -> (&'static str, String, Option<&'b str>)) -> Prepared {
    let emulator = Emulator::builder()
        .start_blocking()
        .expect("the loopback address has a free port");
    let seller = emulator.seller().id;
    let mut chat_id = 0;
    for number in 0..30 {
        let customer = emulator.add_user(format!("Customer {number}")).id;
        chat_id = emulator
            .seed_chat(SeedChat::private(seller, customer))
            .expect("the two have no chat yet");
        let texts = (0..20).map(|number| format!("سلام، پیام شماره {number}"));
        emulator
            .seed_messages(chat_id, customer, texts)
            .expect("the chat is there");
    }
    let (method, path, body) = request(chat_id);
    let request = Request::new(method, &path, emulator.seller().token(), body);
    Prepared { emulator, request }
}

/// Gives the rates of the rounds, of the emulator and of the bare server.
fn compare(prepare: &Prepare) -> (Vec<f64>, Vec<f64>) {
    let Prepared { emulator, request } = prepare();
    let address = emulator.base_url().trim_start_matches("http://");
    let address: SocketAddr = address.parse().expect("it listens on an address");
    let answer = client::answer(address, &request);
    let bare = bare(answer);
    let (mut own_rates, mut bare_rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        own_rates.push(rate(address, &request, ROUND));
        bare_rates.push(rate(bare, &request, ROUND));
    }
    (own_rates, bare_rates)
}

/// Starts a server that answers everything with the same bytes, on a thread and an
/// event loop of its own, as the emulator does.
fn bare(body: Vec<u8>) -> SocketAddr {
    let body = Bytes::from(body);
    // The whole request is read first, as every server does that looks at it.
    let answer = move |_: Bytes| async move { ([(CONTENT_TYPE, "application/json")], body) };
    let router = Router::new().fallback(answer);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener
        .set_nonblocking(true)
        .expect("a socket can be told so");
    let address = listener.local_addr().expect("it listens");
    let serving = std::thread::Builder::new().name("bare".to_owned());
    let serve = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("there is an event loop to be had");
        runtime.block_on(async {
            use axum::serve::ListenerExt;
            let listener = tokio::net::TcpListener::from_std(listener)
                .expect("the listener does not block")
                .tap_io(|stream| _ = stream.set_nodelay(true));
            axum::serve(listener, router).await
        })
    };
    serving.spawn(serve).expect("there is a thread to be had");
    address
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
