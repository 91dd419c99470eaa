//! The other processes.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use basalam_chat::Client;
use basalam_chat::auth::{AuthorizationCode, TokenStore};

use super::{KEY, PATIENCE, database};

/// The fields of a [`Task`], for a child process.
const VARIABLE: &str = "BASALAM_CHAT_STATE_TEST_TOKENS";

/// The exit status of a child process that reports an unfinished refresh, whose tokens are lost.
pub(super) const UNFINISHED: i32 = 70;

pub(super) const CALLBACK: &str = "https://shop.example/callback";

/// The pause before a request is repeated because the store cannot be used.
const OUTAGE_PAUSE: Duration = Duration::from_millis(50);

pub(super) struct Task<'a> {
    pub(super) store: &'a str,
    pub(super) service: &'a str,
    pub(super) client_id: &'a str,
    pub(super) client_secret: &'a str,
    pub(super) lease: Duration,
    pub(super) requests: u64,
    /// Repeats requests that fail since the store cannot be used.
    pub(super) tolerates_outages: bool,
}

/// A process that is killed if a test fails.
pub(super) struct Process(Child);

impl Process {
    pub(super) fn spawn(task: &Task<'_>) -> Process {
        let fields = [
            task.store,
            task.service,
            task.client_id,
            task.client_secret,
            &task.lease.as_millis().to_string(),
            &task.requests.to_string(),
            &task.tolerates_outages.to_string(),
        ];
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tokens::process::child"])
            .args(["--ignored", "--nocapture"])
            .env(VARIABLE, fields.join(" "))
            // It ends when this is closed, even if this process is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        Process(child.unwrap())
    }

    pub(super) fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        let id = self.0.id().to_string();
        assert!(kill.args([name, &id]).status().unwrap().success());
    }

    /// Stops the process, and waits until all of its threads are stopped: one that runs could still save tokens.
    pub(super) fn stop(&self) {
        self.signal("-STOP");
        let deadline = Instant::now() + PATIENCE;
        while !self.is_stopped() {
            assert!(Instant::now() < deadline, "the process does not stop");
            std::thread::yield_now();
        }
    }

    /// Only known on Linux.
    fn is_stopped(&self) -> bool {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.0.id())) else {
            return true;
        };
        threads.flatten().all(|thread| {
            let status = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            // The state follows the name in parentheses.
            let state = status.rsplit(") ").next();
            state.is_none_or(|it| !it.starts_with(['R', 'S', 'D']))
        })
    }

    pub(super) fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Returns the exit status if the process has ended.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    /// Waits until the process has sent its requests.
    pub(super) fn assert_success(&mut self) {
        // `wait` would close the standard input, after which it sends no more.
        let input = self.0.stdin.take();
        assert!(self.0.wait().unwrap().success());
        drop(input);
    }

    /// Lets the process close its client, and waits for its end.
    pub(super) fn finish(mut self) {
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(super) fn client(url: &str, app: &AuthorizationCode, store: TokenStore) -> Client {
    let client = Client::builder(app.resume(store)).base_url(url);
    client.build().unwrap()
}

/// One of the other processes. Does nothing unless a test has started it.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn child() {
    let Ok(task) = std::env::var(VARIABLE) else {
        return;
    };
    let task: Vec<&str> = task.split(' ').collect();
    let [url, service, id, secret, lease, requests, tolerates_outages] = task[..] else {
        panic!("the task has another number of fields");
    };
    let requests: u64 = requests.parse().unwrap();
    let tolerates_outages = tolerates_outages == "true";
    let store = TokenStore::new(database::open(url).await, KEY).unwrap();
    let store = store.lease_duration(Duration::from_millis(lease.parse().unwrap()));
    let app = AuthorizationCode::new(id, secret, CALLBACK);
    let client = client(service, &app, store);
    let is_finished = finished();
    let (mut sent, mut failures, mut outages) = (0, 0, 0);
    while sent < requests && !is_finished.load(Ordering::Relaxed) {
        match client.get_current_user().await {
            Ok(_) => sent += 1,
            Err(error) if error.is_unfinished_refresh() => {
                eprintln!("{error}");
                std::process::exit(UNFINISHED);
            }
            Err(error) if tolerates_outages && error.is_transient() && !error.needs_login() => {
                outages += 1;
                tokio::time::sleep(OUTAGE_PAUSE).await;
            }
            Err(error) => {
                eprintln!("{error}");
                sent += 1;
                failures += 1;
            }
        }
    }
    client.close().await.unwrap();
    if tolerates_outages {
        eprintln!("{sent} requests, and {outages} failed since the store could not be used");
    }
    assert_eq!(failures, 0);
}

/// Becomes `true` when the standard input is closed.
fn finished() -> Arc<AtomicBool> {
    let is_finished = Arc::new(AtomicBool::new(false));
    let shared = is_finished.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        shared.store(true, Ordering::Relaxed);
    });
    is_finished
}
