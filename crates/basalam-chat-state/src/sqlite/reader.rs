//! A thread that reads single values, since it takes them over faster than a pool of threads.

use std::io;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use basalam_chat::state::{Entry, StateError, StateErrorKind, StateKey};
use tokio::sync::oneshot;

use super::database::Database;

type Response = Result<Option<Entry>, StateError>;

struct Request {
    key: StateKey,
    deadline: Instant,
    response: oneshot::Sender<Response>,
}

/// The thread, which ends when all clones are dropped.
#[derive(Clone)]
pub(super) struct Reader(mpsc::Sender<Request>);

impl Reader {
    pub(super) fn start(database: Arc<Database>) -> io::Result<Reader> {
        let (sender, requests) = mpsc::channel();
        let thread = std::thread::Builder::new().name("basalam-chat-sqlite".to_owned());
        thread.spawn(move || serve(&database, requests))?;
        Ok(Reader(sender))
    }

    pub(super) async fn get(&self, key: StateKey, deadline: Instant) -> Response {
        let ended = || StateError::new(StateErrorKind::Unavailable, "the reading thread has ended");
        let (response, received) = oneshot::channel();
        let request = Request {
            key,
            deadline,
            response,
        };
        self.0.send(request).map_err(|_| ended())?;
        received.await.map_err(|_| ended())?
    }
}

fn serve(database: &Database, requests: mpsc::Receiver<Request>) {
    for request in requests {
        // The caller may have given up.
        if !request.response.is_closed() {
            let read = database.read(request.deadline, |it| it.get(request.key));
            let _ = request.response.send(read);
        }
    }
}
