//! A server that a test starts: the program that `NATS_SERVER` names, or `nats-server`.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use basalam_chat_nats::{Nats, NatsOptions};

/// The time limit of everything that takes a short time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server in a temporary directory, in memory if possible: no test loses the power of the machine.
#[derive(Debug)]
pub(crate) struct Server {
    directory: tempfile::TempDir,
    port: u16,
    monitoring_port: u16,
    process: Mutex<Option<Child>>,
}

fn directory() -> tempfile::TempDir {
    let in_memory = tempfile::tempdir_in("/dev/shm");
    in_memory.unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Server {
    /// Starts a server that keeps all writes.
    pub(crate) fn start() -> Server {
        Server::with("", "sync_interval: always")
    }

    /// Starts a server with other settings.
    pub(crate) fn with(settings: &str, jetstream: &str) -> Server {
        let server = Server {
            directory: directory(),
            port: free_port(),
            monitoring_port: free_port(),
            process: Mutex::default(),
        };
        let store = server.directory.path().join("store");
        let configuration = format!(
            "listen: 127.0.0.1:{}\nhttp: 127.0.0.1:{}\n{settings}\njetstream {{\n store_dir: {store:?}\n {jetstream}\n}}\n",
            server.port, server.monitoring_port,
        );
        std::fs::write(server.directory.path().join("nats.conf"), configuration).unwrap();
        server.launch();
        server
    }

    pub(crate) fn launch(&self) {
        let program = std::env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned());
        let mut nats = Command::new(program);
        nats.arg("--config")
            .arg(self.directory.path().join("nats.conf"));
        nats.stdout(Stdio::null()).stderr(Stdio::null());
        let process = nats
            .spawn()
            .expect("nats-server is installed, or NATS_SERVER names it");
        *self.process.lock().unwrap() = Some(process);
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err()
            || TcpStream::connect(("127.0.0.1", self.monitoring_port)).is_err()
        {
            assert!(Instant::now() < deadline, "the server does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// SIGKILL.
    pub(crate) fn kill(&self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.lock().unwrap().as_ref().unwrap().id();
        let status = Command::new("kill")
            .args(["-s", name, &id.to_string()])
            .status();
        assert!(status.unwrap().success());
        let deadline = Instant::now() + PATIENCE;
        while name == "STOP" && !is_stopped(id) {
            assert!(Instant::now() < deadline, "the server does not stop");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) fn monitoring_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitoring_port)
    }

    pub(crate) fn options(&self) -> NatsOptions {
        NatsOptions::new(self.url()).monitoring_url(self.monitoring_url())
    }

    pub(crate) async fn connect(&self) -> Nats {
        self.options().connect().await.unwrap()
    }

    /// A client of the test itself.
    pub(crate) async fn bare(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::new(async_nats::connect(self.url()).await.unwrap())
    }
}

/// Returns `true` if all threads of a process are stopped, which takes a moment after the signal. It is only known on
/// Linux.
fn is_stopped(process: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return true;
    };
    threads.flatten().all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // The state follows the name in parentheses.
        status
            .rsplit(") ")
            .next()
            .is_none_or(|state| !state.starts_with(['R', 'S', 'D']))
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "timed out: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
