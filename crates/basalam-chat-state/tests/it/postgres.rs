//! The conformance suite, and what is particular to PostgreSQL, on a server that each test starts.

#[cfg(feature = "postgres-rustls")]
mod tls;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use basalam_chat::state::{
    DeleteMode, PutMode, PutRequest, StateError, StateErrorKind, StateFuture, StateStore,
};
use basalam_chat_state::conformance::{self, StoreFactory};
use basalam_chat_state::{PostgresOptions, PostgresState};

use crate::conformance::{Encrypted, boxed, check};
use crate::support::{PATIENCE, done, free_port, key};

/// A server in a temporary directory. Like PostgreSQL itself, it does not run as root.
#[derive(Debug)]
pub(crate) struct Server {
    directory: tempfile::TempDir,
    port: u16,
    process: Mutex<Option<Child>>,
}

/// Returns a command of PostgreSQL, run by the user `postgres` if the tests run as root.
fn program(name: &str) -> Command {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let mut versions: Vec<PathBuf> = versions.map(|it| it.unwrap().path()).collect();
    versions.sort();
    let path = versions.pop().unwrap().join("bin").join(name);
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    command.arg(path);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

fn succeed(output: Output) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}

impl Server {
    pub(crate) fn start() -> Server {
        let directory = tempfile::tempdir().unwrap();
        if is_root() {
            let mut chown = Command::new("chown");
            succeed(
                chown
                    .arg("postgres")
                    .arg(directory.path())
                    .output()
                    .unwrap(),
            );
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server {
            directory,
            port,
            process: Mutex::default(),
        };
        let mut initdb = program("initdb");
        initdb.args([
            "--auth=trust",
            "--username=bot",
            "--encoding=UTF8",
            "--no-sync",
            "-D",
        ]);
        succeed(initdb.arg(server.data()).output().unwrap());
        drop(listener);
        server.launch();
        server
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn socket_directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn launch(&self) {
        let mut postgres = program("postgres");
        postgres
            .arg("-D")
            .arg(self.data())
            .args(["-h", "127.0.0.1"]);
        postgres.args(["-p", &self.port.to_string(), "-c", "max_connections=500"]);
        postgres.arg("-k").arg(self.socket_directory());
        postgres.stdout(Stdio::null()).stderr(Stdio::null());
        *self.process.lock().unwrap() = Some(postgres.spawn().unwrap());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut ready = program("pg_isready");
            ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ready.status().unwrap().success() {
                return;
            }
            assert!(Instant::now() < deadline, "the server does not start");
        }
    }

    /// Ends all processes of the server at once, as a crash does.
    pub(crate) fn kill(&self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            self.signal("QUIT", process.id());
            process.wait().unwrap();
        }
    }

    /// Sends a signal to the server.
    fn signal(&self, name: &str, id: u32) {
        let mut kill = Command::new("kill");
        succeed(kill.args(["-s", name, &id.to_string()]).output().unwrap());
    }

    /// Sends a signal to the processes that serve connections, and to the server itself.
    fn signal_all(&self, name: &str) {
        let id = self.process.lock().unwrap().as_ref().unwrap().id();
        let parent = id.to_string();
        let children = Command::new("ps")
            .args(["-o", "pid=", "--ppid", &parent])
            .output();
        let children = String::from_utf8(children.unwrap().stdout).unwrap();
        self.signal(name, id);
        for child in children.split_whitespace() {
            self.signal(name, child.parse().unwrap());
        }
    }

    pub(crate) fn url(&self) -> String {
        format!(
            "postgres://bot:secret-5d0c@127.0.0.1:{}/postgres",
            self.port
        )
    }

    fn options(&self) -> PostgresOptions {
        PostgresOptions::new(self.url()).create_table(true)
    }

    fn psql(&self, sql: &str) -> String {
        let mut psql = program("psql");
        psql.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "bot"]);
        psql.args(["-d", "postgres", "-v", "ON_ERROR_STOP=1", "-Atc", sql]);
        let output = psql.output().unwrap();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        succeed(output);
        text.trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Debug)]
struct Postgres(Server);

