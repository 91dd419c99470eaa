//! The event stream of the console.
//!
//! One task collects what changed and serializes it once for all streams. A stream that falls behind gets the event
//! `resync`, so that a slow reader costs a bounded amount of memory.

mod publisher;
mod stream;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;
use tokio::sync::{broadcast, watch};

use super::service::Service;
pub(crate) use publisher::run;
pub(super) use stream::open;

/// The maximum number of streams at a time.
const MAX_STREAMS: usize = 16;

/// The number of frames that a stream can fall behind.
const MAX_QUEUED_FRAMES: usize = 16;

/// The maximum number of requests that are recorded between two frames, so that recording does not slow a busy service
/// down. A frame lists fewer.
const MAX_RECORDED_PER_FRAME: u32 = 200;

/// The event after which readers read everything again.
const RESYNC: &[u8] = b"event: resync\ndata: {}\n\n";

/// The streams and what they share.
pub(crate) struct Events {
    frames: broadcast::Sender<Bytes>,
    stream_count: watch::Sender<usize>,
    /// `true` while a console is open, and for a while afterwards.
    is_recording: AtomicBool,
    recording_permits: AtomicU32,
    needs_resync: AtomicBool,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            frames: broadcast::Sender::new(MAX_QUEUED_FRAMES),
            stream_count: watch::Sender::new(0),
            is_recording: AtomicBool::new(false),
            recording_permits: AtomicU32::new(0),
            needs_resync: AtomicBool::new(false),
        }
    }
}

impl Events {
    /// Sends `resync` to all readers, after a change that is too large to describe.
    pub(crate) fn resync(&self) {
        // A later reader starts with reading everything.
        let has_readers = *self.stream_count.borrow() > 0;
        self.needs_resync.store(has_readers, Ordering::Relaxed);
    }

    /// Returns `true` if the next request is to be recorded with headers and bodies.
    pub(super) fn take_recording_permit(&self) -> bool {
        let is_recording = self.is_recording.load(Ordering::Relaxed);
        is_recording
            && self
                .recording_permits
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| it.checked_sub(1))
                .is_ok()
    }

    fn renew_recording_permits(&self) {
        self.recording_permits
            .store(MAX_RECORDED_PER_FRAME, Ordering::Relaxed);
    }

    /// Reserves one of the streams. Returns `false` if none is free.
    fn reserve(&self) -> bool {
        self.stream_count.send_if_modified(|count| {
            let is_free = *count < MAX_STREAMS;
            *count += usize::from(is_free);
            is_free
        })
    }

    fn release(&self) {
        self.stream_count.send_modify(|count| *count -= 1);
    }
}

impl Service {
    /// Starts or stops to record changes and requests.
    fn set_recording(&self, enabled: bool) {
        self.events().is_recording.store(enabled, Ordering::Relaxed);
        self.events().renew_recording_permits();
        self.state().changes.set_enabled(enabled);
    }
}

/// Returns an event with JSON data.
fn event(name: &str, data: &impl serde::Serialize) -> Bytes {
    let mut frame = format!("event: {name}\ndata: ").into_bytes();
    // Serialization of the events cannot fail, and JSON contains no line breaks.
    if serde_json::to_writer(&mut frame, data).is_err() {
        return Bytes::from_static(RESYNC);
    }
    frame.extend_from_slice(b"\n\n");
    frame.into()
}
