//! Reading of multipart forms up to a limit.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use bytes::{Bytes, BytesMut};

use super::body::MAX_DISCARDED_BYTES;
use super::response;
use crate::form::{Form, Part};
use crate::options::MAX_BODY_BYTES;

/// Returns `true` if the headers declare a multipart form.
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = value.and_then(|it| it.split(';').next());
    essence.is_some_and(|it| it.trim().eq_ignore_ascii_case("multipart/form-data"))
}

/// Reads a whole form, or returns the response that rejects it. Each file can have
/// `max_file_bytes`, and the whole form [`MAX_BODY_BYTES`] more.
pub(super) async fn read(mut request: Request, max_file_bytes: usize) -> Result<Form, Response> {
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Form::default();
    let mut multipart = match Multipart::from_request(request, &()).await {
        Ok(multipart) => multipart,
        Err(rejection) => {
            form.error = Some(rejection.body_text());
            return Ok(form);
        }
    };
    let mut reader = Reader::new(max_file_bytes);
    if let Err(error) = reader.read(&mut multipart, &mut form).await {
        form.error = Some(error.body_text());
    }
    if reader.is_too_large {
        return Err(response::file_too_large(max_file_bytes));
    }
    Ok(form)
}

struct Reader {
    max_file: usize,
    max_total: usize,
    /// The limit after which reading stops.
    max_read: usize,
    total: usize,
    is_too_large: bool,
}

impl Reader {
    fn new(max_file_bytes: usize) -> Self {
        let max_total = max_file_bytes.saturating_add(MAX_BODY_BYTES);
        Self {
            max_file: max_file_bytes,
            max_total,
            max_read: max_total.saturating_add(MAX_DISCARDED_BYTES),
            total: 0,
            is_too_large: false,
        }
    }

    async fn read(
        &mut self,
        multipart: &mut Multipart,
        form: &mut Form,
    ) -> Result<(), MultipartError> {
        while self.total <= self.max_read
            && let Some(field) = multipart.next_field().await?
        {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let name = owned(field.name()).unwrap_or_default();
            let file_name = owned(field.file_name());
            let media_type = owned(field.content_type());
            let limit = match file_name {
                Some(_) => self.max_file,
                None => MAX_BODY_BYTES,
            };
            let bytes = self.read_part(field, limit).await?;
            if self.is_too_large {
                form.parts.clear();
            } else {
                form.parts.push(Part {
                    name,
                    file_name,
                    media_type,
                    bytes,
                });
            }
        }
        Ok(())
    }

    async fn read_part(
        &mut self,
        mut field: Field<'_>,
        limit: usize,
    ) -> Result<Bytes, MultipartError> {
        let mut buffer = BytesMut::new();
        let mut size = 0_usize;
        while let Some(chunk) = field.chunk().await? {
            size = size.saturating_add(chunk.len());
            self.total = self.total.saturating_add(chunk.len());
            self.is_too_large |= size > limit || self.total > self.max_total;
            if self.is_too_large {
                buffer.clear();
                if self.total > self.max_read {
                    break;
                }
            } else {
                buffer.extend_from_slice(&chunk);
            }
        }
        Ok(buffer.freeze())
    }
}
