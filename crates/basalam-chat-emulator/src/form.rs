//! What a `multipart/form-data` body carries.

use bytes::Bytes;

/// The parts of a form, in their order.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) parts: Vec<Part>,
    /// Why the form could not be read to its end, where it could not.
    pub(crate) fault: Option<String>,
}

/// One part of a form.
pub(crate) struct Part {
    pub(crate) name: String,
    /// Only a part that is a file has one.
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Form {
    /// Gives a part. The last wins where there are several, as with parameters.
    pub(crate) fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().rev().find(|part| part.name == name)
    }
}
