//! The loop of a sync: it lists chats, sends the requests that the plan and the limiter allow, and reports progress.

mod chats;
mod progress;
mod setup;

use std::collections::HashMap;
use std::future::pending;
use std::time::{Duration, Instant};

use basalam_chat::{ChatId, Client, Error as ClientError};
use tokio::task::JoinSet;

use super::fetch::{self, Fetched};
use super::limiter::Limiter;
use super::listing::List;
use super::plan::{PageJob, Plan};
use super::report::{SyncEventKind, SyncReport};
use super::{Options, StopSignal, Sync};
use crate::error::Error;
use crate::store::{ChatRow, Job, WriterHandle};
use progress::Progress;
use setup::{KnownChat, Started};

/// The failures of a page, or of the list, in a row before it is given up.
pub(super) const MAX_FAILURES: u32 = 4;

/// The failures of any pages in a row before the sync is given up: the service is down.
const MAX_FAILURES_IN_A_ROW: u32 = 20;

/// The responses with the status 429 in a row before the sync is given up.
const MAX_RATE_LIMITS: u32 = 60;

/// The list of chats that is read with the last pages is read again if those took longer.
const MAX_LIST_AGE: Duration = Duration::from_secs(2);

/// The longest wait that the service can ask for.
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// Returns how long to wait after a 429, or `None` if that is too long.
pub(super) fn pause_of(error: &ClientError, in_a_row: u32) -> Option<Duration> {
    let default = || Duration::from_secs(1_u64 << in_a_row.saturating_sub(1).min(5));
    let pause = error.retry_after().unwrap_or_else(default);
    (in_a_row <= MAX_RATE_LIMITS && pause <= MAX_PAUSE).then_some(pause)
}

/// Returns how long to wait before a page is requested again.
pub(super) fn retry_delay(failures: u32) -> Duration {
    Duration::from_millis(100 << failures.min(6))
}

/// Syncs an archive.
pub(super) async fn run(sync: Sync) -> Result<SyncReport, Error> {
    let Sync {
        archive,
        client,
        options,
        callback,
        stop,
    } = sync;
    let client = setup::client(&client, &options)?;
    // The first page of the list is requested with the account.
    let list = List::start(&client, None);
    let started = setup::start(&archive, &client, &options).await?;
    let Started {
        account,
        writer,
        known,
    } = started;
    let mut engine = Engine {
        client,
        plan: Plan::new(options.page_size),
        limiter: Limiter::new(options.max_concurrency),
        known,
        writer: writer.handle().clone(),
        progress: Progress::new(callback, writer.handle().clone()),
        options,
        stop: stop.unwrap_or_else(|| Box::pin(pending())),
        tasks: JoinSet::new(),
        paused_until: None,
        rate_limits: 0,
        failures_in_a_row: 0,
        newest: None,
        recheck_since: None,
        moved: Vec::new(),
        report: SyncReport::new(account),
    };
    let result = engine.run(&archive, list).await;
    let Engine {
        mut report,
        progress,
        writer: handle,
        ..
    } = engine;
    // The thread ends when all handles are dropped. The last event needs the counts that are final then.
    drop(handle);
    let mut progress = progress.without_writer();
    let counts = writer.finish().await;
    result?;
    let counts = counts?;
    report.messages_added = counts.added;
    report.messages_changed = counts.changed;
    report.messages_deleted = counts.deleted;
    progress.finished(counts);
    Ok(report)
}

/// A page that was fetched, or the error.
type TaskResult = (PageJob, Duration, Result<Fetched, Error>);

struct Engine {
    client: Client,
    options: Options,
    plan: Plan,
    limiter: Limiter,
    known: HashMap<i64, KnownChat>,
    writer: WriterHandle,
    progress: Progress,
    stop: StopSignal,
    tasks: JoinSet<TaskResult>,
    paused_until: Option<Instant>,
    rate_limits: u32,
    failures_in_a_row: u32,
    /// The newest activity of any chat.
    newest: Option<String>,
    /// Messages sent since then are read again.
    recheck_since: Option<String>,
    /// Chats that have moved while they were read.
    moved: Vec<ChatRow>,
    report: SyncReport,
}

impl Engine {
    async fn run(&mut self, archive: &crate::Archive, list: List) -> Result<(), Error> {
        let read = self.read_chats(list).await;
        // After an error, the tasks hold handles of the writer until they have ended.
        self.tasks.shutdown().await;
        read?;
        if let Some(attachments) = self.options.attachments.clone()
            && !self.report.stopped
        {
            // The files of the messages that were just read.
            self.writer.commit().await?;
            let download = crate::attachments::Download {
                archive: archive.clone(),
                options: attachments,
                service: self.client.base_url().to_owned(),
                writer: self.writer.clone(),
            };
            let (progress, report) = (&mut self.progress, &mut self.report);
            let stopped = download.run(&mut self.stop, |total, done| {
                progress.attachment(total, done, report);
            });
            self.report.stopped = stopped.await?;
        }
        if self.report.is_complete() && self.options.chats.is_none() {
            let mut account = self.report.account.clone();
            account.last_synced_at = Some(self.options.clock.now());
            self.writer.send(Job::Account(account.clone())).await?;
            self.report.account = account;
        }
        Ok(())
    }

