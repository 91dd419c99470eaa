//! The conformance suite, and what is particular to Redis, on a server that each test starts.

#[cfg(feature = "redis-rustls")]
mod tls;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use basalam_chat::state::{
    DeleteMode, LeaseRequest, PutMode, PutRequest, StateError, StateFuture, StateStore,
};
use basalam_chat_state::conformance::{self, StoreFactory};
use basalam_chat_state::{RedisOptions, RedisState};

use crate::conformance::{Encrypted, boxed, check};
use crate::support::{PATIENCE, done, free_port, key};

const PASSWORD: &str = "secret-5d0c";

/// A server in a temporary directory that keeps all writes.
#[derive(Debug)]
pub(crate) struct Server {
    directory: tempfile::TempDir,
    port: u16,
    process: Mutex<Option<Child>>,
}

impl Server {
    pub(crate) fn start() -> Server {
        let server = Server {
            directory: tempfile::tempdir().unwrap(),
            port: free_port(),
            process: Mutex::default(),
        };
        server.launch();
        server
    }

    pub(crate) fn launch(&self) {
        let mut redis = Command::new("redis-server");
        redis.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        redis.arg("--dir").arg(self.directory.path());
        redis.args(["--appendonly", "yes", "--appendfsync", "always"]);
        redis.args(["--save", "", "--requirepass", PASSWORD]);
        redis.stdout(Stdio::null()).stderr(Stdio::null());
        *self.process.lock().unwrap() = Some(redis.spawn().expect("redis-server is installed"));
        let deadline = Instant::now() + PATIENCE;
        while self.cli().arg("PING").output().unwrap().stdout != b"PONG\n" {
            assert!(Instant::now() < deadline, "the server does not start");
        }
    }

    pub(crate) fn kill(&self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    fn signal(&self, name: &str) {
        let id = self.process.lock().unwrap().as_ref().unwrap().id();
        let mut kill = Command::new("kill");
        let status = kill.args(["-s", name, &id.to_string()]).status().unwrap();
        assert!(status.success());
    }

    fn cli(&self) -> Command {
        let mut cli = Command::new("redis-cli");
        cli.args(["-p", &self.port.to_string(), "-a", PASSWORD]);
        cli.args(["--no-auth-warning", "-e"]);
        cli
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.cli().args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
        text.trim().to_owned()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://:{PASSWORD}@127.0.0.1:{}/0", self.port)
    }

    fn options(&self) -> RedisOptions {
        RedisOptions::new(self.url()).operation_timeout(PATIENCE)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Debug)]
struct Redis(Server);

impl StoreFactory for Redis {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        Box::pin(async { Ok(boxed(self.0.options().connect().await?)) })
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
        let script = "for _, key in ipairs(redis.call('KEYS', '*:lease:*')) do
            redis.call('HINCRBY', key, 'until', -ARGV[1]) end";
        let millis = duration.as_millis().to_string();
        self.0.run(&["EVAL", script, "0", &millis]);
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
        self.0.signal("STOP");
        done(true)
    }

