//! A Redis server, and reads of the redis crate.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use basalam_chat_state::RedisState;
use redis::aio::ConnectionManager;
use redis::io::tcp::TcpSettings;
use redis::{ConnectionInfo, IntoConnectionInfo};

use crate::{Reader, Stored};

/// The time limit for starting a server.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on loopback in a temporary directory, which ends when it is dropped.
pub(crate) struct Server {
    process: Child,
    port: u16,
    _directory: tempfile::TempDir,
}

/// Reads with a [`ConnectionManager`].
#[derive(Clone)]
pub(crate) struct Bare {
    connection: ConnectionManager,
    keys: Arc<Vec<String>>,
}

impl Reader for Bare {
    async fn read(&self, index: usize) -> anyhow::Result<usize> {
        let mut connection = self.connection.clone();
        let mut get = redis::cmd("GET");
        get.arg(&self.keys[index]);
        let value: Vec<u8> = get.query_async(&mut connection).await?;
        Ok(value.len())
    }
}

impl Server {
    /// Returns `None` if Redis is not installed.
    pub(crate) fn start() -> anyhow::Result<Option<Server>> {
        let directory = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        drop(listener);
        let mut redis = Command::new("redis-server");
        redis.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        redis.arg("--dir").arg(directory.path());
        // The settings that the store requires.
        redis.args(["--appendonly", "yes", "--appendfsync", "always"]);
        redis.args(["--save", ""]);
        redis.stdout(Stdio::null()).stderr(Stdio::null());
        let process = match redis.spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            process => process?,
        };
        let server = Server {
            process,
            port,
            _directory: directory,
        };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(Instant::now() < deadline, "redis-server does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(server))
    }

    /// Connects in three ways, the last with the defaults of the library, and writes the values.
    pub(crate) async fn open(&self) -> anyhow::Result<(Stored, Bare, Bare)> {
        let url = format!("redis://127.0.0.1:{}", self.port);
        let store = RedisState::connect(url.as_str()).await?;
        let store = Stored::fill(Arc::new(store)).await?;
        let names = store.names();
        let names = names.iter();
        let keys: Vec<String> = names
            .map(|name| format!("{{basalam_chat_state}}:value:{name}"))
            .collect();
        let keys = Arc::new(keys);
        let info = url.as_str().into_connection_info()?;
        // As the store, and as clients in other languages do by default.
        let no_delay = TcpSettings::default().set_nodelay(true);
        let bare = Bare {
            connection: connect(info.clone().set_tcp_settings(no_delay)).await?,
            keys: Arc::clone(&keys),
        };
        let connection = connect(info).await?;
        Ok((store, bare, Bare { connection, keys }))
    }
}

async fn connect(info: ConnectionInfo) -> anyhow::Result<ConnectionManager> {
    let client = redis::Client::open(info)?;
    Ok(client.get_connection_manager().await?)
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
