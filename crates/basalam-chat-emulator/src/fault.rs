//! Faults that tests inject.

mod delivery;
mod kind;
mod parse;
mod rule;
mod rules;
mod spec;
mod text;
mod transform;

use std::time::Duration;

use serde_json::Value;

use crate::error::Error;
pub use delivery::DELIVER_WEBHOOK;
pub(crate) use delivery::DeliveryFault;
pub(crate) use kind::{CannedResponse, FaultKind, final_status, header};
pub use rule::FaultRule;
pub(crate) use rules::FaultRules;
pub(crate) use spec::{FAULT_EXAMPLES, RuleSpec};
use transform::Transform;

/// The body of [`Fault::html`].
const HTML_PAGE: &str = "<!DOCTYPE html><html><body><h1>Injected fault</h1></body></html>";

/// A fault to inject into a request.
///
/// Pass it to [`Emulator::fail_next`](crate::Emulator::fail_next) for the next request, or
/// in a [`FaultRule`] to [`Emulator::add_fault`](crate::Emulator::add_fault).
///
/// Faults either replace the handling of the request or change its response. Faults of the
/// first kind are [`Fault::status`], [`Fault::redirect`], [`Fault::html`],
/// [`Fault::disconnect`] and [`Fault::hang`]: the request has no effect unless
/// [`Fault::after_handling`] is set.
///
/// ```
/// use std::time::Duration;
/// use basalam_chat_emulator::{Emulator, Fault};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// // Rate limit with a delay.
/// emulator.fail_next(Fault::status(429).retry_after("2"))?;
/// // The message is stored, but the response is lost.
/// emulator.fail_next(Fault::disconnect().after_handling())?;
/// // Slow response.
/// emulator.fail_next(Fault::latency(Duration::from_millis(300)))?;
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until it is added to an emulator"]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) delay: Duration,
    pub(crate) after_handling: bool,
}

impl Fault {
    /// Delays the handling of the request, which then succeeds. If the client disconnects
    /// during the delay, the request has no effect unless [`Fault::after_handling`] is set.
    pub fn latency(delay: Duration) -> Self {
        Self::new(FaultKind::Latency).delay(delay)
    }

    /// Handles the request, but the messages that it sends become visible only after `delay`, by the emulator's clock,
    /// which counts whole seconds. Until then no list contains them, although messages with larger ids are visible, and
    /// when they appear they do not move their chat to the front of the list.
    pub fn late_messages(delay: Duration) -> Self {
        Self::new(FaultKind::LateMessages(delay))
    }

    /// Sends no response and keeps the connection open until the client closes it or the
    /// emulator shuts down.
    pub fn hang() -> Self {
        Self::new(FaultKind::Hang)
    }

    /// Responds with a status from 200 to 999 and the body `{"message": …}`, unless
    /// [`Fault::body`] sets another body.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Response(CannedResponse {
            status,
            headers: Vec::new(),
            body: None,
        }))
    }

    /// Responds with a redirect to another URL.
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        Self::status(status).header("Location", location)
    }

    /// Responds with a status and an HTML page, as a proxy or gateway does.
    pub fn html(status: u16) -> Self {
        Self::status(status).body("text/html", HTML_PAGE)
    }

    /// Adds a header to the response of [`Fault::status`], [`Fault::redirect`] or
    /// [`Fault::html`], except `Connection`, `Content-Length` and `Transfer-Encoding`, which the server sets. Other
    /// faults ignore it.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let FaultKind::Response(response) = &mut self.kind {
            response.headers.push((name.into(), value.into()));
        }
        self
    }

    /// Sets the body of the response of [`Fault::status`] and its media type, which is
    /// ignored if the body is empty. Other faults ignore both.
    pub fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut fault = match body.is_empty() {
            true => self,
            false => self.header("Content-Type", media_type),
        };
        if let FaultKind::Response(response) = &mut fault.kind {
            response.body = Some(body);
        }
        fault
    }

    /// Sets the header `Retry-After` of [`Fault::status`]: seconds, an HTTP date, or an
    /// invalid value.
    pub fn retry_after(self, value: impl Into<String>) -> Self {
        self.header("Retry-After", value)
    }

    /// Handles the request, and replaces the status of the response, for example 200 by
    /// 201. Responses with 204 and 205 have no body.
    pub fn override_status(status: u16) -> Self {
        Self::new(FaultKind::OverrideStatus(status))
    }

    /// Closes the connection without a response.
    pub fn disconnect() -> Self {
        Self::new(FaultKind::Disconnect)
    }

    /// Handles the request, announces the whole response body, and closes the connection
    /// after half of it.
    pub fn truncated_body() -> Self {
        Self::new(FaultKind::TruncatedBody)
    }

    /// Handles the request, and pads the response body with spaces to this many bytes,
    /// without a `Content-Length`. The body is valid JSON. Larger bodies are not changed.
    pub fn oversized_body(bytes: usize) -> Self {
        Self::new(FaultKind::OversizedBody(bytes))
    }

    /// Handles the request, and removes the last character of the JSON body.
    pub fn invalid_json() -> Self {
        Self::new(FaultKind::InvalidJson)
    }

    /// Handles the request, and responds with the status and an empty body.
    pub fn empty_body() -> Self {
        Self::new(FaultKind::EmptyBody)
    }

    /// Handles the request, and transforms the JSON body of the response, whatever its
    /// status. The result is not checked against the OpenAPI document.
    ///
    /// ```
    /// use basalam_chat_emulator::Fault;
    /// use serde_json::json;
    ///
    /// let fault = Fault::map_body(|body| {
    ///     if let Some(sender) = body.pointer_mut("/data/sender") {
    ///         *sender = json!(null);
    ///     }
    /// });
    /// # let _ = fault;
    /// ```
    pub fn map_body(transform: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::new(FaultKind::MapBody(Transform::custom(transform)))
    }

    /// Handles the request, and adds an undocumented field to every object of the response
    /// except `urls`, whose fields are all URLs.
    pub fn unknown_fields() -> Self {
        Self::new(FaultKind::MapBody(Transform::UnknownFields))
    }

    /// Handles the request, and replaces every `message_type`, `chat_type` and `type` of
    /// the response by an undocumented value.
    pub fn unknown_values() -> Self {
        Self::new(FaultKind::MapBody(Transform::UnknownValues))
    }

    /// Handles the request, and removes every field with this name from the response, at
    /// any depth.
    pub fn missing_field(name: impl Into<String>) -> Self {
        Self::new(FaultKind::MapBody(Transform::MissingField(name.into())))
    }

    /// Handles the request, and sets every field with this name to null in the response,
    /// at any depth.
    pub fn null_field(name: impl Into<String>) -> Self {
        Self::new(FaultKind::MapBody(Transform::NullField(name.into())))
    }

    /// Sets a delay before the fault.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Handles the request before the fault and its delay, so that the request takes effect
    /// although the client sees a failure.
    pub fn after_handling(mut self) -> Self {
        self.after_handling = true;
        self
    }

    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            delay: Duration::ZERO,
            after_handling: false,
        }
    }

    /// Rejects responses that HTTP cannot express.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.kind.check()
    }
}
