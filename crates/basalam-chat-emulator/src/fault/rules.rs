//! The fault rules of a running service.

use super::{Fault, FaultRule};

/// Rules with ids, in the order in which they were added.
#[derive(Default)]
pub(crate) struct FaultRules {
    rules: Vec<(u64, FaultRule)>,
    last_id: u64,
    /// Incremented by every change.
    version: u64,
}

impl FaultRules {
    /// Adds a rule and returns its id.
    pub(crate) fn add(&mut self, rule: FaultRule) -> u64 {
        self.version += 1;
        self.last_id += 1;
        self.rules.push((self.last_id, rule));
        self.last_id
    }

    /// Removes a rule. Returns `false` if it did not exist.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let count = self.rules.len();
        self.rules.retain(|it| it.0 != id);
        self.version += 1;
        self.rules.len() < count
    }

    /// Removes all rules. Their ids are not used again.
    pub(crate) fn clear(&mut self) {
        self.version += 1;
        self.rules.clear();
    }

    /// Returns the rules that still apply, with their ids, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &FaultRule)> {
        self.rules.iter().map(|(id, rule)| (*id, rule))
    }

    /// Returns the fault of the first rule that applies to a request for an operation.
    pub(crate) fn next(&mut self, operation_id: &str) -> Option<Fault> {
        if self.rules.is_empty() {
            return None;
        }
        let rules = self.rules.iter_mut();
        let fault = rules.filter_map(|it| it.1.next(operation_id)).next();
        if fault.is_some() {
            self.version += 1;
        }
        self.rules.retain(|it| !it.1.is_exhausted());
        fault
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }
}
