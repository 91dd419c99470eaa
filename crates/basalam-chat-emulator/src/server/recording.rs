//! Recording of requests and responses for the console.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::Error;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

use crate::exchange::{Exchange, MAX_BODY_BYTES, RecordedBody, RecordedMessage};

/// Records one request and its response.
pub(super) struct Recorder {
    request_headers: HeaderMap,
    request_body: Option<Arc<Mutex<Prefix>>>,
    response: Option<RecordedMessage>,
}

/// The start of a body that is still being read.
#[derive(Default)]
struct Prefix {
    bytes: BytesMut,
    is_truncated: bool,
}

impl Recorder {
    /// Starts to record a request.
    pub(super) fn start(request: &mut Request) -> Self {
        let request_headers = detached(request.headers());
        let request_body = (!request.body().is_end_stream()).then(|| {
            let prefix = Arc::default();
            let body = std::mem::take(request.body_mut());
            *request.body_mut() = Body::new(Tap {
                body,
                prefix: Arc::clone(&prefix),
            });
            prefix
        });
        Self {
            request_headers,
            request_body,
            response: None,
        }
    }

    /// Records a response. Only bodies in memory are recorded, not those that a fault streams.
    pub(super) async fn record_response(&mut self, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let headers = parts.headers.clone();
        let (body, recorded) = match body.size_hint().exact() {
            Some(_) => record_buffered(body).await,
            None => {
                let unknown = RecordedBody {
                    bytes: Bytes::new(),
                    is_truncated: true,
                };
                (body, unknown)
            }
        };
        self.response = Some(RecordedMessage {
            headers,
            body: recorded,
        });
        Response::from_parts(parts, body)
    }

    /// Returns what was recorded, without the response if the client received none.
    pub(super) fn finish(self, has_response: bool) -> Exchange {
        let body = self.request_body.map(|prefix| {
            let prefix = prefix.lock().unwrap_or_else(PoisonError::into_inner);
            RecordedBody {
                bytes: Bytes::copy_from_slice(&prefix.bytes),
                is_truncated: prefix.is_truncated,
            }
        });
        Exchange {
            request: RecordedMessage {
                headers: self.request_headers,
                body: body.unwrap_or_default(),
            },
            response: self.response.filter(|_| has_response),
        }
    }
}

/// Copies headers. Those of a request are parts of the buffer that it was read into, and would keep all of it in memory.
fn detached(headers: &HeaderMap) -> HeaderMap {
    let copies = headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in copies {
        map.append(name, value);
    }
    map
}

/// Copies the start of a body that is in memory.
async fn record_buffered(body: Body) -> (Body, RecordedBody) {
    // It is ready at once, and cannot fail.
    let Ok(collected) = body.collect().await else {
        return (Body::empty(), RecordedBody::default());
    };
    let bytes = collected.to_bytes();
    let recorded = RecordedBody {
        // A slice would keep the whole body in memory.
        bytes: Bytes::copy_from_slice(&bytes[..bytes.len().min(MAX_BODY_BYTES)]),
        is_truncated: bytes.len() > MAX_BODY_BYTES,
    };
    (Body::from(bytes), recorded)
}

/// A body whose start is copied while it is read.
struct Tap {
    body: Body,
    prefix: Arc<Mutex<Prefix>>,
}

impl HttpBody for Tap {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            let prefix = self.prefix.lock();
            let mut prefix = prefix.unwrap_or_else(PoisonError::into_inner);
            let free = MAX_BODY_BYTES - prefix.bytes.len();
            prefix
                .bytes
                .extend_from_slice(&data[..data.len().min(free)]);
            prefix.is_truncated |= data.len() > free;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
