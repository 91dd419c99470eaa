//! Settings that change while the service runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::options::Options;
use crate::rate_limit::RateLimit;

/// The settings that can be changed.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) latency: Duration,
    pub(crate) rate_limit: Option<RateLimit>,
}

impl Settings {
    pub(super) fn of(options: &Options) -> Self {
        Self {
            latency: options.latency,
            rate_limit: options.rate_limit,
        }
    }
}

/// The current settings.
pub(super) struct CurrentSettings(Mutex<(Settings, u64)>);

impl CurrentSettings {
    pub(super) fn new(settings: Settings) -> Self {
        Self(Mutex::new((settings, 0)))
    }

    pub(super) fn get(&self) -> Settings {
        self.lock().0
    }

    pub(super) fn set(&self, settings: Settings) {
        let mut current = self.lock();
        *current = (settings, current.1 + 1);
    }

    /// Returns a counter of the changes.
    pub(super) fn version(&self) -> u64 {
        self.lock().1
    }

    fn lock(&self) -> MutexGuard<'_, (Settings, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
