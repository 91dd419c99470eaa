//! The task that publishes what changed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::{RESYNC, event};
use crate::clock::{ClockState, ServiceTime};
use crate::request_log::{Batch, LoggedRequest};
use crate::server::service::Service;
use crate::state::changes::ChangedChats;

/// The pause between frames.
const INTERVAL: Duration = Duration::from_millis(100);

/// The number of intervals for which requests are still recorded after the last stream has ended, for a page that is
/// reloaded.
const IDLE_INTERVALS: u32 = 600;

/// Publishes frames while streams are open, until the runtime ends.
pub(crate) async fn run(service: Arc<Service>) {
    let mut stream_count = service.events().stream_count.subscribe();
    let mut publisher = Publisher::default();
    loop {
        // The sender is in the service, so it cannot be dropped meanwhile.
        let _ = stream_count.wait_for(|count| *count > 0).await;
        let mut idle_intervals = 0;
        while idle_intervals < IDLE_INTERVALS {
            if *stream_count.borrow() == 0 {
                idle_intervals += 1;
            } else {
                idle_intervals = 0;
                if let Some(frame) = publisher.next_frame(&service) {
                    // Fails if the last stream has just ended.
                    let _ = service.events().frames.send(frame);
                }
            }
            service.events().renew_recording_permits();
            tokio::time::sleep(INTERVAL).await;
        }
        if *stream_count.borrow() == 0 {
            service.set_recording(false);
        }
    }
}

/// What was published last. It is kept while no stream is open, so that the first frame of a new stream may repeat
/// what its reader knows, but misses nothing.
#[derive(Default)]
struct Publisher {
    finished_requests: u64,
    versions: Versions,
}

/// Counters that change with what they are named after.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Versions {
    deliveries: u64,
    faults: u64,
    settings: u64,
    clock: u64,
    users: usize,
}

#[derive(Serialize)]
struct Changes {
    requests: Vec<LoggedRequest>,
    skipped_requests: u64,
    /// `None` for too many.
    chats: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "is_false")]
    deliveries: bool,
    #[serde(skip_serializing_if = "is_false")]
    faults: bool,
    #[serde(skip_serializing_if = "is_false")]
    settings: bool,
    #[serde(skip_serializing_if = "is_false")]
    users: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<Clock>,
}

#[derive(Serialize)]
struct Clock {
    now: ServiceTime,
    state: ClockState,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Publisher {
    /// Returns the changes since the last call, or `None` if there are none.
    fn next_frame(&mut self, service: &Service) -> Option<Bytes> {
        let needs_resync = service.events().needs_resync.swap(false, Ordering::Relaxed);
        let (batch, chats, versions) = read(service, self.finished_requests);
        let old = std::mem::replace(&mut self.versions, versions);
        let has_changed = batch.finished != self.finished_requests
            || versions != old
            || chats != ChangedChats::Ids(Vec::new());
        self.finished_requests = batch.finished;
        if needs_resync {
            return Some(Bytes::from_static(RESYNC));
        }
        let changes = || changes(batch, chats, &old, &versions, service);
        has_changed.then(|| event("changes", &changes()))
    }
}

/// Reads what changed since a position in the log.
fn read(service: &Service, position: u64) -> (Batch, ChangedChats, Versions) {
    let controls = service.test_controls();
    let (mut batch, faults) = (controls.log.since(position), controls.faults.version());
    drop(controls);
    service.mask_secrets(&mut batch.requests);
    let mut state = service.state();
    let chats = state.changes.take();
    let versions = Versions {
        deliveries: state.webhooks.version(),
        faults,
        settings: service.settings_version(),
        clock: service.clock().version(),
        users: state.users.len() + state.bots.len(),
    };
    (batch, chats, versions)
}

fn changes(
    batch: Batch,
    chats: ChangedChats,
    old: &Versions,
    new: &Versions,
    service: &Service,
) -> Changes {
    Changes {
        requests: batch.requests,
        skipped_requests: batch.skipped,
        chats: match chats {
            ChangedChats::Ids(ids) => Some(ids),
            ChangedChats::TooMany => None,
        },
        deliveries: new.deliveries != old.deliveries,
        faults: new.faults != old.faults,
        settings: new.settings != old.settings,
        users: new.users != old.users,
        clock: (new.clock != old.clock).then(|| Clock {
            now: ServiceTime(service.now()),
            state: service.clock().state(),
        }),
    }
}
