//! Deliveries of webhooks, and whether polls can rely on them.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::UserId;

/// The longest time between a delivery and the list that shows its message, whichever is first.
const TOLERANCE: Duration = Duration::from_secs(10);

/// The webhooks of a login, as far as the poller has seen them.
#[derive(Default)]
pub(super) struct Webhooks {
    /// The number of deliveries; `None` without webhooks, or if their receiver is gone.
    deliveries: Option<watch::Receiver<u64>>,
    /// A message was delivered, and none was missed since.
    are_reliable: bool,
    last_delivery: Option<Instant>,
    /// The message of the last delivery was not listed yet.
    is_message_due: bool,
    /// When a message was listed that was not delivered yet.
    undelivered_since: Option<Instant>,
}

impl Webhooks {
    pub(super) fn new(webhooks: Option<&(UserId, watch::Receiver<u64>)>) -> Webhooks {
        let mut deliveries = webhooks.map(|(_, deliveries)| deliveries.clone());
        if let Some(deliveries) = &mut deliveries {
            // The first poll finds the messages of earlier ones.
            deliveries.borrow_and_update();
        }
        Webhooks {
            deliveries,
            ..Webhooks::default()
        }
    }

    /// Waits for the next delivery. Those that arrive before the call are one.
    pub(super) async fn next(&mut self) {
        if let Some(deliveries) = &mut self.deliveries {
            if deliveries.changed().await.is_ok() {
                return;
            }
            self.deliveries = None;
        }
        std::future::pending().await
    }

    /// Records a delivery.
    pub(super) fn delivered(&mut self, now: Instant) {
        self.last_delivery = Some(now);
        let is_late = self.undelivered_since.take_if(|at| is_recent(*at, now));
        match is_late {
            Some(_) => self.are_reliable = true,
            None => self.is_message_due = true,
        }
    }

    /// Records a list, and whether it has shown a message of another user.
    pub(super) fn listed(&mut self, has_message: bool, now: Instant) {
        let missed = self.undelivered_since.take_if(|at| !is_recent(*at, now));
        if missed.is_some() {
            self.are_reliable = false;
        }
        if !has_message {
            return;
        }
        if self.last_delivery.is_some_and(|at| is_recent(at, now)) {
            self.are_reliable = true;
            self.is_message_due = false;
        } else {
            self.undelivered_since.get_or_insert(now);
        }
    }

    /// Returns `true` if messages are delivered.
    pub(super) fn are_reliable(&self) -> bool {
        self.are_reliable
    }

    /// Returns `true` if messages are delivered, and all of the last ones were listed.
    pub(super) fn are_quiet(&self) -> bool {
        self.are_reliable && !self.is_message_due && self.undelivered_since.is_none()
    }
}

fn is_recent(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) <= TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applies deliveries (`d`), lists with a message (`m`) and without one (`-`), each with its second.
    fn webhooks(history: &[(u64, char)]) -> Webhooks {
        let start = Instant::now();
        let mut webhooks = Webhooks::default();
        for (second, what) in history {
            let now = start + Duration::from_secs(*second);
            match what {
                'd' => webhooks.delivered(now),
                _ => webhooks.listed(*what == 'm', now),
            }
        }
        webhooks
    }

    #[test]
    fn delivery_and_its_message_prove_reliability_in_either_order() {
        for history in [
            &[(0, 'd'), (0, 'm')][..],
            &[(0, 'd'), (0, '-'), (3, 'm')],
            &[(0, 'm'), (3, 'd')],
            &[(0, 'm'), (9, '-'), (10, 'd')],
        ] {
            let webhooks = webhooks(history);
            assert!(
                webhooks.are_reliable() && webhooks.are_quiet(),
                "{history:?}"
            );
        }
    }

    #[test]
    fn deliveries_and_messages_alone_prove_nothing() {
        for history in [
            &[][..],
            &[(0, '-'), (60, '-')],
            &[(0, 'd'), (0, '-'), (5, 'd'), (5, '-')],
            &[(0, 'm'), (60, 'm'), (120, '-')],
            &[(0, 'd'), (11, 'm'), (30, '-')],
            &[(0, 'm'), (11, '-'), (11, 'd')],
        ] {
            assert!(!webhooks(history).are_reliable(), "{history:?}");
        }
    }

    #[test]
    fn message_that_is_not_delivered_ends_reliability_after_a_while() {
        let proven = [(0, 'd'), (0, 'm')];
        let after = |rest: &[(u64, char)]| webhooks(&[&proven[..], rest].concat());
        let listed = after(&[(60, 'm'), (65, '-')]);
        assert!(listed.are_reliable() && !listed.are_quiet());
        assert!(!after(&[(60, 'm'), (71, '-')]).are_reliable());
        assert!(after(&[(60, 'm'), (65, 'd'), (71, '-')]).are_reliable());
        let back = after(&[(60, 'm'), (71, '-'), (80, 'd'), (80, 'm')]);
        assert!(back.are_reliable() && back.are_quiet());
    }

    #[test]
    fn delivery_without_its_message_is_not_quiet() {
        let webhooks = webhooks(&[(0, 'd'), (0, 'm'), (60, 'd'), (60, '-')]);
        assert!(webhooks.are_reliable() && !webhooks.are_quiet());
    }
}
