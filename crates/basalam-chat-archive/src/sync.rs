//! Sync of an archive with the service.

mod engine;
mod fetch;
mod limiter;
mod listing;
mod plan;
mod report;

use std::collections::BTreeSet;
use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use basalam_chat::time::Clock;
use basalam_chat::{ChatId, Client, RetryPolicy};

use crate::archive::Archive;
use crate::attachments::AttachmentOptions;
use crate::clock::ArchiveClock;
use crate::error::Error;
pub use report::{ChatFailure, SyncEvent, SyncEventKind, SyncProgress, SyncReport};

/// The default of [`Sync::max_concurrency`].
const MAX_CONCURRENCY: usize = 16;

/// The default of [`Sync::page_size`]. Live integrations use 100 and 200.
const PAGE_SIZE: u32 = 100;

/// A builder for a sync; returned by [`Archive::sync`]. It starts when it is awaited.
///
/// | setting | default |
/// | --- | --- |
/// | [concurrent requests](Sync::max_concurrency) | up to 16 |
/// | [messages per page](Sync::page_size) | 100 |
/// | [chats](Sync::chats) | all |
/// | [recheck](Sync::recheck) | none |
/// | [attachments](Sync::attachments) | not downloaded |
///
/// The number of concurrent requests starts at half of the maximum, doubles while the service responds quickly, and is halved after a
/// 429. Reading a chat may mark its messages as seen (unknown).
///
/// # Errors
///
/// [`is_other_account`](Error::is_other_account) if the archive belongs to another account or service,
/// [`is_locked`](Error::is_locked) if another process syncs, [`is_client`](Error::is_client) if the login is invalid
/// or the service fails for longer, and the errors of the database. What was fetched before is in the archive. The
/// failure of a single chat does not end the sync: [`SyncReport::failures`] lists it.
///
/// # Cancellation
///
/// If the future is dropped, the requests are aborted and what was fetched is committed. The next sync resumes.
/// [`stop_when`](Sync::stop_when) also waits for the running requests and returns a report.
#[must_use = "a sync starts when it is awaited"]
pub struct Sync {
    archive: Archive,
    client: Client,
    options: Options,
    callback: Option<Callback>,
    stop: Option<StopSignal>,
}

type Callback = Box<dyn FnMut(&SyncEvent) + Send>;
type StopSignal = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The options of a sync.
#[derive(Clone, Debug)]
struct Options {
    max_concurrency: usize,
    page_size: u32,
    chats: Option<BTreeSet<ChatId>>,
    recheck: Option<Duration>,
    retry_policy: RetryPolicy,
    attachments: Option<AttachmentOptions>,
    attachment_defaults: AttachmentOptions,
    clock: ArchiveClock,
}

impl Sync {
    pub(crate) fn new(archive: Archive, client: Client) -> Sync {
        Sync {
            archive,
            client,
            options: Options {
                max_concurrency: MAX_CONCURRENCY,
                page_size: PAGE_SIZE,
                chats: None,
                recheck: None,
                // The sync handles rate limits, since it has to slow down.
                retry_policy: RetryPolicy::new(),
                attachments: None,
                attachment_defaults: AttachmentOptions::default(),
                clock: ArchiveClock::default(),
            },
            callback: None,
            stop: None,
        }
    }

    /// Sets the maximum number of concurrent requests, at least 1.
    ///
    /// Unknown: the limits of the service. More than the default of 16 is for services of which you know that they
    /// allow it.
    pub fn max_concurrency(mut self, requests: usize) -> Sync {
        self.options.max_concurrency = requests;
        self
    }

    /// Sets the maximum number of messages on a page, greater than zero.
    ///
    /// Unknown: the largest number that the service allows; 200 has been used.
    pub fn page_size(mut self, messages: u32) -> Sync {
        self.options.page_size = messages;
        self
    }

    /// Reads only these chats. They need not be in the list of chats.
    pub fn chats(mut self, chats: impl IntoIterator<Item = ChatId>) -> Sync {
        self.options.chats = Some(chats.into_iter().collect());
        self
    }

    /// Reads the messages of a window of time again, in all chats with activity in it, to find edits and deletions.
    ///
    /// The window ends at the newest activity of any chat, so it does not depend on the clock of this computer.
    pub fn recheck(mut self, window: Duration) -> Sync {
        self.options.recheck = Some(window);
        self
    }

    /// Sets whether files of messages are downloaded, into [`Archive::attachments_path`].
    ///
    /// Files with the same content are stored once. An interrupted download resumes if the server allows it. Only URLs
    /// with `https` at Basalam, at the service itself and at the hosts of [`attachment_host`](Sync::attachment_host) are
    /// used, since a URL can be chosen by the sender of a message. No token is sent.
    pub fn attachments(mut self, download: bool) -> Sync {
        self.options.attachments = download.then(AttachmentOptions::default);
        self
    }

    /// Sets the size in bytes above which files are skipped; 100 MiB by default.
    pub fn max_attachment_bytes(mut self, bytes: u64) -> Sync {
        self.options.attachment_defaults.max_bytes = bytes;
        self
    }

    /// Allows downloads from another host, such as `cdn.example.com`.
    pub fn attachment_host(mut self, host: impl Into<String>) -> Sync {
        self.options.attachment_defaults.hosts.push(host.into());
        self
    }

    /// Sets the retry policy of the requests, except for
    /// [`max_rate_limit_retries`](RetryPolicy::max_rate_limit_retries): the sync itself waits after a 429.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Sync {
        self.options.retry_policy = policy;
        self
    }

    /// Sets the clock that dates deletions and the sync itself. The default is the system clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Sync {
        self.options.clock = ArchiveClock::new(clock);
        self
    }

    /// Calls a function for each event, in the task of the sync. It must not block.
    pub fn on_event(mut self, callback: impl FnMut(&SyncEvent) + Send + 'static) -> Sync {
        self.callback = Some(Box::new(callback));
        self
    }

    /// Stops when a future completes, such as `tokio::signal::ctrl_c()`: no more requests are sent, what was fetched
    /// is committed, and the report has [`stopped`](SyncReport::stopped) set.
    pub fn stop_when(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Sync {
        self.stop = Some(Box::pin(signal));
        self
    }

    fn check(&self) -> Result<(), Error> {
        let options = &self.options;
        let argument = match (options.max_concurrency, options.page_size) {
            (0, _) => "max_concurrency",
            (_, 0) => "page_size",
            _ => return Ok(()),
        };
        Err(Error::invalid_input(
            argument,
            "is zero",
            "pass a number greater than zero",
        ))
    }
}

impl IntoFuture for Sync {
    type Output = Result<SyncReport, Error>;
    type IntoFuture = SyncFuture;

    fn into_future(mut self) -> SyncFuture {
        if let Some(attachments) = &mut self.options.attachments {
            *attachments = self.options.attachment_defaults.clone();
        }
        let run = async move {
            self.check()?;
            engine::run(self).await
        };
        SyncFuture(Box::pin(run))
    }
}

/// Omits the client and the callbacks.
impl fmt::Debug for Sync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sync")
            .field("archive", &self.archive)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The future of a [`Sync`], which `.await` polls.
#[must_use = "futures do nothing unless polled"]
pub struct SyncFuture(Pin<Box<dyn Future<Output = Result<SyncReport, Error>> + Send>>);

impl Future for SyncFuture {
    type Output = Result<SyncReport, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for SyncFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SyncFuture")
    }
}
