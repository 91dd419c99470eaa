//! A location in a document that comparisons ignore.

use std::hash::{Hash, Hasher};

use basalam_chat_openapi::Pointer;

/// The schema that a value was read from. All origins are equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin(pub(crate) Option<Pointer>);

impl Origin {
    pub(super) fn or(self, other: Origin) -> Origin {
        Origin(self.0.or(other.0))
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Origin) -> bool {
        true
    }
}

impl Eq for Origin {}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