    fn resume(&self) -> StateFuture<'_, ()> {
        self.0.signal("CONT");
        done(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn redis_state() {
    let report = conformance::run(Arc::new(Redis(Server::start()))).await;
    check(&report, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn encrypted_redis_state() {
    let report = conformance::run(Arc::new(Encrypted(Redis(Server::start())))).await;
    check(&report, &[]);
}

async fn refused(options: RedisOptions) -> StateError {
    let error = options.connect().await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(PASSWORD), "{shown}");
    error
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn servers_that_can_lose_writes_are_refused() {
    let server = Server::start();
    for (name, required, other) in [
        ("appendfsync", "always", "everysec"),
        ("appendfsync", "always", "no"),
        ("no-appendfsync-on-rewrite", "no", "yes"),
        ("maxmemory-policy", "noeviction", "allkeys-lru"),
        ("maxmemory-policy", "noeviction", "volatile-ttl"),
        ("appendonly", "yes", "no"),
    ] {
        server.run(&["CONFIG", "SET", name, other]);
        let error = refused(server.options()).await;
        let text = error.to_string();
        assert!(error.is_configuration(), "{error:?}");
        assert!(
            text.contains(name) && text.contains(required) && text.contains("allow_data_loss"),
            "{text}"
        );
        let accepting = server.options().allow_data_loss(true);
        accepting.connect().await.unwrap();
        server.run(&["CONFIG", "SET", name, required]);
        server.options().connect().await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn servers_that_hide_their_settings_are_refused() {
    let server = Server::start();
    for forbidden in [&["-config"][..], &["-role"], &["-config", "-role"]] {
        let user = [
            "ACL",
            "SETUSER",
            "bot",
            "reset",
            "on",
            ">secret-5d0c",
            "~*",
            "+@all",
        ];
        server.run(&[&user[..], forbidden].concat());
        let url = format!("redis://bot:{PASSWORD}@127.0.0.1:{}", server.port);
        let error = refused(RedisOptions::new(&url)).await;
        assert!(error.is_configuration(), "{error}");
        if forbidden == ["-config"] {
            assert!(error.to_string().contains("allow_data_loss"), "{error}");
        }
        let accepting = RedisOptions::new(&url).allow_data_loss(true);
        let store = accepting.connect().await.unwrap();
        store
            .put(&key("a"), b"1", PutMode::Overwrite)
            .await
            .unwrap();
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn wrong_logins_are_refused() {
    let server = Server::start();
    for login in ["", ":wrong@", "bot:wrong@"] {
        let url = format!("redis://{login}127.0.0.1:{}", server.port);
        for allow in [false, true] {
            let error = refused(RedisOptions::new(&url).allow_data_loss(allow)).await;
            assert!(error.is_configuration(), "{login}: {error}");
        }
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn replicas_are_refused_until_they_are_promoted() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    server.run(&["REPLICAOF", "127.0.0.1", "1"]);
    let error = refused(server.options()).await;
    assert!(
        error.is_unavailable() && error.to_string().contains("replica"),
        "{error}"
    );
    for _ in 0..2 {
        let error = store
            .put(&key("a"), b"1", PutMode::Create)
            .await
            .unwrap_err();
        assert!(error.is_unavailable(), "{error}");
    }
    server.run(&["REPLICAOF", "NO", "ONE"]);
    store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server"]
async fn closed_connections_and_forgotten_scripts_are_replaced() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    let mut last = store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    for _ in 0..5 {
        server.run(&["SCRIPT", "FLUSH"]);
        server.run(&["CLIENT", "KILL", "TYPE", "normal"]);
        let entry = store.get(&key("a")).await.unwrap().unwrap();
        assert_eq!(entry.version, last);
        let mode = PutMode::Update(last);
        last = store.put(&key("a"), b"1", mode).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn writes_that_cannot_be_sent_are_not_unknown() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    server.kill();
    assert!(store.get(&key("a")).await.unwrap_err().is_unavailable());
    let put = store.put(&key("a"), b"1", PutMode::Create).await;
    assert!(put.unwrap_err().is_unavailable());
    let delete = store.delete(&key("a"), DeleteMode::Any).await;
    assert!(delete.unwrap_err().is_unavailable());
    let mut request = LeaseRequest::new(key("lease"), PATIENCE);
    let lease = store.try_acquire_lease(&mut request).await;
    assert!(lease.unwrap_err().is_unavailable());
    server.launch();
    store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn responses_that_are_lost_are_unknown() {
    let server = Server::start();
    let options = server
        .options()
        .operation_timeout(Duration::from_millis(300));
    let store = options.connect().await.unwrap();
    let first = store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    server.signal("STOP");
    let put = store.put(&key("a"), b"2", PutMode::Update(first)).await;
    assert!(put.unwrap_err().is_unknown());
    assert!(store.get(&key("a")).await.unwrap_err().is_unavailable());
    server.signal("CONT");
    let store = server.options().connect().await.unwrap();
    store
        .put(&key("a"), b"3", PutMode::Overwrite)
        .await
        .unwrap();
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn keys_of_a_namespace_have_one_slot() {
    let server = Server::start();
    let stores = ["one", "two"].map(|name| server.options().namespace(name).connect());
    for store in stores {
        let store = store.await.unwrap();
        store.put(&key("a/b"), b"1", PutMode::Create).await.unwrap();
        let mut request = LeaseRequest::new(key("a/b"), PATIENCE);
        store.try_acquire_lease(&mut request).await.unwrap();
        assert_eq!(store.list("", None, 9).await.unwrap().len(), 1);
    }
    let keys = server.run(&["KEYS", "*"]);
    let of = |start: &str| keys.lines().filter(|it| it.starts_with(start)).count();
    assert_eq!((of("{one}:"), of("{two}:")), (4, 4), "{keys}");
    assert_eq!(keys.lines().count(), 8, "{keys}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn values_of_other_programs_are_reported_and_nothing_is_written() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    let name = |key: &str| format!("{{basalam_chat_state}}:value:{key}");
    server.run(&["SET", &name("text"), "secret-5d0c"]);
    server.run(&["SET", &name("colon"), "secret-5d0c:1"]);
    server.run(&["RPUSH", &name("list"), "secret-5d0c"]);
    for foreign in ["text", "colon", "list"] {
        let error = store.get(&key(foreign)).await.unwrap_err();
        assert!(error.is_corrupt(), "{foreign}: {error}");
        assert!(!format!("{error:?}").contains(PASSWORD), "{error:?}");
    }
    let create = store.put(&key("text"), b"1", PutMode::Create).await;
    assert!(create.unwrap_err().is_conflict());
    let batch = ["a", "list"].map(|it| PutRequest::new(key(it), "1", PutMode::Overwrite));
    let results = store.put_many(&batch[1..]).await;
    assert!(results.unwrap_err().is_corrupt());
    assert!(store.put_many(&batch).await.unwrap_err().is_corrupt());
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn full_servers_refuse_writes_and_keep_values() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    let first = store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    server.run(&["CONFIG", "SET", "maxmemory", "1"]);
    let batch = ["a", "b"].map(|it| PutRequest::new(key(it), "2", PutMode::Overwrite));
    let error = store.put_many(&batch).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
    let entries = store.list("", None, 9).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].version, first);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn lists_fill_their_limit_over_several_pages() {
    let server = Server::start();
    let store = server.options().connect().await.unwrap();
    let requests: Vec<_> = (0..700)
        .map(|it| PutRequest::new(key(&format!("p/{it:03}")), "1", PutMode::Create))
        .collect();
    let results = store.put_many(&requests).await.unwrap();
    let versions: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert!(versions.is_sorted());
    // A key whose value another program has deleted is skipped.
    server.run(&["DEL", "{basalam_chat_state}:value:p/100"]);
    for (limit, expected) in [(0, 0), (256, 256), (600, 600), (usize::MAX, 699)] {
        let entries = store.list("p/", None, limit).await.unwrap();
        assert_eq!(entries.len(), expected, "{limit}");
        assert!(entries.is_sorted_by(|a, b| a.key < b.key));
    }
    let after = store.list("p/", Some(&key("p/650")), 99).await.unwrap();
    assert_eq!(after.len(), 49);
    assert_eq!(store.list("p/", Some(&key("a")), 9).await.unwrap().len(), 9);
    assert!(store.list("q", None, 9).await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn urls_open_the_store() {
    let server = Server::start();
    let store = basalam_chat_state::connect(&server.url()).await.unwrap();
    let version = store.put(&key("a"), b"1", PutMode::Create).await.unwrap();
    let same = RedisState::connect(server.url()).await.unwrap();
    let entry = same.get(&key("a")).await.unwrap().unwrap();
    assert_eq!(entry.version, version);
    assert!(!format!("{store:?}").contains(PASSWORD));
}

#[tokio::test]
async fn unreachable_servers_and_wrong_options_are_reported_without_the_password() {
    let port = free_port();
    let url = format!("redis://bot:{PASSWORD}@127.0.0.1:{port}/0");
    let error = refused(RedisOptions::new(&url)).await;
    assert!(error.is_unavailable(), "{error}");
    let socket = format!("redis+unix:///nonexistent/redis.sock?pass={PASSWORD}");
    let error = refused(RedisOptions::new(socket)).await;
    assert!(error.is_unavailable(), "{error}");
    assert!(!format!("{:?}", RedisOptions::new(&url)).contains(PASSWORD));
    for url in [
        "http://bot:secret-5d0c@localhost",
        "redis://bot:secret-5d0c@localhost:port",
        "redis://bot:secret-5d0c@localhost/database",
        "rediss://bot:secret-5d0c@localhost/#insecure",
        "valkeys://bot:secret-5d0c@localhost:port",
        "secret-5d0c",
        "",
    ] {
        let error = refused(RedisOptions::new(url)).await;
        assert!(error.is_configuration(), "{url}: {error}");
    }
    for namespace in ["", "a b", "{a}", "a:b", "é", &"a".repeat(65)] {
        let error = refused(RedisOptions::new(&url).namespace(namespace)).await;
        assert!(error.is_configuration(), "{namespace}: {error}");
    }
}

#[tokio::test]
async fn silent_servers_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("redis://127.0.0.1:{port}");
    let options = RedisOptions::new(url).operation_timeout(Duration::from_millis(50));
    let error = refused(options).await;
    assert!(error.is_unavailable(), "{error}");
}
