//! A login and its replies, in whichever process they are handled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::reply_key::ReplySecret;
use super::shared::Shared;
use super::term::Marker;
use super::{Report, WatchError};
use crate::{Client, RequestOptions, UserId};

pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) user: UserId,
    pub(super) secret: ReplySecret,
    /// Sends replies, and looks for them.
    pub(super) client: Client,
    has_reported_metadata: AtomicBool,
    returns_metadata: AtomicBool,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, user: UserId, marker: &Marker) -> Session {
        let client = match shared.config.reply_timeout {
            Some(timeout) if timeout < shared.client.transport().operation_timeout() => {
                let options = RequestOptions::new().operation_timeout(timeout);
                shared.client.with_options_unchecked(options)
            }
            _ => shared.client.clone(),
        };
        Session {
            secret: ReplySecret::new(&marker.secret),
            shared,
            user,
            client,
            has_reported_metadata: AtomicBool::new(false),
            returns_metadata: AtomicBool::new(false),
        }
    }

    /// Returns the time after which a reply that was sent is certainly visible.
    pub(super) fn reply_wait(&self) -> Duration {
        self.client.transport().operation_timeout() + self.shared.config.visibility_lag
    }

    /// Reports once that the service does not return metadata.
    pub(super) fn metadata_not_returned(&self) {
        if !self.has_reported_metadata.swap(true, Ordering::SeqCst) {
            self.shared.report(&Report::MetadataNotReturned);
        }
    }

    /// Records that the service has returned the metadata of a reply.
    pub(super) fn metadata_returned(&self) {
        self.returns_metadata.store(true, Ordering::SeqCst);
    }

    pub(super) fn returns_metadata(&self) -> bool {
        self.returns_metadata.load(Ordering::SeqCst)
    }
}

impl Marker {
    /// Reads the stored marker.
    pub(super) fn from_json(json: &[u8]) -> Result<Marker, WatchError> {
        serde_json::from_slice(json)
            .map_err(|_| WatchError::state_lost("the marker cannot be read"))
    }
}
