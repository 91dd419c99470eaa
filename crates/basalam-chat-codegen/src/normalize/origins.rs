//! The places that diagnostics name: those of the document as it was read.

use std::collections::BTreeMap;

use basalam_chat_openapi::Pointer;
use serde_json::Value;

/// The original places of what normalization moved.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    root: Value,
    /// By the new place.
    moved: BTreeMap<String, Pointer>,
}

impl Origins {
    pub(super) fn new(root: Value) -> Origins {
        let moved = BTreeMap::new();
        Origins { root, moved }
    }

    pub(super) fn record(&mut self, at: &Pointer, origin: &Pointer) {
        if at != origin {
            self.moved.insert(at.to_string(), origin.clone());
        }
    }

    /// Returns the original place of `at`. If it does not exist, its parent does.
    pub(crate) fn find(&self, at: &Pointer) -> String {
        let mut prefix = at.as_str();
        let mut candidates = Vec::new();
        loop {
            if let Some(origin) = self.moved.get(prefix) {
                candidates.push(format!("{origin}{}", &at.as_str()[prefix.len()..]));
            }
            match prefix.rsplit_once('/') {
                Some((parent, _)) => prefix = parent,
                None => break,
            }
        }
        candidates.push(at.to_string());
        let has_parent = |place: &&String| {
            let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
            self.root.pointer(parent).is_some()
        };
        match candidates.iter().find(has_parent) {
            Some(place) => place.clone(),
            None => self.nearest(&candidates[0]),
        }
    }

    /// Returns the longest prefix of `place` that exists.
    fn nearest(&self, place: &str) -> String {
        let mut place = place;
        while self.root.pointer(place).is_none() {
            place = place.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        place.to_owned()
    }
}
