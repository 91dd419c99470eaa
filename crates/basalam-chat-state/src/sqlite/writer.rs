//! A thread that makes writes, those that wait at the same time in one transaction, since most of the cost of a write
//! is that of its transaction.

use std::io;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use basalam_chat::state::{PutRequest, StateError, StateErrorKind, Version};
use tokio::sync::oneshot;

use super::connection::Connection;
use super::database::Database;

type Response = Result<Vec<Result<Version, StateError>>, StateError>;

/// The number of writes after which no more are added to a transaction.
const MAX_BATCH: usize = 1_000;

struct Write {
    requests: Vec<PutRequest>,
    deadline: Instant,
    response: oneshot::Sender<Response>,
}

/// The thread, which ends when all clones are dropped.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Write>);

impl Writer {
    pub(super) fn start(database: Arc<Database>) -> io::Result<Writer> {
        let (sender, writes) = mpsc::channel();
        let thread = std::thread::Builder::new().name("basalam-chat-sqlite".to_owned());
        thread.spawn(move || serve(&database, &writes))?;
        Ok(Writer(sender))
    }

    pub(super) async fn put_many(&self, requests: Vec<PutRequest>, deadline: Instant) -> Response {
        let ended = || StateError::new(StateErrorKind::Unknown, "the writing thread has ended");
        let (response, received) = oneshot::channel();
        let write = Write {
            requests,
            deadline,
            response,
        };
        self.0.send(write).map_err(|_| ended())?;
        received.await.map_err(|_| ended())?
    }
}

fn serve(database: &Database, writes: &mpsc::Receiver<Write>) {
    while let Ok(first) = writes.recv() {
        let mut count = first.requests.len();
        let mut batch = vec![first];
        while count < MAX_BATCH
            && let Ok(next) = writes.try_recv()
        {
            count += next.requests.len();
            batch.push(next);
        }
        // Some callers may have given up.
        batch.retain(|write| !write.response.is_closed());
        make(database, batch);
    }
}

/// Makes all writes in one transaction, or each in its own if that fails and none was made: one of them may be the
/// cause, and the others may have more time.
fn make(database: &Database, batch: Vec<Write>) {
    let Some(deadline) = batch.iter().map(|write| write.deadline).min() else {
        return;
    };
    let put_all = |connection: &Connection| -> Result<Vec<_>, StateError> {
        let puts = batch
            .iter()
            .map(|write| connection.put_many(&write.requests));
        puts.collect()
    };
    match database.write(deadline, put_all) {
        Ok(results) => {
            for (write, results) in batch.into_iter().zip(results) {
                respond(write, Ok(results));
            }
        }
        Err(error) if error.is_unknown() || batch.len() == 1 => {
            for write in batch {
                respond(write, Err(error.clone()));
            }
        }
        Err(_) => {
            for write in batch {
                let result = database.write(write.deadline, |it| it.put_many(&write.requests));
                respond(write, result);
            }
        }
    }
}

fn respond(write: Write, response: Response) {
    // The caller may have given up.
    let _ = write.response.send(response);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use basalam_chat::state::{PutMode, StateKey};

    use super::*;

    fn open(path: &std::path::Path) -> Arc<Database> {
        Arc::new(Database::open(path, Duration::from_secs(5)).unwrap())
    }

    fn put(key: &str, mode: PutMode, time: Duration) -> (Write, oneshot::Receiver<Response>) {
        let (response, received) = oneshot::channel();
        let request = PutRequest::new(StateKey::new(key).unwrap(), "1", mode);
        let write = Write {
            requests: vec![request],
            deadline: Instant::now() + time,
            response,
        };
        (write, received)
    }

    fn result(response: oneshot::Receiver<Response>) -> Result<Version, StateError> {
        response.blocking_recv().unwrap()?.remove(0)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn writes_of_one_transaction_have_separate_results() {
        let directory = tempfile::tempdir().unwrap();
        let database = open(&directory.path().join("state.db"));
        let writes = ["a", "b", "a", "c"].map(|key| put(key, PutMode::Create, LONG));
        let (batch, responses): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        make(&database, batch);
        let results: Vec<_> = responses.into_iter().map(result).collect();
        assert!(results[2].as_ref().unwrap_err().is_conflict());
        let versions: Vec<_> = results.into_iter().flatten().collect();
        assert_eq!(versions.len(), 3);
        assert!(versions.is_sorted());
    }

    #[test]
    fn write_whose_time_has_passed_fails_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let database = open(&path);
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let (late, late_response) = put("a", PutMode::Create, Duration::ZERO);
        let (patient, response) = put("b", PutMode::Create, LONG);
        let thread = std::thread::spawn(move || make(&database, vec![late, patient]));
        assert!(result(late_response).unwrap_err().is_unavailable());
        other.execute_batch("COMMIT").unwrap();
        result(response).unwrap();
        thread.join().unwrap();
    }

    #[test]
    fn damaged_value_fails_only_the_write_that_replaces_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let database = open(&path);
        let other = rusqlite::Connection::open(&path).unwrap();
        let damaged = "INSERT INTO state VALUES ('a', x'00', -1)";
        other.execute_batch(damaged).unwrap();
        let writes = ["b", "a", "c"].map(|key| put(key, PutMode::Overwrite, LONG));
        let (batch, responses): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        make(&database, batch);
        let results: Vec<_> = responses.into_iter().map(result).collect();
        assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
        assert!(results[1].as_ref().unwrap_err().is_corrupt());
    }

    #[test]
    fn writes_that_wait_are_made_together_and_abandoned_ones_are_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let database = open(&path);
        let (sender, writes) = mpsc::channel();
        let mut responses = Vec::new();
        for number in 0..50 {
            let (write, response) = put(&format!("key/{number}"), PutMode::Create, LONG);
            sender.send(write).unwrap();
            if number != 7 {
                responses.push(response);
            }
        }
        drop(sender);
        serve(&database, &writes);
        // Each transaction writes whole pages to the log.
        let log = std::fs::metadata(directory.path().join("state.db-wal"));
        assert!(log.unwrap().len() < 50 * 4096);
        for response in responses {
            result(response).unwrap();
        }
        let key = StateKey::new("key/7").unwrap();
        let get = |connection: &Connection| connection.get(key);
        let abandoned = database.read(Instant::now() + LONG, get).unwrap();
        assert!(abandoned.is_none());
    }
}
