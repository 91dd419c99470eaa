//! Ways in which the service fails on demand.

mod alteration;
mod kind;
mod line;
mod rule;
mod spec;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::error::Error;
pub(crate) use kind::{FaultKind, WrittenResponse};
pub use rule::FaultRule;
pub(crate) use spec::FaultSpec;

/// One way in which the service fails.
///
/// Give it to [`Emulator::fail_next`](crate::Emulator::fail_next) for the next request,
/// or in a [`FaultRule`] to [`Emulator::add_fault`](crate::Emulator::add_fault).
///
/// ```
/// use std::time::Duration;
/// use basalam_chat_emulator::{Emulator, Fault};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// // Busy, and says for how long.
/// emulator.fail_next(Fault::status(429).retry_after("2"))?;
/// // The message is stored, and nobody learns of it.
/// emulator.fail_next(Fault::disconnect().after_handling())?;
/// // Slow.
/// emulator.fail_next(Fault::latency(Duration::from_millis(300)))?;
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until the emulator is given it"]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) delay: Duration,
    pub(crate) is_after_work: bool,
}

impl Fault {
    /// Waits this long, then does the work and answers as usual. A client that gives up
    /// meanwhile has done nothing, unless the work comes first ([`Fault::after_handling`]).
    pub fn latency(delay: Duration) -> Self {
        Self::new(FaultKind::Latency).delayed(delay)
    }

    /// Never answers; the connection stays open until the client gives up or the
    /// emulator ends. The work is not done, unless it comes first
    /// ([`Fault::after_handling`]).
    pub fn hang() -> Self {
        Self::new(FaultKind::Hang)
    }

    /// Answers a status, 200 to 999, with `{"message": …}` unless [`Fault::body`] says
    /// otherwise, and does not do the work.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Answer(WrittenResponse {
            status,
            headers: Vec::new(),
            body: None,
        }))
    }

    /// Answers a redirection to another address, and does not do the work.
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        Self::status(status).header("Location", location)
    }

    /// Answers a status with a page of HTML, as a gateway in between does, and does not
    /// do the work.
    pub fn html(status: u16) -> Self {
        let page = "<!DOCTYPE html><html><body><h1>A fault on demand</h1></body></html>";
        Self::status(status).body("text/html", page)
    }

    /// Adds a header to the answer of [`Fault::status`]; other faults have none of
    /// their own.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let FaultKind::Answer(answer) = &mut self.kind {
            answer.headers.push((name.into(), value.into()));
        }
        self
    }

    /// Sets the body of the answer of [`Fault::status`] and its media type; an empty
    /// body has no type. Other faults have no body of their own.
    pub fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut fault = match body.is_empty() {
            true => self,
            false => self.header("Content-Type", media_type),
        };
        if let FaultKind::Answer(answer) = &mut fault.kind {
            answer.body = Some(body);
        }
        fault
    }

    /// Sets the header `Retry-After` of [`Fault::status`]: seconds, a date as HTTP
    /// writes it, or nonsense.
    pub fn retry_after(self, value: impl Into<String>) -> Self {
        self.header("Retry-After", value)
    }

    /// Does the work, and answers as usual but for the status, such as 201 in place of
    /// 200. With 204 and 205 there is no body.
    pub fn override_status(status: u16) -> Self {
        Self::new(FaultKind::OtherStatus(status))
    }

    /// Closes the connection without an answer, and does not do the work.
    pub fn disconnect() -> Self {
        Self::new(FaultKind::ConnectionCut)
    }

    /// Does the work, announces the whole answer, and closes the connection after half
    /// of its body.
    pub fn truncated_body() -> Self {
        Self::new(FaultKind::TruncatedBody)
    }

    /// Does the work, and sends the answer with spaces behind it until it has this many
    /// bytes, without a `Content-Length` before. It is valid JSON. An answer that is
    /// larger by itself stays as it is.
    pub fn oversized_body(bytes: usize) -> Self {
        Self::new(FaultKind::OversizedBody(bytes))
    }

    /// Does the work, and answers JSON that lacks its last character.
    pub fn invalid_json() -> Self {
        Self::new(FaultKind::InvalidJson)
    }

    /// Does the work, and answers the right status without a body.
    pub fn empty_body() -> Self {
        Self::new(FaultKind::EmptyBody)
    }

    /// Does the work, and changes the answer before it is sent, whatever its status.
    /// The changed answer is not checked against the OpenAPI document.
    ///
    /// ```
    /// use basalam_chat_emulator::Fault;
    /// use serde_json::json;
    ///
    /// let nobody = Fault::map_body(|answer| {
    ///     if let Some(sender) = answer.pointer_mut("/data/sender") {
    ///         *sender = json!(null);
    ///     }
    /// });
    /// # let _ = nobody;
    /// ```
    pub fn map_body(alteration: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::new(FaultKind::MapBody(Arc::new(alteration)))
    }

    /// Does the work, and adds a member that no document knows to every object of the
    /// answer, but for `urls`, whose members are all addresses.
    pub fn unknown_fields() -> Self {
        Self::map_body(alteration::add_unknown_members)
    }

    /// Does the work, and puts a value that no document knows wherever the answer has
    /// `message_type`, `chat_type` or `type`.
    pub fn unknown_values() -> Self {
        Self::map_body(alteration::put_unknown_values)
    }

    /// Does the work, and leaves every member of this name out of the answer, wherever
    /// it is.
    pub fn missing_field(name: impl Into<String>) -> Self {
        let name = name.into();
        Self::map_body(move |answer| alteration::change_members(answer, &name, false))
    }

    /// Does the work, and makes every member of this name null, wherever it is.
    pub fn null_field(name: impl Into<String>) -> Self {
        let name = name.into();
        Self::map_body(move |answer| alteration::change_members(answer, &name, true))
    }

    /// Waits this long before it fails.
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Does the work first: what the request asks for is done, and then the fault
    /// happens, its delay included. Makes the worst of [`Fault::status`],
    /// [`Fault::disconnect`], [`Fault::hang`] and [`Fault::latency`]; all others do the work anyway.
    pub fn after_handling(mut self) -> Self {
        self.is_after_work = true;
        self
    }

    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            delay: Duration::ZERO,
            is_after_work: false,
        }
    }

    /// Refuses what could not be sent.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.kind.check()
    }
}
