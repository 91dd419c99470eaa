//! The thread that writes: it collects pages in transactions, so that they cost little.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::checkpoints::Checkpoints;
use super::{
    ChatRow, Counts, FileKey, FileOutcome, MessageWriter, PageWrite, write_chat, write_outcome,
};
use crate::archive::{Account, claim};
use crate::clock::ArchiveClock;
use crate::error::{DatabaseResult, Error, ErrorKind};
use crate::file::WriterLock;

/// A transaction is committed after this many rows. Large transactions cost less, since each adds a segment to the search
/// index.
const MAX_ROWS: usize = 5_000;

/// A transaction is also committed if no job comes until this long after its start.
const MAX_DELAY: Duration = Duration::from_millis(25);

/// What is not yet committed is lost if the process is killed. It is at most this many units, or as many as there are
/// concurrent requests if those are more. A unit is this many bytes of JSON, and a page is at least one unit.
const MIN_CAPACITY: usize = 16;
const UNIT: usize = 256 * 1024;

/// Something to write.
#[derive(Debug)]
pub(crate) enum Job {
    Chats(Vec<ChatRow>),
    Page(PageWrite),
    File(FileKey, FileOutcome),
    /// Sets the account's data.
    Account(Account),
    /// Commits what was queued before, and responds.
    Commit(oneshot::Sender<()>),
}

impl Job {
    fn bytes(&self) -> usize {
        match self {
            Job::Chats(chats) => chats.iter().map(|it| it.json.len()).sum(),
            Job::Page(write) => {
                let page = &write.page;
                let messages = page
                    .messages
                    .iter()
                    .map(|it| it.json.len() + it.index.body.len());
                messages
                    .chain(page.unreadable.iter().map(|it| it.json.len()))
                    .sum()
            }
            _ => 0,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Job::Chats(chats) => chats.len(),
            Job::Page(write) => write.page.messages.len() + 1,
            _ => 1,
        }
    }
}

/// What was committed.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    added: AtomicU64,
    changed: AtomicU64,
    deleted: AtomicU64,
}

impl Totals {
    fn add(&self, counts: Counts) {
        self.added.fetch_add(counts.added, Ordering::Relaxed);
        self.changed.fetch_add(counts.changed, Ordering::Relaxed);
        self.deleted.fetch_add(counts.deleted, Ordering::Relaxed);
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            added: self.added.load(Ordering::Relaxed),
            changed: self.changed.load(Ordering::Relaxed),
            deleted: self.deleted.load(Ordering::Relaxed),
        }
    }
}

/// The thread. It ends, after it has committed everything, when all handles are dropped.
#[derive(Debug)]
pub(crate) struct Writer {
    thread: std::thread::JoinHandle<()>,
    handle: WriterHandle,
}

/// Queues jobs for the thread.
#[derive(Clone, Debug)]
pub(crate) struct WriterHandle {
    jobs: mpsc::Sender<(Job, OwnedSemaphorePermit)>,
    capacity: Arc<Semaphore>,
    max_units: usize,
    totals: Arc<Totals>,
    error: Arc<Mutex<Option<Error>>>,
}

impl Writer {
    /// Starts the thread. It holds the lock until it ends.
    pub(crate) fn start(
        connection: Connection,
        path: &Path,
        lock: WriterLock,
        max_concurrency: usize,
        clock: ArchiveClock,
    ) -> Result<Writer, Error> {
        let checkpoints = Checkpoints::start(path)?;
        let (sender, jobs) = mpsc::channel();
        let max_units = max_concurrency.clamp(MIN_CAPACITY, Semaphore::MAX_PERMITS);
        let handle = WriterHandle {
            jobs: sender,
            capacity: Arc::new(Semaphore::new(max_units)),
            max_units,
            totals: Arc::default(),
            error: Arc::default(),
        };
        let (capacity, totals, error) = (
            handle.capacity.clone(),
            handle.totals.clone(),
            handle.error.clone(),
        );
        let run = move || {
            let thread = Loop {
                connection: &connection,
                jobs: &jobs,
                totals: &totals,
                clock: &clock,
                max_units,
            };
            if let Err(failure) = thread.run(checkpoints) {
                *error.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
            }
            capacity.close();
            drop(lock);
        };
        let thread = std::thread::Builder::new().name("basalam-chat-archive".to_owned());
        let thread = thread.spawn(run).map_err(|error| {
            let message = format!("the writing thread cannot be started: {error}");
            Error::new(ErrorKind::Io, message)
        })?;
        Ok(Writer { thread, handle })
    }

    pub(crate) fn handle(&self) -> &WriterHandle {
        &self.handle
    }

