//! Validation of header values.

use crate::Error;

/// Rejects a value that is not allowed in a header.
pub(crate) fn check_header(argument: &str, value: Option<&str>) -> Result<(), Error> {
    match value.map(http::HeaderValue::from_str) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(Error::invalid_input(
            argument,
            "has characters that are not allowed in a header",
            "use visible ASCII characters and spaces",
        )),
    }
}
