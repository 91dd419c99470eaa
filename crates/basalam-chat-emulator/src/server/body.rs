//! Reading of request bodies up to a limit.

use std::pin::pin;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use super::response;
use crate::options::MAX_BODY_BYTES;

/// The maximum number of bytes that are read of a body above the limit. The excess is discarded,
/// because most clients only read the response after sending the whole body.
pub(super) const MAX_DISCARDED_BYTES: usize = 4 * MAX_BODY_BYTES;

/// Reads a whole body, or returns the response that rejects it.
pub(super) async fn read(body: Body) -> Result<Bytes, Response> {
    let mut body = pin!(body);
    let mut buffer = BytesMut::new();
    let mut total = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(response::body_incomplete());
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        total = total.saturating_add(data.len());
        if total <= MAX_BODY_BYTES {
            buffer.extend_from_slice(&data);
        } else if total > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if total > MAX_BODY_BYTES {
        return Err(response::body_too_large(MAX_BODY_BYTES));
    }
    Ok(buffer.freeze())
}
