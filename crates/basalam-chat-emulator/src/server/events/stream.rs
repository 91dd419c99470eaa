//! One event stream.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use tokio::sync::broadcast::{self, error::RecvError};

use super::{MAX_STREAMS, RESYNC, event};
use crate::clock::ServiceTime;
use crate::server::response;
use crate::server::service::Service;

/// The time without a frame after which a comment shows that the connection is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Opens a stream.
pub(in crate::server) async fn open(State(service): State<Arc<Service>>) -> Response {
    let Some(stream) = EventStream::open(service) else {
        let message =
            format!("{MAX_STREAMS} event streams are open already; close a tab of the console");
        return response::json(503, &json!({ "message": message }));
    };
    let frames = stream::unfold(stream, |mut stream| async {
        let frame = stream.next().await?;
        Some((Ok::<_, std::convert::Infallible>(frame), stream))
    });
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

struct EventStream {
    service: Arc<Service>,
    hello: Option<Bytes>,
    frames: broadcast::Receiver<Bytes>,
}

impl EventStream {
    /// Returns `None` if too many streams are open.
    fn open(service: Arc<Service>) -> Option<Self> {
        if !service.events().reserve() {
            return None;
        }
        // Recording starts before the first event, so that nothing is missed after it.
        service.set_recording(true);
        let frames = service.events().frames.subscribe();
        let hello = json!({
            "last_request": service.test_controls().log.finished(),
            "now": ServiceTime(service.now()),
            "clock": service.clock().state(),
        });
        Some(Self {
            service,
            hello: Some(event("hello", &hello)),
            frames,
        })
    }

    /// Waits for the next frame. Returns `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(hello) = self.hello.take() {
            return Some(hello);
        }
        tokio::select! {
            biased;
            () = self.service.shutdown_started() => None,
            frame = self.frames.recv() => match frame {
                Ok(frame) => Some(frame),
                Err(RecvError::Closed) => None,
                Err(RecvError::Lagged(_)) => {
                    // The queued frames are part of what is read again.
                    self.frames = self.frames.resubscribe();
                    Some(Bytes::from_static(RESYNC))
                }
            },
            () = tokio::time::sleep(KEEP_ALIVE) => Some(Bytes::from_static(b": keep-alive\n\n")),
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.service.events().release();
    }
}

#[cfg(test)]
mod tests {
    use super::super::MAX_QUEUED_FRAMES;
    use super::*;
    use crate::Emulator;

    fn open() -> (Emulator, EventStream) {
        let emulator = Emulator::builder().start_blocking().unwrap();
        let stream = EventStream::open(emulator.shared_service()).unwrap();
        (emulator, stream)
    }

    fn next(stream: &mut EventStream) -> Option<Bytes> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().build().unwrap();
        runtime.block_on(stream.next())
    }

    #[test]
    fn slow_reader_is_told_to_read_again_and_then_gets_new_frames() {
        let (_emulator, mut stream) = open();
        assert!(next(&mut stream).unwrap().starts_with(b"event: hello\n"));
        let frames = stream.service.events().frames.clone();
        for _ in 0..=MAX_QUEUED_FRAMES {
            frames.send(Bytes::from_static(b"old")).unwrap();
        }
        assert_eq!(next(&mut stream).unwrap(), RESYNC);
        frames.send(Bytes::from_static(b"new")).unwrap();
        assert_eq!(next(&mut stream).unwrap(), "new");
    }

    #[test]
    fn ends_at_shutdown() {
        let (emulator, mut stream) = open();
        next(&mut stream);
        emulator.service().start_shutdown();
        assert_eq!(next(&mut stream), None);
    }

    #[test]
    fn streams_are_limited_and_released() {
        let (emulator, first) = open();
        let service = emulator.shared_service();
        let others: Vec<_> = (1..MAX_STREAMS)
            .map(|_| EventStream::open(Arc::clone(&service)).unwrap())
            .collect();
        assert!(EventStream::open(Arc::clone(&service)).is_none());
        drop(first);
        assert!(EventStream::open(service).is_some());
        drop(others);
    }
}
