//! Uploaded files.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::civil::DateTime;

/// The start of the id range observed from the service.
const FIRST_FILE_ID: i64 = 78_000_000;

/// The uploaded files of the service.
#[derive(Clone)]
pub(crate) struct Files {
    by_id: BTreeMap<i64, File>,
    next_id: i64,
}

/// An uploaded file.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: String,
    /// The purpose, such as `chat.photo`.
    pub(crate) file_type: String,
    pub(crate) bytes: Bytes,
    pub(crate) creator_user_id: i64,
    pub(crate) created_at: DateTime,
    pub(crate) expires_at: Option<DateTime>,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            next_id: FIRST_FILE_ID,
        }
    }
}

impl Files {
    pub(crate) fn add(&mut self, file: File) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.by_id.insert(id, file);
        id
    }

    /// Returns a file; removes it instead if it is expired.
    pub(crate) fn get(&mut self, id: i64, now: DateTime) -> Option<&File> {
        let expires_at = self.by_id.get(&id)?.expires_at;
        if expires_at.is_some_and(|it| it <= now) {
            self.by_id.remove(&id);
        }
        self.by_id.get(&id)
    }

    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.by_id.values().any(|file| file.name == name)
    }
}
