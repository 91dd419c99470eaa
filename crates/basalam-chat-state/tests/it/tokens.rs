//! Several processes with the tokens of one login. This test binary runs itself as the other processes.
#![cfg(unix)]
#![allow(clippy::print_stdout)] // Prints the results, which `--nocapture` shows.

/// Defines tests for each kind of store, from functions that take the kind.
macro_rules! on_each_store {
    ($($test:ident),+ $(,)?) => {
        mod files {
            $(#[test] fn $test() { super::$test(super::Kind::Files) })+
        }
        mod sqlite {
            $(#[test] fn $test() { super::$test(super::Kind::Sqlite) })+
        }
        on_each_server! { $($test),+ }
    };
}

/// Defines tests for each kind of store that is a server.
macro_rules! on_each_server {
    ($($test:ident),+ $(,)?) => {
        mod postgres {
            $(#[test] #[ignore = "needs PostgreSQL"] fn $test() { super::$test(super::Kind::Postgres) })+
        }
        mod redis {
            $(#[test] #[ignore = "needs redis-server"] fn $test() { super::$test(super::Kind::Redis) })+
        }
    };
}

mod crashes;
mod database;
mod load;
mod outages;
mod pauses;
mod process;

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use basalam_chat::auth::{TokenSet, TokenStore};
use basalam_chat::state::StateStore;
use basalam_chat::{Error, auth::AuthorizationCode};
use basalam_chat_emulator::{Emulator, EmulatorBuilder, TOKEN_OPERATION};

use database::{Database, Kind};
use process::{Process, Task, UNFINISHED};

const KEY: &str = "tokens/431";

/// The time limit for anything that a test waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that the emulator has handled.
#[derive(Debug)]
struct Handled {
    operation: String,
    begin: Instant,
    end: Instant,
    status: Option<u16>,
}

/// An emulator and a store with the tokens of a login.
struct Service {
    emulator: Emulator,
    log: mpsc::Receiver<Handled>,
    database: Arc<Database>,
    lease: Duration,
    runtime: tokio::runtime::Runtime,
}

impl Service {
    fn start(kind: Kind, builder: EmulatorBuilder, lease: Duration) -> Service {
        let (sender, log) = mpsc::channel();
        let builder = builder.on_request_logged(move |request| {
            let end = Instant::now();
            // The test may have ended.
            let _ = sender.send(Handled {
                operation: request.operation.clone().unwrap_or_default(),
                begin: end.checked_sub(request.duration).unwrap(),
                end,
                status: request.status,
            });
        });
        let service = Service {
            emulator: builder.start_blocking().unwrap(),
            log,
            database: Arc::new(Database::start(kind)),
            lease,
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        service.log_in();
        service
    }

    fn state(&self) -> Arc<dyn StateStore> {
        self.runtime.block_on(database::open(&self.database.url()))
    }

    fn store(&self) -> TokenStore {
        let store = TokenStore::new(self.state(), KEY).unwrap();
        store.lease_duration(self.lease)
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
        let app = AuthorizationCode::new(app.id(), app.secret(), process::CALLBACK);
        let client = process::client(self.emulator.base_url(), &app, self.store());
        let user = self
            .runtime
            .block_on(async { client.get_current_user().await });
        user.map(drop)
    }

    /// Starts a process that sends a number of requests.
    fn spawn(&self, requests: u64) -> Process {
        self.run(requests, false)
    }

    /// Starts a process that sends requests until it is killed or finished.
    fn spawn_endless(&self) -> Process {
        self.run(u64::MAX, false)
    }

    /// Starts a process that sends requests until it is finished, and repeats those that fail since the store cannot be
    /// used.
    fn spawn_tolerant(&self) -> Process {
        self.run(u64::MAX, true)
    }

    fn run(&self, requests: u64, tolerates_outages: bool) -> Process {
        let app = self.emulator.oauth_client();
        Process::spawn(&Task {
            store: &self.database.url(),
            service: self.emulator.base_url(),
            client_id: app.id(),
            client_secret: app.secret(),
            lease: self.lease,
            requests,
            tolerates_outages,
        })
    }

    /// Waits until the emulator has handled a token request.
    fn wait_for_token_request(&self) {
        while self.log.recv_timeout(PATIENCE).unwrap().operation != TOKEN_OPERATION {}
    }

    /// Starts a process and stops it while its refresh is in flight. The service handles the request, and the process
    /// receives the response if it is continued.
    fn spawn_stopped_in_refresh(&self) -> Process {
        let (reached, is_reached) = mpsc::channel();
        let (stopped, is_stopped) = mpsc::channel::<()>();
        let mut first = Some((reached, is_stopped));
        let hook = move |_: &Emulator| {
            if let Some((reached, is_stopped)) = first.take() {
                reached.send(()).unwrap();
                // The service responds after the process was stopped.
                let _ = is_stopped.recv_timeout(PATIENCE);
            }
        };
        self.emulator.on_request(TOKEN_OPERATION, hook).unwrap();
        let child = self.spawn(1);
        is_reached.recv_timeout(PATIENCE).unwrap();
        child.stop();
        stopped.send(()).unwrap();
        self.wait_for_token_request();
        child
    }
}

/// Returns the number in a token of the emulator, which counts the tokens that it has issued.
fn issue_number(token: &str) -> u64 {
    token.rsplit('-').next().unwrap().parse().unwrap()
}

/// A small generator, so that a failure can be repeated with its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % bound
    }
}
