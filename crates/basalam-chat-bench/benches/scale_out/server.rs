//! A NATS server.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;

/// The time limit for starting it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on loopback in a temporary directory, which ends when it is dropped.
pub(crate) struct Server {
    process: Child,
    port: u16,
    monitoring_port: u16,
    _directory: tempfile::TempDir,
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Server {
    /// Returns `None` if NATS is not installed.
    pub(crate) fn start() -> anyhow::Result<Option<Server>> {
        let directory = tempfile::tempdir()?;
        let (port, monitoring_port) = (free_port()?, free_port()?);
        let store = directory.path().join("store");
        let configuration = format!(
            "listen: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitoring_port}\n\
             jetstream {{\n store_dir: {store:?}\n sync_interval: always\n}}\n"
        );
        let path = directory.path().join("nats.conf");
        std::fs::write(&path, configuration)?;
        let program = std::env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned());
        let mut nats = Command::new(program);
        nats.arg("--config")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = match nats.spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            process => process?,
        };
        let server = Server {
            process,
            port,
            monitoring_port,
            _directory: directory,
        };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", monitoring_port)).is_err()
            || TcpStream::connect(("127.0.0.1", port)).is_err()
        {
            ensure!(Instant::now() < deadline, "nats-server does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(server))
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) fn monitoring_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitoring_port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
