//! Many senders under random faults: no message is lost or duplicated, and nothing leaks.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use basalam_chat::messages::Delivery;
use basalam_chat::{ChatId, Client, Error, UserId};
use basalam_chat_emulator::{Emulator, Fault, FaultRule};
use tokio::runtime::Handle;

use super::support::builder;
use super::support::clock::TestClock;

const ROUNDS: usize = 4;
const SENDERS: usize = 8;
/// Messages of each sender in each round.
const MESSAGES: usize = 30;

/// The environment variable that is set in the child process, which runs only the test below.
const SOAK_CHILD: &str = "BASALAM_CHAT_TESTS_SOAK";

/// The maximum growth of memory from the first round to the last, including the stored messages.
const MAX_GROWTH: u64 = 16 * 1024 * 1024;

/// Sends a text until its delivery is confirmed, as applications should.
async fn send(client: &Client, chat: ChatId, text: &str) -> Result<(), Error> {
    loop {
        let request = client.create_message(chat, text).random_idempotency_key();
        let error = match request.await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let Some(message) = error.unconfirmed_message() else {
            // Nothing was sent: the attempts or the retry budget are used up.
            assert!(!error.may_have_succeeded(), "{error}");
            continue;
        };
        loop {
            match client.find_sent_message(message).await {
                Ok(Delivery::Arrived(_)) => return Ok(()),
                Ok(Delivery::NotFound) => break,
                Ok(other) => panic!("{other:?} for a message with an idempotency key"),
                // The search failed because of another fault.
                Err(_) => {}
            }
        }
    }
}

/// Sends the messages of all senders in a round, and returns their texts.
async fn run_round(client: &Client, chat: ChatId, round: usize) -> BTreeSet<String> {
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let client = client.clone();
            tokio::spawn(async move {
                let texts = (0..MESSAGES).map(|number| format!("{round} {sender} {number}"));
                let texts: Vec<String> = texts.collect();
                for text in &texts {
                    send(&client, chat, text).await.unwrap();
                }
                texts
            })
        })
        .collect();
    let mut sent = BTreeSet::new();
    for sender in senders {
        sent.extend(sender.await.unwrap());
    }
    sent
}

/// Returns the sockets and the resident bytes of this process, or `None` without `/proc`.
fn resources() -> Option<(usize, u64)> {
    let files = std::fs::read_dir("/proc/self/fd").ok()?.flatten();
    let is_socket = |path: PathBuf| {
        std::fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
    };
    let sockets = files.filter(|file| is_socket(file.path())).count();
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = resident.trim().trim_end_matches(" kB").parse().ok()?;
    Some((sockets, kibibytes * 1024))
}

/// Returns the number of tasks of the client. The emulator has a separate runtime.
fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Runs other tasks until `is_settled` returns `true`, with a limit.
async fn settle(is_settled: impl Fn() -> bool) {
    for _ in 0..1_000_000 {
        if is_settled() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

fn faults() -> [Fault; 10] {
    [
        Fault::disconnect(),
        Fault::disconnect().after_handling(),
        Fault::truncated_body(),
        Fault::invalid_json(),
        Fault::empty_body(),
        Fault::status(429).retry_after("1"),
        Fault::status(500),
        Fault::status(502).after_handling(),
        Fault::status(503).retry_after("soon"),
        Fault::html(504),
    ]
}

async fn soak() {
    let emulator = Emulator::start().await.unwrap();
    let (base_url, token) = (emulator.base_url(), emulator.seller().token());
    let client = builder(base_url, token, &TestClock::new())
        .configure_http(|http| http.pool_max_idle_per_host(SENDERS))
        .build()
        .unwrap();
    client.current_user_id().await.unwrap();
    let probability = 0.05 / faults().len() as f64;
    let mut after_rounds = Vec::new();
    for number in 0..ROUNDS {
        let customer = UserId(emulator.add_user("Customer").id);
        let chat = client.create_chat(customer).await.unwrap().id;
        for (seed, fault) in faults().into_iter().enumerate() {
            let rule =
                FaultRule::new(fault).seeded_probability(probability, (number * 100 + seed) as u64);
            emulator.add_fault(rule).unwrap();
        }
        let sent = run_round(&client, chat, number).await;
        emulator.clear_faults();
        assert_eq!(sent.len(), SENDERS * MESSAGES);
        let stored = emulator.messages(chat.0);
        let texts = stored.iter().filter_map(|message| message.text());
        assert_eq!(texts.map(str::to_owned).collect::<BTreeSet<_>>(), sent);
        assert_eq!(stored.len(), sent.len(), "a message was duplicated");
        // A pooled connection has a task. The pool may open a few more connections than there are senders.
        settle(|| tasks() <= 3 * SENDERS).await;
        assert!(tasks() <= 3 * SENDERS, "{} tasks", tasks());
        after_rounds.extend(resources());
    }
    if let (Some(first), Some(last)) = (after_rounds.first(), after_rounds.last()) {
        assert!(last.0 <= first.0 + 3 * SENDERS, "sockets: {after_rounds:?}");
        assert!(last.1 <= first.1 + MAX_GROWTH, "memory: {after_rounds:?}");
    }
    drop(client);
    settle(|| tasks() == 0).await;
    assert_eq!(tasks(), 0, "a task outlived its client");
}

#[test]
fn five_percent_faults_lose_and_duplicate_nothing_and_leak_nothing() {
    if std::env::var_os(SOAK_CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        return runtime.unwrap().block_on(soak());
    }
    // Tasks, sockets and memory are counted per process, so the child runs no other test.
    let mut child = Command::new(std::env::current_exe().unwrap());
    let name = std::thread::current().name().unwrap().to_owned();
    child
        .args(["--exact", &name, "--nocapture"])
        .env(SOAK_CHILD, "1");
    let output = child.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        shown.contains("1 passed"),
        "{shown}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
