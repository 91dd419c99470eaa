//! Which attempt sends a reply, if processes that do not exclude each other handle the events of a login.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::shared::Shared;
use crate::random::random_hex;
use crate::state::{PutMode, StateError, StateKey, Version};

/// The number of events of a chat whose claims are remembered. Later ones are only begun after the earlier ones are
/// acknowledged, so more are needed only if many acknowledgements are lost at once.
const MAX_EVENTS: usize = 16;

/// The claims of the replies to one event.
pub(super) struct Claims {
    key: StateKey,
    /// The log that has the event, and its position there.
    log: String,
    position: u64,
    /// The version of the last write of this attempt.
    last_write: Mutex<Option<Version>>,
}

/// The stored claims of a chat.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
struct Record {
    #[serde(rename = "l")]
    log: String,
    /// The newest events, in the order of their positions.
    #[serde(rename = "e")]
    events: Vec<Event>,
    /// Makes each write unique, so that one whose response was lost is recognized.
    #[serde(rename = "w")]
    write: String,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Event {
    #[serde(rename = "p")]
    position: u64,
    /// The hashes of the steps whose replies may have been sent.
    #[serde(rename = "s")]
    steps: Vec<String>,
}

impl Record {
    /// Returns `true` if the reply of a step may have been sent before.
    fn is_claimed(&self, log: &str, position: u64, step: &str) -> bool {
        if self.log != log {
            // The event may have been in the other log, too.
            return !self.log.is_empty();
        }
        match self
            .events
            .binary_search_by_key(&position, |it| it.position)
        {
            Ok(index) => self.events[index].steps.iter().any(|it| it == step),
            // What is forgotten may have been claimed.
            Err(0) => self.events.len() >= MAX_EVENTS,
            Err(_) => false,
        }
    }

    fn claim(&mut self, log: &str, position: u64, step: String) {
        if self.log != log {
            self.events.clear();
            log.clone_into(&mut self.log);
        }
        let index = match self
            .events
            .binary_search_by_key(&position, |it| it.position)
        {
            Ok(index) => index,
            Err(index) => {
                let steps = Vec::new();
                self.events.insert(index, Event { position, steps });
                index
            }
        };
        let steps = &mut self.events[index].steps;
        if !steps.contains(&step) {
            steps.push(step);
        }
        if self.events.len() > MAX_EVENTS {
            self.events.remove(0);
        }
    }

    fn release(&mut self, log: &str, position: u64, step: &str) {
        if self.log == log {
            for event in self.events.iter_mut().filter(|it| it.position == position) {
                event.steps.retain(|it| it != step);
            }
        }
    }
}

impl Claims {
    pub(super) fn new(key: StateKey, log: String, position: u64) -> Claims {
        Claims {
            key,
            log,
            position,
            last_write: Mutex::new(None),
        }
    }

    /// Claims a step. Returns `None` if its reply was certainly not sent before, so it is sent now. Otherwise returns the
    /// version of the claims: after the reply was looked for in vain, the step is claimed again with this, which
    /// succeeds unless another process was faster. It waits for as long as the store fails.
    pub(super) async fn claim(
        &self,
        shared: &Shared,
        step: &str,
        looked_for: Option<Version>,
    ) -> Option<Version> {
        let mut failures = 0;
        loop {
            match self.try_claim(shared, step, looked_for).await {
                Ok(claim) => return claim,
                // Another process was faster.
                Err(error) if error.is_conflict() => {}
                Err(_) => {
                    failures += 1;
                    let (first, longest) = (Duration::from_millis(200), Duration::from_secs(5));
                    shared.backoff(first, longest, failures).await;
                }
            }
        }
    }

    async fn try_claim(
        &self,
        shared: &Shared,
        step: &str,
        looked_for: Option<Version>,
    ) -> Result<Option<Version>, StateError> {
        let step = hash(step);
        let (mut record, version) = self.read(shared).await?;
        let is_claimed = record.is_claimed(&self.log, self.position, &step);
        if is_claimed && version != looked_for {
            return Ok(version);
        }
        record.claim(&self.log, self.position, step);
        self.write(shared, record, version).await?;
        Ok(None)
    }

