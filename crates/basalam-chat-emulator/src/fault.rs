//! Ways in which the service fails on demand.

mod rule;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::error::Error;
pub use rule::FaultRule;

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
/// emulator.fail_next(Fault::connection_cut().after_work())?;
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

#[derive(Clone)]
pub(crate) enum FaultKind {
    /// The answer is right, and only late.
    Latency,
    Status {
        status: u16,
        retry_after: Option<String>,
    },
    ConnectionCut,
    TruncatedBody,
    OversizedBody(usize),
    InvalidJson,
    EmptyBody,
    Altered(Alteration),
}

/// What happens to an answer before it is sent.
pub(crate) type Alteration = Arc<dyn Fn(&mut Value) + Send + Sync>;

impl Fault {
    /// Waits this long, then does the work and answers as usual. A client that gives up
    /// meanwhile has done nothing, unless the work comes first ([`Fault::after_work`]).
    pub fn latency(delay: Duration) -> Self {
        Self::new(FaultKind::Latency).delayed(delay)
    }

    /// Answers a status, 200 to 999, with `{"message": …}`, and does not do the work.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status {
            status,
            retry_after: None,
        })
    }

    /// Sets the header `Retry-After` of [`Fault::status`]: seconds, a date as HTTP
    /// writes it, or nonsense. Other faults have no such header.
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        if let FaultKind::Status { retry_after, .. } = &mut self.kind {
            *retry_after = Some(value.into());
        }
        self
    }

    /// Closes the connection without an answer, and does not do the work.
    pub fn connection_cut() -> Self {
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
    /// let nobody = Fault::altered(|answer| {
    ///     if let Some(sender) = answer.pointer_mut("/data/sender") {
    ///         *sender = json!(null);
    ///     }
    /// });
    /// # let _ = nobody;
    /// ```
    pub fn altered(alteration: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::new(FaultKind::Altered(Arc::new(alteration)))
    }

    /// Does the work, and adds a member that no document knows to every object of the
    /// answer, but for `urls`, whose members are all addresses.
    pub fn unknown_members() -> Self {
        Self::altered(add_unknown_members)
    }

    /// Does the work, and puts a value that no document knows wherever the answer has
    /// `message_type`, `chat_type` or `type`.
    pub fn unknown_values() -> Self {
        Self::altered(put_unknown_values)
    }

    /// Waits this long before it fails.
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Does the work first: what the request asks for is done, and then the fault
    /// happens, its delay included. Makes the worst of [`Fault::status`],
    /// [`Fault::connection_cut`] and [`Fault::latency`]; all others do the work anyway.
    pub fn after_work(mut self) -> Self {
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
        let FaultKind::Status {
            status,
            retry_after,
        } = &self.kind
        else {
            return Ok(());
        };
        let status_code = StatusCode::from_u16(*status);
        if !status_code.is_ok_and(|it| !it.is_informational()) {
            return Err(Error::argument(format!(
                "the status {status} ends no answer; use 200 to 999"
            )));
        }
        match retry_after {
            Some(value) if HeaderValue::from_str(value).is_err() => Err(Error::argument(format!(
                "the value {value:?} of `Retry-After` cannot be sent; use visible ASCII characters"
            ))),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency => formatter.write_str("Latency"),
            Self::Status {
                status,
                retry_after,
            } => formatter
                .debug_struct("Status")
                .field("status", status)
                .field("retry_after", retry_after)
                .finish(),
            Self::ConnectionCut => formatter.write_str("ConnectionCut"),
            Self::TruncatedBody => formatter.write_str("TruncatedBody"),
            Self::OversizedBody(bytes) => {
                formatter.debug_tuple("OversizedBody").field(bytes).finish()
            }
            Self::InvalidJson => formatter.write_str("InvalidJson"),
            Self::EmptyBody => formatter.write_str("EmptyBody"),
            Self::Altered(_) => formatter.write_str("Altered"),
        }
    }
}

fn add_unknown_members(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_unknown_members),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name != "urls" {
                    add_unknown_members(member);
                }
            }
            let unknown = serde_json::json!({ "invented": ["tomorrow", 1, null] });
            members.insert("emulated_unknown_member".to_owned(), unknown);
        }
        _ => {}
    }
}

fn put_unknown_values(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(put_unknown_values),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let has_vocabulary = ["message_type", "chat_type", "type"].contains(&name.as_str());
                if has_vocabulary && member.is_string() {
                    *member = "emulated_unknown_value".into();
                } else {
                    put_unknown_values(member);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_members_are_added_everywhere_but_among_addresses() {
        let mut answer = json!({ "a": [{ "b": null }], "urls": { "primary": "c" } });
        add_unknown_members(&mut answer);
        let name = "emulated_unknown_member";
        assert!(answer[name].is_object());
        assert!(answer["a"][0][name].is_object());
        assert_eq!(answer["a"][0]["b"], json!(null));
        assert_eq!(answer["urls"], json!({ "primary": "c" }));
    }

    #[test]
    fn unknown_values_take_the_place_of_texts_of_a_vocabulary_alone() {
        let mut answer = json!({ "data": [{
            "message_type": "text", "text": "type", "type": null,
            "reply_markup": [[{ "type": "url", "data": {} }]],
        }] });
        put_unknown_values(&mut answer);
        let unknown = "emulated_unknown_value";
        assert_eq!(
            answer,
            json!({ "data": [{
                "message_type": unknown, "text": "type", "type": null,
                "reply_markup": [[{ "type": unknown, "data": {} }]],
            }] })
        );
    }
}
