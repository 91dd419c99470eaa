//! Faults of deliveries to webhooks.

use super::{Fault, FaultKind};

/// The name under which deliveries to webhooks are counted, and under which rules apply to them. It is not an
/// operation of the document.
pub const DELIVER_WEBHOOK: &str = "deliver_webhook";

/// The effect of a fault on a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryFault {
    Lost,
    Repeated,
    Reordered,
    WrongHeader,
}

/// Faults of deliveries to webhooks. Rules with them apply to deliveries only. For a late delivery, use
/// [`Fault::latency`] in a rule for the operation [`DELIVER_WEBHOOK`], or set a [`Fault::delay`]: the deliveries
/// after a late one overtake it.
///
/// ```
/// use basalam_chat_emulator::{Emulator, Fault, FaultRule};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// emulator.add_fault(FaultRule::new(Fault::lost()).seeded_probability(0.1, 42))?;
/// emulator.add_fault(FaultRule::new(Fault::repeated()).times(3))?;
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
impl Fault {
    /// Does not deliver the event, and does not log it.
    pub fn lost() -> Self {
        Self::new(FaultKind::Delivery(DeliveryFault::Lost))
    }

    /// Delivers the event twice.
    pub fn repeated() -> Self {
        Self::new(FaultKind::Delivery(DeliveryFault::Repeated))
    }

    /// Delivers the event after the next one of the same webhook, or after a second if no other event follows.
    pub fn reordered() -> Self {
        Self::new(FaultKind::Delivery(DeliveryFault::Reordered))
    }

    /// Delivers the event with another value in each header of the webhook.
    pub fn wrong_header() -> Self {
        Self::new(FaultKind::Delivery(DeliveryFault::WrongHeader))
    }
}

impl FaultKind {
    pub(crate) fn delivery(&self) -> Option<DeliveryFault> {
        match self {
            Self::Delivery(fault) => Some(*fault),
            _ => None,
        }
    }
}

impl DeliveryFault {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Repeated => "repeated",
            Self::Reordered => "reordered",
            Self::WrongHeader => "wrong_header",
        }
    }
}
