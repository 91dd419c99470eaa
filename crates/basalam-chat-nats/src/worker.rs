//! Handling of published events.

mod attempts;
mod logins;
mod message;
mod partition;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use basalam_chat::UserId;
use basalam_chat::watch::{Delivery, Watch};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::NatsError;
use crate::queue::Queue;
use attempts::Limits;
use logins::Logins;
use partition::Partition;

/// Handles the events of a queue; returned by [`EventQueue::worker`](crate::EventQueue::worker).
///
/// Run any number of workers on any number of machines. Each takes events of all partitions; a partition hands out one
/// event at a time, so the events of a chat are handled in order.
///
/// An event is acknowledged after its handler has succeeded, and the worker waits until the broker has confirmed that. If
/// a worker dies, its events are handed to others after the [acknowledgement wait](crate::QueueOptions::ack_wait). So a
/// handler can see an event again. Replies are sent once: each is claimed in the state store before it is sent; see
/// [`ForwardedDeliveries::handle`](basalam_chat::watch::ForwardedDeliveries::handle).
///
/// # Failures
///
/// An event whose handler fails is tried again, after a pause that grows from 1 to 10 seconds. It **blocks its
/// partition**, and so all chats of that, for at most [`block_timeout`](Worker::block_timeout), which is 60 seconds by
/// default. Then it goes to the stream of dead letters and to [`Watch::dead_letter`]. The time counts from when the
/// event was first handed out; each worker that dies while it handles the event counts with the whole
/// [handler timeout](Worker::handler_timeout) and acknowledgement wait, since nobody knows how long it took.
///
/// The first event of a login waits until the state store and the chat service can be reached, which is not a failure.
///
/// | setting | default |
/// | --- | --- |
/// | [handler timeout](Worker::handler_timeout) | 20 seconds |
/// | [block timeout](Worker::block_timeout) | 60 seconds |
/// | [reply timeout](Worker::reply_timeout) | 10 seconds |
/// | [events in flight](Worker::max_in_flight) | one for each partition |
/// | [shutdown timeout](Worker::shutdown_timeout) | 25 seconds |
///
/// # Observation
///
/// Each event is a `tracing` event with the fields `partition`, `sequence`, `user`, `chat`, `redeliveries`, `lag` (the
/// events of the partition that are not handed out yet), `handler_ms` and `outcome`.
#[must_use = "a worker does nothing until it is run"]
pub struct Worker {
    queue: Arc<Queue>,
    logins: Logins,
    limits: Limits,
    max_in_flight: Option<usize>,
    shutdown_timeout: Duration,
    shutdown: watch::Sender<bool>,
}

/// Stops a [`Worker`]. Clones control the same worker.
#[derive(Clone, Debug)]
pub struct WorkerHandle {
    shutdown: watch::Sender<bool>,
}

impl WorkerHandle {
    /// Stops the worker: it takes no more events, and the running handlers have the shutdown timeout to finish.
    pub fn shutdown(&self) {
        self.shutdown.send_replace(true);
    }
}

impl Worker {
    pub(crate) fn new(queue: Arc<Queue>) -> Worker {
        let limits = Limits {
            handler_timeout: Duration::from_secs(20),
            block_timeout: Duration::from_secs(60),
            ack_wait: queue.ack_wait(),
        };
        Worker {
            logins: Logins::new(queue.log.clone()),
            queue,
            limits,
            max_in_flight: None,
            shutdown_timeout: Duration::from_secs(25),
            shutdown: watch::Sender::new(false),
        }
    }

    /// Adds a login: the client and the state store with which replies are sent. Store and [name](Watch::name) are those
    /// of the relay. Of the other settings, those of [`Watch::forwarded`] apply.
    pub fn login(mut self, user: UserId, watch: Watch) -> Worker {
        self.logins.add(user, watch);
        self
    }

