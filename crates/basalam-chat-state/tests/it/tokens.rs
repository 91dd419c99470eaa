//! Several processes with the tokens of one login. This test binary runs itself as the other processes.
#![cfg(unix)]

mod crashes;
mod load;
mod pauses;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use basalam_chat::auth::{AuthorizationCode, TokenSet, TokenStore};
use basalam_chat::state::{DeleteMode, Entry, PutMode, StateFuture, StateKey, StateStore, Version};
use basalam_chat::{Client, Error};
use basalam_chat_emulator::{Emulator, EmulatorBuilder};

use super::processes::open;

/// The task of a child process: the kind of the store, its directory, the URL of the emulator, the id and secret of
/// the OAuth client, the lease duration in milliseconds and the number of requests.
const VARIABLE: &str = "BASALAM_CHAT_STATE_TEST_TOKENS";

/// The exit status of a child process that reports an unfinished refresh, whose tokens are lost.
const UNFINISHED: i32 = 70;

/// A store behind a pointer.
#[derive(Clone, Debug)]
struct Shared(Arc<dyn StateStore>);

impl StateStore for Shared {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        self.0.get(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        self.0.put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        self.0.delete(key, mode)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        self.0.list(prefix, after, limit)
    }
}

async fn token_store(kind: &str, path: &Path) -> TokenStore {
    TokenStore::new(Shared(open(kind, path).await), "tokens/431").unwrap()
}

fn client(url: &str, (id, secret): (&str, &str), store: TokenStore) -> Client {
    let app = AuthorizationCode::new(id, secret, "https://shop.example/callback");
    Client::builder(app.resume(store))
        .base_url(url)
        .build()
        .unwrap()
}

/// One of the other processes. Does nothing unless a test has started it.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn child() {
    let Ok(task) = std::env::var(VARIABLE) else {
        return;
    };
    let task: Vec<&str> = task.split(',').collect();
    let [kind, path, url, id, secret, lease, requests] = task[..] else {
        panic!("{task:?}");
    };
    let lease = Duration::from_millis(lease.parse().unwrap());
    let store = token_store(kind, Path::new(path)).await;
    let client = client(url, (id, secret), store.lease_duration(lease));
    let mut failures = 0;
    for _ in 0..requests.parse::<u64>().unwrap() {
        if let Err(error) = client.get_current_user().await {
            eprintln!("{error}");
            if error.is_unfinished_refresh() {
                std::process::exit(UNFINISHED);
            }
            failures += 1;
        }
    }
    client.close().await.unwrap();
    assert_eq!(failures, 0);
}

/// A process that is killed if a test fails.
struct Process(Child);

impl Process {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    fn assert_success(&mut self) {
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

/// An emulator and a store with the tokens of a login.
struct Service {
    emulator: Emulator,
    kind: &'static str,
    directory: tempfile::TempDir,
    lease: Duration,
    runtime: tokio::runtime::Runtime,
}

impl Service {
    fn start(kind: &'static str, builder: EmulatorBuilder, lease: Duration) -> Service {
        let service = Service {
            emulator: builder.start_blocking().unwrap(),
            kind,
            directory: tempfile::tempdir().unwrap(),
            lease,
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        service.log_in();
        service
    }

    fn store(&self) -> TokenStore {
        let store = token_store(self.kind, self.directory.path());
        self.runtime.block_on(store).lease_duration(self.lease)
    }

    /// Saves the tokens of a new login, whose access token has expired.
    fn log_in(&self) -> TokenSet {
        let app = self.emulator.oauth_client();
        let seller = self.emulator.seller().id;
        let issued = self.emulator.issue_tokens(app.id(), seller).unwrap();
        let tokens = TokenSet::new(issued.access_token())
            .with_refresh_token(issued.refresh_token())
            .with_expiry(std::time::UNIX_EPOCH);
        self.runtime.block_on(self.store().save(&tokens)).unwrap();
        tokens
    }

    fn stored(&self) -> TokenSet {
        let tokens = self.runtime.block_on(self.store().tokens());
        tokens.unwrap().unwrap()
    }

    /// Sends one request from this process.
    fn request(&self) -> Result<(), Error> {
        let app = self.emulator.oauth_client();
        let app = (app.id(), app.secret());
        let client = client(self.emulator.base_url(), app, self.store());
        let user = self
            .runtime
            .block_on(async { client.get_current_user().await });
        user.map(drop)
    }

    /// Starts a process that sends requests.
    fn spawn(&self, requests: u64) -> Process {
        let app = self.emulator.oauth_client();
        let task = [
            self.kind,
            self.directory.path().to_str().unwrap(),
            self.emulator.base_url(),
            app.id(),
            app.secret(),
            &self.lease.as_millis().to_string(),
            &requests.to_string(),
        ];
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tokens::child", "--ignored", "--nocapture"])
            .env(VARIABLE, task.join(","))
            .stdout(Stdio::null())
            .spawn();
        Process(child.unwrap())
    }
}
