//! A program that is killed again and again while it syncs.
//!
//! `BASALAM_CHAT_ARCHIVE_KILLS=50 cargo test -p basalam-chat-archive --test it chaos` runs the full size.

use std::env;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use basalam_chat::{Client, PersonalToken};
use basalam_chat_archive::Archive;
use basalam_chat_emulator::{Emulator, Fault, FaultRule};

use super::support::{Fixture, assert_complete};

/// The number of kills.
const KILLS: &str = "BASALAM_CHAT_ARCHIVE_KILLS";

/// Runs this program as one that syncs: the URL of the service, the token and the path, separated by spaces.
const CHILD: &str = "BASALAM_CHAT_ARCHIVE_CHILD";

const CONCURRENCY: u64 = 16;

/// The pages that were fetched and are not yet committed: at most this many.
const UNCOMMITTED: u64 = 16;

/// The longest time for one sync.
const LIMIT: Duration = Duration::from_secs(120);

/// Syncs, if this program was started for it.
#[tokio::test(flavor = "multi_thread")]
async fn child_process() {
    let Ok(arguments) = env::var(CHILD) else {
        return;
    };
    let [url, token, path] = arguments.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let client = Client::builder(PersonalToken::new(token))
        .base_url(url)
        .build()
        .unwrap();
    let archive = Archive::open(path).unwrap();
    loop {
        // Faults can hit a chat too often.
        match archive
            .sync(&client)
            .max_concurrency(CONCURRENCY as usize)
            .await
        {
            Ok(report) if report.is_complete() => return,
            Ok(_) => {}
            Err(error) if error.client_error().is_some_and(|it| it.is_transient()) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn start(fixture: &Fixture, path: &std::path::Path) -> Child {
    let token = fixture.emulator.seller().token();
    let arguments = format!("{} {token} {}", fixture.emulator.base_url(), path.display());
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "chaos::child_process", "--nocapture"])
        .env(CHILD, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Notifies when the service has received a number of requests.
#[derive(Clone)]
struct Alarm {
    remaining: Arc<AtomicU64>,
    sender: Arc<Mutex<mpsc::Sender<()>>>,
}

impl Alarm {
    fn count(&self) {
        if self.remaining.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.sender.lock().unwrap().send(()).unwrap();
        }
    }
}

#[test]
fn killed_syncs_lose_and_repeat_nothing() {
    let kills: u64 = env::var(KILLS).map_or(3, |it| it.parse().unwrap());
    let latency = Duration::from_millis(2);
    let fixture = Fixture::with(
        Emulator::builder()
            .latency(latency)
            .start_blocking()
            .unwrap(),
    );
    let messages = (kills * 3_000) as usize;
    let texts = |count: usize| (0..count).map(|it| format!("پیام {it}"));
    let chats = [
        fixture.chat("long", texts(messages / 2)),
        fixture.chat("middle", texts(messages / 4)),
        fixture.chat("other", texts(messages / 4)),
    ];
    let faults = [
        Fault::status(503),
        Fault::disconnect(),
        Fault::status(429).retry_after("0"),
    ];
    for (fault, seed) in faults.into_iter().zip(1..) {
        fixture
            .emulator
            .add_fault(FaultRule::new(fault).seeded_probability(0.005, seed))
            .unwrap();
    }
    // A sync that is not disturbed, for comparison.
    let undisturbed = fixture.path("undisturbed.db");
    assert!(start(&fixture, &undisturbed).wait().unwrap().success());
    let requests = fixture.requests();

    let (sender, alarms) = mpsc::channel();
    let alarm = Alarm {
        remaining: Arc::new(AtomicU64::new(u64::MAX)),
        sender: Arc::new(Mutex::new(sender)),
    };
    let counting = alarm.clone();
    fixture
        .emulator
        .on_request("get_messages", move |_| counting.count())
        .unwrap();
    let path = fixture.path("killed.db");
    let pages = (messages / 100) as u64;
    let mut state = 11_u64;
    for _ in 0..kills {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        // All kills together are within the time of one sync.
        let after = 1 + (state >> 33) % (pages / kills);
        alarm.remaining.store(after, Ordering::Relaxed);
        let mut child = start(&fixture, &path);
        alarms.recv_timeout(LIMIT).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        // What was committed is consistent.
        let health = Archive::open(&path).unwrap().check().unwrap();
        assert_eq!(health.problems, [""; 0]);
    }
    assert!(start(&fixture, &path).wait().unwrap().success());
    let disturbed = fixture.requests() - requests;
    fixture.emulator.clear_faults();
    assert_complete(
        &Archive::open_existing(&path).unwrap(),
        &fixture.emulator,
        &chats,
    );
    let allowed = requests + kills * (CONCURRENCY + UNCOMMITTED) + requests / 100;
    println!("{kills} kills: {disturbed} requests, {requests} without kills, {allowed} allowed");
    assert!(
        disturbed <= allowed,
        "{disturbed} requests, {requests} without kills, {allowed} allowed"
    );
}
