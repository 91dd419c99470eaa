//! Reading the body of a request, up to a limit.

use std::pin::pin;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use super::answer;
use crate::MAX_BODY_BYTES;

/// How much of a body that is too large is still read, and thrown away: most clients
/// look for an answer only when they have sent everything.
const MAX_DISCARDED_BYTES: usize = 4 * MAX_BODY_BYTES;

/// Reads a whole body, or gives the answer that refuses it.
pub(super) async fn read(body: Body) -> Result<Bytes, Response> {
    let mut body = pin!(body);
    let mut kept = BytesMut::new();
    let mut total = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(answer::body_incomplete());
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        total = total.saturating_add(data.len());
        if total <= MAX_BODY_BYTES {
            kept.extend_from_slice(&data);
        } else if total > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if total > MAX_BODY_BYTES {
        return Err(answer::body_too_large(MAX_BODY_BYTES));
    }
    Ok(kept.freeze())
}
