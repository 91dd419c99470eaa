//! Parsed `multipart/form-data` bodies.

use bytes::Bytes;

/// The parts of a form, in order.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) parts: Vec<Part>,
    /// Why the form could not be parsed to its end.
    pub(crate) error: Option<String>,
}

/// One part of a form.
pub(crate) struct Part {
    pub(crate) name: String,
    /// Set for files only.
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Form {
    /// Returns the last part with this name: as with parameters, later ones win.
    pub(crate) fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().rev().find(|part| part.name == name)
    }
}
