//! Request bodies that must arrive in time, so that slow clients do not keep their connections forever.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::Sleep;

/// Limits the time in which a body must arrive. The body ends with an error if it takes longer.
pub(super) fn limit(body: Incoming, timeout: Duration) -> Body {
    if hyper::body::Body::is_end_stream(&body) {
        return Body::new(body);
    }
    Body::new(TimedBody {
        body,
        deadline: Box::pin(tokio::time::sleep(timeout)),
    })
}

struct TimedBody {
    body: Incoming,
    deadline: Pin<Box<Sleep>>,
}

impl hyper::body::Body for TimedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame.map(|it| it.map_err(Into::into)));
        }
        let late = self.deadline.as_mut().poll(context);
        late.map(|()| Some(Err("the body takes too long".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
