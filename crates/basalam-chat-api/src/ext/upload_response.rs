//! Decoding of the response of `upload_file`, whose request progenitor does not support.

use crate::read_json;
use crate::types::UploadFileResponse;

/// Decodes the response of `upload_file`.
///
/// # Errors
///
/// Returns an error if the body does not match the document.
pub fn read_upload_response(body: &[u8]) -> Result<UploadFileResponse, serde_json::Error> {
    read_json(body)
}