impl StoreFactory for Postgres {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let options = self.0.options().operation_timeout(PATIENCE);
            Ok(boxed(options.max_connections(4).connect().await?))
        })
    }

    fn open_impatient(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async {
            let options = self
                .0
                .options()
                .operation_timeout(Duration::from_millis(500));
            Ok(boxed(options.connect().await?))
        })
    }

    /// Moves the ends of the leases, since the clock of the server cannot be set.
    fn advance_clock(&self, duration: Duration) -> StateFuture<'_, ()> {
        let millis = duration.as_millis();
        self.0.psql(&format!(
            "UPDATE basalam_chat_state SET expires_at = expires_at - {millis} * interval '1 ms'"
        ));
        done(())
    }

    fn stop(&self) -> StateFuture<'_, bool> {
        self.0.kill();
        done(true)
    }

    fn start(&self) -> StateFuture<'_, ()> {
        self.0.launch();
        done(())
    }

    fn pause(&self) -> StateFuture<'_, bool> {
        self.0.signal_all("STOP");
        done(true)
    }

    fn resume(&self) -> StateFuture<'_, ()> {
        self.0.signal_all("CONT");
        done(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL"]
async fn postgres_state() {
    let report = conformance::run(Arc::new(Postgres(Server::start()))).await;
    check(&report, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL"]
async fn encrypted_postgres_state() {
    let report = conformance::run(Arc::new(Encrypted(Postgres(Server::start())))).await;
    check(&report, &[]);
}

async fn refused(options: PostgresOptions) -> StateError {
    let error = options.connect().await.unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("secret-5d0c"),
        "{error:?}"
    );
    error
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn table_is_created_on_request_only() {
    let server = Server::start();
    let error = refused(PostgresOptions::new(server.url())).await;
    assert!(
        error.is_configuration() && error.to_string().contains("create_table"),
        "{error}"
    );
    let created = (0..8).map(|_| tokio::spawn(server.options().connect()));
    for store in created.collect::<Vec<_>>() {
        store.await.unwrap().unwrap();
    }
    PostgresState::connect(server.url()).await.unwrap();
    server.psql("CREATE SCHEMA shop");
    let named = server
        .options()
        .table("shop.state")
        .connect()
        .await
        .unwrap();
    named.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    assert_eq!(server.psql("SELECT count(*) FROM shop.state"), "1");
    server.psql("CREATE TABLE other (id int)");
    let error = refused(server.options().table("other")).await;
    assert!(error.is_configuration(), "{error}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn servers_that_can_lose_writes_are_refused() {
    let server = Server::start();
    server.psql("ALTER ROLE bot SET synchronous_commit = off");
    let error = refused(server.options()).await;
    assert!(
        error.is_configuration() && error.to_string().contains("synchronous_commit"),
        "{error}"
    );
    server
        .options()
        .allow_data_loss(true)
        .connect()
        .await
        .unwrap();
    server.psql("ALTER ROLE bot RESET synchronous_commit");
    server.options().connect().await.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn connections_keep_no_session_state() {
    let server = Server::start();
    let store = server.options().max_connections(1).connect().await.unwrap();
    let version = store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    store
        .delete(&key("a"), DeleteMode::Version(version))
        .await
        .unwrap();
    store.list("", None, 9).await.unwrap();
    let state = server.psql(
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'
        UNION ALL SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
    );
    assert_eq!(state, "0\n0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL"]
async fn versions_grow_while_a_key_is_created_and_deleted_by_many() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    let writers = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut last = None;
            for _ in 0..200 {
                // A version that was written by this task or seen before it began must be smaller.
                let seen = store.get(&key("a")).await.unwrap().map(|it| it.version);
                match store.put(&key("a"), b"1", PutMode::Create).await {
                    Ok(version) => {
                        assert!(Some(version) > last && Some(version) > seen);
                        last = Some(version);
                        store
                            .delete(&key("a"), DeleteMode::Version(version))
                            .await
                            .unwrap();
                    }
                    Err(error) => assert!(error.is_conflict(), "{error}"),
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(server.psql("SELECT count(*) FROM basalam_chat_state"), "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL"]
async fn batches_in_opposite_orders_do_not_block_each_other() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    let requests: Vec<_> = (0..300)
        .map(|number| PutRequest::new(key(&format!("p/{number}")), "1", PutMode::Overwrite))
        .collect();
    let reversed: Vec<_> = requests.iter().rev().cloned().collect();
    for _ in 0..10 {
        let (one, two) = tokio::join!(store.put_many(&requests), store.put_many(&reversed));
        for results in [one.unwrap(), two.unwrap()] {
            let versions: Vec<_> = results.into_iter().map(Result::unwrap).collect();
            assert!(versions.is_sorted() && versions.len() == 300);
        }
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn blocked_writes_end_and_are_unknown() {
    let server = Server::start();
    let options = server
        .options()
        .operation_timeout(Duration::from_millis(300));
    let store = options.connect().await.unwrap();
    store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    let mut holder = program("psql");
    holder.args([
        "-h",
        "127.0.0.1",
        "-p",
        &server.port.to_string(),
        "-U",
        "bot",
        "-d",
        "postgres",
    ]);
    holder.args([
        "-c",
        "BEGIN; LOCK TABLE basalam_chat_state; SELECT pg_sleep(600)",
    ]);
    let mut holder = holder.stdout(Stdio::null()).spawn().unwrap();
    while server.psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0" {
    }
    let error = store
        .put(&key("a"), b"2", PutMode::Overwrite)
        .await
        .unwrap_err();
    // The server's own limit can end it first.
    assert!(error.is_unknown() || error.is_unavailable(), "{error}");
    assert_eq!(
        store.get(&key("a")).await.unwrap_err().kind(),
        StateErrorKind::Unavailable
    );
    holder.kill().unwrap();
    holder.wait().unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn urls_open_the_store_and_create_its_table() {
    let server = Server::start();
    let store = basalam_chat_state::connect(&server.url()).await.unwrap();
    let version = store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    let same = PostgresState::connect(server.url()).await.unwrap();
    let entry = same.get(&key("a")).await.unwrap().unwrap();
    assert_eq!(entry.version, version);
    assert!(!format!("{store:?}").contains("secret-5d0c"));
}

#[tokio::test]
async fn unreachable_servers_and_wrong_options_are_reported_without_the_password() {
    let port = free_port();
    let url = format!("postgres://bot:secret-5d0c@127.0.0.1:{port}/postgres");
    let error = refused(PostgresOptions::new(&url)).await;
    assert!(error.is_unavailable(), "{error}");
    assert!(!format!("{:?}", PostgresOptions::new(&url)).contains("secret-5d0c"));
    for url in [
        "mysql://bot:secret-5d0c@localhost",
        "postgres://bot:secret-5d0c@host:port",
        "",
        "postgres:///postgres",
    ] {
        assert!(
            refused(PostgresOptions::new(url)).await.is_configuration(),
            "{url}"
        );
    }
    for table in ["", "a b", "a.b.c", "\"a\"", ".a", "é", &"a".repeat(56)] {
        let options = PostgresOptions::new("postgres://bot:secret-5d0c@127.0.0.1/db").table(table);
        assert!(refused(options).await.is_configuration(), "{table}");
    }
}