    /// Lists the chats and reads their messages.
    async fn read_chats(&mut self, mut list: List) -> Result<(), Error> {
        let (mut is_listing, mut lists, mut listed_at) = (true, 1, Instant::now());
        loop {
            loop {
                if !self.report.stopped {
                    self.spawn_pages(is_listing);
                }
                // A chat that has moved while it was read is added again.
                if !self.complete_chats() {
                    break;
                }
            }
            let is_done = self.tasks.is_empty() && self.plan.is_empty();
            let is_due = match lists {
                // Reading takes a while, in which chats may move.
                1 => is_done || self.is_draining(),
                2 => is_done && listed_at.elapsed() > MAX_LIST_AGE,
                _ => false,
            };
            let newest = self.newest.clone().filter(|_| self.report.chats_read > 0);
            if let Some(newest) = newest
                && is_due
                && !is_listing
                && !self.report.stopped
            {
                self.recheck_since = None;
                list = List::start(&self.client, Some(newest));
                (is_listing, lists, listed_at) = (true, lists + 1, Instant::now());
            }
            let has_work = match self.report.stopped {
                true => !self.tasks.is_empty(),
                false => !is_done || is_listing,
            };
            if !has_work {
                return Ok(());
            }
            let pause = self.paused_until;
            tokio::select! {
                () = &mut self.stop, if !self.report.stopped => {
                    self.report.stopped = true;
                    list.stop();
                }
                Some(result) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    match result {
                        Ok((job, latency, result)) => self.page_done(job, latency, result)?,
                        Err(error) => return Err(task_failed(&error)),
                    }
                }
                part = list.next(), if is_listing && !self.report.stopped => match part {
                    Some(part) => self.listed(part).await?,
                    None => {
                        is_listing = false;
                        self.list_done();
                    }
                },
                () = sleep_until(pause), if pause.is_some() => self.paused_until = None,
            }
        }
    }

    /// Returns `true` if the last pages are being read, as far as it is known.
    fn is_draining(&self) -> bool {
        self.plan.has_no_jobs() && self.tasks.len() <= self.limiter.limit() / 2
    }

    /// Sends as many requests as are allowed.
    fn spawn_pages(&mut self, is_listing: bool) {
        while self.paused_until.is_none() && self.tasks.len() < self.limiter.limit() {
            let Some(job) = self.plan.next() else {
                // New chats are better than parts of ranges.
                if is_listing || !self.plan.split() {
                    return;
                }
                continue;
            };
            self.progress.requests += 1;
            let (client, writer) = (self.client.clone(), self.writer.clone());
            let (times, page_size) = (self.plan.times(job.chat), self.options.page_size);
            self.tasks.spawn(async move {
                if job.failures > 0 {
                    tokio::time::sleep(retry_delay(job.failures)).await;
                }
                let started_at = Instant::now();
                let page = fetch::fetch(&client, &job, page_size).await;
                let latency = started_at.elapsed();
                let result = match page {
                    Ok(page) => fetch::write(&writer, &job, times, page).await,
                    Err(error) => Err(error),
                };
                (job, latency, result)
            });
        }
    }

    fn page_done(
        &mut self,
        job: PageJob,
        latency: Duration,
        result: Result<Fetched, Error>,
    ) -> Result<(), Error> {
        let error = match result {
            Ok(fetched) => {
                let is_saturated = self.tasks.len() + 1 >= self.limiter.limit();
                self.limiter.succeeded(latency, is_saturated);
                (self.rate_limits, self.failures_in_a_row) = (0, 0);
                self.plan.read(&job, &fetched.outcome);
                self.progress.messages_read += fetched.messages;
                self.report.unreadable += fetched.unreadable;
                self.emit(SyncEventKind::Page {
                    chat: ChatId(job.chat),
                });
                return Ok(());
            }
            Err(error) => error,
        };
        match error.client_error() {
            Some(client) if client.is_rate_limited() => self.rate_limited(job, &error),
            Some(client) if client.needs_login() => Err(error),
            Some(client) if client.is_transient() => {
                self.failures_in_a_row += 1;
                if self.failures_in_a_row >= MAX_FAILURES_IN_A_ROW {
                    return Err(error);
                }
                match job.failures < MAX_FAILURES {
                    true => self.plan.retry(job, true),
                    false => self.chat_failed(job.chat, error),
                }
                Ok(())
            }
            Some(_) => {
                self.chat_failed(job.chat, error);
                Ok(())
            }
            None if error.is_response() => {
                self.chat_failed(job.chat, error);
                Ok(())
            }
            // The archive cannot be written.
            None => Err(error),
        }
    }

    fn rate_limited(&mut self, job: PageJob, error: &Error) -> Result<(), Error> {
        // Requests that were sent before the pause are part of the same 429.
        if self.paused_until.is_none() {
            self.rate_limits += 1;
            self.limiter.rate_limited();
        }
        let pause = error
            .client_error()
            .and_then(|it| pause_of(it, self.rate_limits));
        let pause = pause.ok_or_else(|| error.clone())?;
        let until = Instant::now() + pause;
        if self.paused_until.is_none_or(|it| it < until) {
            self.paused_until = Some(until);
            self.emit(SyncEventKind::RateLimited { pause });
        }
        self.plan.retry(job, false);
        Ok(())
    }

    fn emit(&mut self, kind: SyncEventKind) {
        self.report.requests = self.progress.requests;
        self.progress.emit(kind, self.limiter.limit());
    }
}

async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => pending().await,
    }
}

/// A task neither panics nor is aborted, unless the runtime shuts down.
fn task_failed(error: &tokio::task::JoinError) -> Error {
    let message = format!("a task of the sync ended early: {error}");
    Error::new(crate::ErrorKind::Database, message)
}
