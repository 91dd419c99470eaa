//! Reads of rusqlite as a tokio program makes them, since it must not block its own threads.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use anyhow::Context;
use basalam_chat_state::SqliteState;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::{Reader, Stored};

/// A connection for `spawn_blocking`.
#[derive(Clone)]
pub(crate) struct Blocking {
    connection: Arc<Mutex<Connection>>,
    keys: Arc<Vec<String>>,
}

/// A thread that has a connection.
#[derive(Clone)]
pub(crate) struct Thread {
    requests: mpsc::Sender<(usize, oneshot::Sender<rusqlite::Result<Vec<u8>>>)>,
}

fn get(connection: &Connection, key: &str) -> rusqlite::Result<Vec<u8>> {
    let mut statement = connection.prepare_cached("SELECT value FROM state WHERE key = ?1")?;
    statement.query_row([key], |row| row.get(0))
}

impl Reader for Blocking {
    async fn read(&self, index: usize) -> anyhow::Result<usize> {
        let (connection, keys) = (Arc::clone(&self.connection), Arc::clone(&self.keys));
        let read = tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            get(&connection, &keys[index])
        });
        Ok(read.await??.len())
    }
}

impl Reader for Thread {
    async fn read(&self, index: usize) -> anyhow::Result<usize> {
        let (sender, response) = oneshot::channel();
        let sent = self.requests.send((index, sender));
        sent.ok().context("the thread has ended")?;
        Ok(response.await??.len())
    }
}

impl Thread {
    fn start(connection: Connection, keys: Vec<String>) -> Thread {
        let (requests, received) = mpsc::channel::<(usize, oneshot::Sender<_>)>();
        std::thread::spawn(move || {
            for (index, sender) in received {
                // The receiver may have been dropped.
                let _ = sender.send(get(&connection, &keys[index]));
            }
        });
        Thread { requests }
    }
}

/// Opens a database with values in three ways.
pub(crate) async fn open(path: &Path) -> anyhow::Result<(Stored, Blocking, Thread)> {
    let store = SqliteState::open(path).await?;
    let store = Stored::fill(Arc::new(store)).await?;
    let blocking = Blocking {
        connection: Arc::new(Mutex::new(Connection::open(path)?)),
        keys: Arc::new(store.names()),
    };
    let thread = Thread::start(Connection::open(path)?, store.names());
    Ok((store, blocking, thread))
}