    /// Gives a claim up whose reply was certainly not sent, so that the next attempt need not look for it. If that
    /// fails, it looks for it.
    pub(super) async fn release(&self, shared: &Shared, step: &str) {
        let last_write = *self
            .last_write
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Ok((mut record, version)) = self.read(shared).await else {
            return;
        };
        // Otherwise another process may have claimed it since.
        if version.is_some() && version == last_write {
            record.release(&self.log, self.position, &hash(step));
            let _ = self.write(shared, record, version).await;
        }
    }

    async fn read(&self, shared: &Shared) -> Result<(Record, Option<Version>), StateError> {
        Ok(match shared.store.get(&self.key).await? {
            None => (Record::default(), None),
            Some(entry) => {
                // A record that cannot be read may contain any claim.
                let unreadable = || Record {
                    log: "?".to_owned(),
                    ..Record::default()
                };
                let record = serde_json::from_slice(&entry.value);
                (record.unwrap_or_else(|_| unreadable()), Some(entry.version))
            }
        })
    }

    async fn write(
        &self,
        shared: &Shared,
        mut record: Record,
        version: Option<Version>,
    ) -> Result<(), StateError> {
        record.write = random_hex(&*shared.random);
        // Integers and strings always serialize.
        let value = serde_json::to_vec(&record).unwrap_or_default();
        let mode = version.map_or(PutMode::Create, PutMode::Update);
        let stored = shared.store.put_confirmed(&self.key, &value, mode).await?;
        *self
            .last_write
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(stored);
        Ok(())
    }
}

/// Steps have any length.
fn hash(step: &str) -> String {
    let hash = Sha256::digest(step.as_bytes());
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(log: &str, claims: &[(u64, &str)]) -> Record {
        let mut record = Record::default();
        for (position, step) in claims {
            record.claim(log, *position, (*step).to_owned());
        }
        record
    }

    #[test]
    fn steps_are_claimed_one_by_one() {
        let record = claimed("log", &[(7, "a"), (7, "b"), (9, "a")]);
        for (position, step, expected) in [
            (7, "a", true),
            (7, "b", true),
            (7, "c", false),
            (8, "a", false),
            (9, "a", true),
            (9, "b", false),
            (10, "a", false),
        ] {
            assert_eq!(
                record.is_claimed("log", position, step),
                expected,
                "{position} {step}"
            );
        }
        assert!(!Record::default().is_claimed("log", 1, "a"));
    }

    #[test]
    fn forgotten_events_count_as_claimed() {
        let claims: Vec<_> = (10..10 + MAX_EVENTS as u64 + 3)
            .map(|it| (it, "a"))
            .collect();
        let record = claimed("log", &claims);
        assert_eq!(record.events.len(), MAX_EVENTS);
        assert!(record.is_claimed("log", 10, "b") && record.is_claimed("log", 1, "a"));
        assert!(!record.is_claimed("log", 14, "b"));
        let few = claimed("log", &claims[..3]);
        assert!(!few.is_claimed("log", 9, "a"));
    }

    #[test]
    fn claims_of_another_log_are_not_certain() {
        let mut record = claimed("old", &[(7, "a")]);
        for position in [1, 7, 8] {
            assert!(record.is_claimed("new", position, "a"), "{position}");
        }
        record.claim("new", 3, "a".to_owned());
        assert!(record.is_claimed("new", 3, "a") && !record.is_claimed("new", 7, "a"));
    }

    #[test]
    fn released_steps_can_be_claimed_again() {
        let mut record = claimed("log", &[(7, "a"), (7, "b")]);
        record.release("log", 7, "a");
        record.release("log", 8, "b");
        record.release("old", 7, "b");
        assert!(!record.is_claimed("log", 7, "a") && record.is_claimed("log", 7, "b"));
        let json = serde_json::to_vec(&record).unwrap();
        assert_eq!(serde_json::from_slice::<Record>(&json).unwrap(), record);
    }
}
