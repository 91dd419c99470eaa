//! The thread that moves what is committed into the main file, so that the thread that writes does not wait for the disk.

use std::path::Path;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::error::{DatabaseResult, Error, ErrorKind};
use crate::schema;

/// A checkpoint starts after this many rows.
const ROWS: usize = 10_000;

/// A checkpoint starts after this many rows if no job is queued, so that less is left to do at the end.
const ROWS_IF_IDLE: usize = 5_000;

/// The thread. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Checkpoints {
    requests: SyncSender<()>,
    thread: JoinHandle<()>,
    rows: usize,
}

impl Checkpoints {
    pub(super) fn start(path: &Path) -> Result<Checkpoints, Error> {
        let connection = schema::connect(path)?;
        let (requests, requested) = mpsc::sync_channel(1);
        let run = move || {
            for () in requested {
                // The last checkpoint reports what is wrong with the disk.
                let _ = checkpoint(&connection, "PASSIVE");
            }
        };
        let thread = thread::Builder::new().name("basalam-chat-checkpoints".to_owned());
        let thread = thread.spawn(run).map_err(|error| {
            let message = format!("the thread of checkpoints cannot be started: {error}");
            Error::new(ErrorKind::Io, message)
        })?;
        Ok(Checkpoints {
            requests,
            thread,
            rows: 0,
        })
    }

    /// Starts a checkpoint if enough rows were committed since the last one.
    pub(super) fn committed(&mut self, rows: usize, is_idle: bool) {
        self.rows += rows;
        let due = if is_idle { ROWS_IF_IDLE } else { ROWS };
        // It is full if a checkpoint is due already.
        if self.rows >= due && self.requests.try_send(()).is_ok() {
            self.rows = 0;
        }
    }

    /// Moves everything into the main file, and empties the log. Fails only if another process reads.
    pub(super) fn finish(self, connection: &Connection) -> Result<(), Error> {
        drop(self.requests);
        // It does not panic.
        let _ = self.thread.join();
        checkpoint(connection, "TRUNCATE")
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> Result<(), Error> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    connection.query_row(&sql, [], |_| Ok(())).db()
}