    /// Waits until everything is committed and the thread has ended.
    pub(crate) async fn finish(self) -> Result<Counts, Error> {
        let Writer { thread, handle } = self;
        let WriterHandle {
            jobs,
            totals,
            error,
            ..
        } = handle;
        drop(jobs);
        // Blocking work of the runtime's pool, since the thread may still have much to commit.
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        let failure = error.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (joined, failure) {
            (Ok(Ok(())), None) => Ok(totals.counts()),
            (_, Some(error)) => Err(error),
            _ => Err(ended()),
        }
    }
}

impl WriterHandle {
    /// Queues a job. Waits while as much as possible is not yet committed.
    pub(crate) async fn send(&self, job: Job) -> Result<(), Error> {
        let units = job.bytes().div_ceil(UNIT).clamp(1, self.max_units);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        let permit = self.capacity.clone().acquire_many_owned(units).await;
        let permit = permit.map_err(|_| self.failure())?;
        self.jobs.send((job, permit)).map_err(|_| self.failure())
    }

    /// Waits until what was queued before is committed.
    pub(crate) async fn commit(&self) -> Result<(), Error> {
        let (sender, committed) = oneshot::channel();
        self.send(Job::Commit(sender)).await?;
        committed.await.map_err(|_| self.failure())
    }

    pub(crate) fn counts(&self) -> Counts {
        self.totals.counts()
    }

    fn failure(&self) -> Error {
        let error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        error.clone().unwrap_or_else(ended)
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Database, "the writing thread has ended early")
}

/// The loop of the thread.
struct Loop<'a> {
    connection: &'a Connection,
    jobs: &'a Receiver<(Job, OwnedSemaphorePermit)>,
    totals: &'a Totals,
    clock: &'a ArchiveClock,
    max_units: usize,
}

impl Loop<'_> {
    fn run(&self, mut checkpoints: Checkpoints) -> Result<(), Error> {
        let mut next = self.jobs.recv().ok();
        while let Some(first) = next {
            let rows = self.write_transaction(first)?;
            next = self.jobs.try_recv().ok();
            checkpoints.committed(rows, next.is_none());
            next = next.or_else(|| self.jobs.recv().ok());
        }
        // Leaves one file.
        checkpoints.finish(self.connection)
    }

    /// Writes a job, and those that follow in time, in one transaction. Returns the number of rows.
    fn write_transaction(&self, first: (Job, OwnedSemaphorePermit)) -> Result<usize, Error> {
        let connection = self.connection;
        let (mut counts, mut rows) = (Counts::default(), 0);
        let now = self.clock.now();
        let mut waiting = Vec::new();
        // Returned after the commit.
        let (mut permits, mut units) = (Vec::new(), 0);
        let deadline = Instant::now() + MAX_DELAY;
        connection.execute_batch("BEGIN IMMEDIATE").db()?;
        let mut messages = MessageWriter::new(connection)?;
        let mut next = Some(first);
        while let Some((job, permit)) = next.take() {
            rows += job.rows();
            let is_commit = matches!(job, Job::Commit(_));
            let written = write_job(connection, job, &mut messages, &now, &mut waiting);
            match written {
                Ok(changes) => counts.add(changes),
                Err(error) => {
                    // The first error is the one to report.
                    let _ = connection.execute_batch("ROLLBACK");
                    return Err(error);
                }
            }
            units += permit.num_permits();
            permits.push(permit);
            // The other half is queued while this one is committed.
            if rows >= MAX_ROWS || units >= self.max_units / 2 || is_commit {
                break;
            }
            // An error means that nothing came in time, or that nothing will come.
            next = self
                .jobs
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
                .ok();
        }
        let committed = messages
            .finish()
            .and_then(|()| connection.execute_batch("COMMIT").db());
        if let Err(error) = committed {
            let _ = connection.execute_batch("ROLLBACK");
            return Err(error);
        }
        self.totals.add(counts);
        for response in waiting {
            // The sync may have been dropped.
            let _ = response.send(());
        }
        Ok(rows)
    }
}

fn write_job(
    connection: &Connection,
    job: Job,
    messages: &mut MessageWriter<'_>,
    now: &str,
    waiting: &mut Vec<oneshot::Sender<()>>,
) -> Result<Counts, Error> {
    match job {
        Job::Chats(chats) => {
            for chat in &chats {
                write_chat(connection, chat)?;
            }
        }
        Job::Page(write) => return messages.write_page(write, now),
        Job::File(key, outcome) => write_outcome(connection, key, &outcome)?,
        Job::Account(account) => claim(connection, &account)?,
        Job::Commit(response) => waiting.push(response),
    }
    Ok(Counts::default())
}