    /// Sets the function that returns the login of a user that was not added. It is called once per user.
    pub fn logins(
        mut self,
        find: impl Fn(UserId) -> Option<Watch> + Send + Sync + 'static,
    ) -> Worker {
        self.logins.find = Some(Arc::new(find));
        self
    }

    /// Sets the timeout of a handler. The default is 20 seconds. [`Watch::handler_timeout`] applies if it is shorter.
    pub fn handler_timeout(mut self, timeout: Duration) -> Worker {
        self.limits.handler_timeout = timeout;
        self
    }

    /// Sets how long an event that fails can block its partition. The default is 60 seconds. It must be at least the
    /// handler timeout and the acknowledgement wait together.
    pub fn block_timeout(mut self, timeout: Duration) -> Worker {
        self.limits.block_timeout = timeout;
        self
    }

    /// Sets the timeout of sending a reply; see [`Watch::reply_timeout`]. The default is 10 seconds. After a worker has
    /// died while it replied, the next one waits for this and the [visibility lag](Watch::visibility_lag) before it
    /// sends, so both together must be shorter than the handler timeout. All workers use the same.
    pub fn reply_timeout(mut self, timeout: Duration) -> Worker {
        self.logins.reply_timeout = timeout;
        self
    }

    /// Sets the maximum number of handlers that run at the same time in this worker. Must be greater than zero. The
    /// default is one for each partition. An event that the worker has taken while all are busy waits for one.
    pub fn max_in_flight(mut self, handlers: usize) -> Worker {
        self.max_in_flight = Some(handlers);
        self
    }

    /// Sets how long a shutdown waits for running handlers. The default is 25 seconds.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Worker {
        self.shutdown_timeout = timeout;
        self
    }

    /// Returns the handle, to stop the worker while it runs.
    pub fn handle(&self) -> WorkerHandle {
        let shutdown = self.shutdown.clone();
        WorkerHandle { shutdown }
    }

    /// Runs a handler for each event until [`WorkerHandle::shutdown`] is called. The handler is the same as that of
    /// [`Watch::run`]: `Ok` acknowledges the event; an error, a panic and a timeout are failed attempts.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](NatsError::is_invalid_input) if a setting is invalid.
    pub async fn run<H, F>(self, handler: H) -> Result<(), NatsError>
    where
        H: Fn(Delivery) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send + 'static,
    {
        let count = self.queue.partitions();
        let permits = self.max_in_flight.unwrap_or(count as usize);
        self.limits.check()?;
        if !(1..=Semaphore::MAX_PERMITS).contains(&permits) {
            return Err(NatsError::invalid_input(
                "`max_in_flight` is invalid; use at least 1",
            ));
        }
        if self.logins.reply_timeout.is_zero() {
            return Err(NatsError::invalid_input(
                "`reply_timeout` is zero; use some seconds",
            ));
        }
        let context = Arc::new(Context {
            queue: self.queue,
            logins: self.logins,
            limits: self.limits,
            permits: Semaphore::new(permits),
            shutdown: self.shutdown,
            shutdown_timeout: self.shutdown_timeout,
        });
        let handler = Arc::new(handler);
        let mut partitions = JoinSet::new();
        for number in 0..count {
            let partition = Partition::new(context.clone(), number);
            let handler = handler.clone();
            partitions.spawn(async move { partition.run(&*handler).await });
        }
        while let Some(result) = partitions.join_next().await {
            // Panics of handlers and callbacks do not get here: this is one of the store.
            if let Err(error) = result
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
        Ok(())
    }
}

/// What the partitions of a worker share.
struct Context {
    queue: Arc<Queue>,
    logins: Logins,
    limits: Limits,
    permits: Semaphore,
    shutdown: watch::Sender<bool>,
    shutdown_timeout: Duration,
}

impl Context {
    fn is_stopped(&self) -> bool {
        *self.shutdown.borrow()
    }

    async fn stopped(&self) {
        let mut shutdown = self.shutdown.subscribe();
        // The sender exists as long as this.
        let _ = shutdown.wait_for(|is_shutdown| *is_shutdown).await;
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
