//! Rules of faults as JSON, for the control path.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::{Fault, FaultRule};
use crate::error::Error;

/// The faults that have a name. The rest of the members belong to some of them alone.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultName {
    Latency,
    Hang,
    Status,
    Html,
    Redirect,
    OtherStatus,
    ConnectionCut,
    TruncatedBody,
    OversizedBody,
    InvalidJson,
    EmptyBody,
    UnknownFields,
    UnknownValues,
    MissingField,
    NullField,
}

/// A rule as it is written down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultSpec {
    pub(crate) fault: FaultName,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<String>,
    pub(crate) headers: Option<BTreeMap<String, String>>,
    pub(crate) body: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) bytes: Option<usize>,
    pub(crate) member: Option<String>,
    pub(crate) delay_ms: Option<u64>,
    #[serde(default)]
    pub(crate) after_handling: bool,
    pub(crate) operation: Option<String>,
    pub(crate) times: Option<u64>,
    pub(crate) probability: Option<f64>,
    pub(crate) random_seed: Option<u64>,
}

impl FaultSpec {
    pub(crate) fn named(fault: FaultName) -> Self {
        Self {
            fault,
            status: None,
            retry_after: None,
            headers: None,
            body: None,
            media_type: None,
            location: None,
            bytes: None,
            member: None,
            delay_ms: None,
            after_handling: false,
            operation: None,
            times: None,
            probability: None,
            random_seed: None,
        }
    }

    /// Makes the rule, refusing members that its fault does not have.
    pub(crate) fn rule(&self) -> Result<FaultRule, Error> {
        self.refuse_misplaced()?;
        let mut fault = self.fault()?;
        if let Some(value) = &self.retry_after {
            fault = fault.retry_after(value);
        }
        for (name, value) in self.headers.iter().flatten() {
            fault = fault.header(name, value);
        }
        if let Some(body) = &self.body {
            let media_type = self.media_type.as_deref().unwrap_or("text/plain");
            fault = fault.body(media_type, body.as_str());
        }
        if let Some(delay) = self.delay_ms {
            fault = fault.delayed(Duration::from_millis(delay));
        }
        if self.after_handling {
            fault = fault.after_handling();
        }
        let mut rule = FaultRule::new(fault);
        if let Some(id) = &self.operation {
            rule = rule.operation(id);
        }
        if let Some(times) = self.times {
            rule = rule.times(times);
        }
        if let Some(probability) = self.probability {
            rule = rule.seeded_probability(probability, self.random_seed.unwrap_or(0));
        }
        Ok(rule)
    }

    fn fault(&self) -> Result<Fault, Error> {
        let status = || needed(self.status, "status");
        let member = || needed(self.member.clone(), "member");
        Ok(match self.fault {
            FaultName::Latency => {
                Fault::latency(Duration::from_millis(needed(self.delay_ms, "delay_ms")?))
            }
            FaultName::Hang => Fault::hang(),
            FaultName::Status => Fault::status(status()?),
            FaultName::Html => Fault::html(status()?),
            FaultName::Redirect => {
                let location = needed(self.location.clone(), "location")?;
                Fault::redirect(self.status.unwrap_or(307), location)
            }
            FaultName::OtherStatus => Fault::override_status(status()?),
            FaultName::ConnectionCut => Fault::disconnect(),
            FaultName::TruncatedBody => Fault::truncated_body(),
            FaultName::OversizedBody => Fault::oversized_body(needed(self.bytes, "bytes")?),
            FaultName::InvalidJson => Fault::invalid_json(),
            FaultName::EmptyBody => Fault::empty_body(),
            FaultName::UnknownFields => Fault::unknown_fields(),
            FaultName::UnknownValues => Fault::unknown_values(),
            FaultName::MissingField => Fault::missing_field(member()?),
            FaultName::NullField => Fault::null_field(member()?),
        })
    }

    fn refuse_misplaced(&self) -> Result<(), Error> {
        use FaultName::{
            Html, MissingField, NullField, OtherStatus, OversizedBody, Redirect, Status,
        };
        let members: [(&str, bool, &[FaultName]); 8] = [
            (
                "status",
                self.status.is_some(),
                &[Status, Html, Redirect, OtherStatus],
            ),
            (
                "retry_after",
                self.retry_after.is_some(),
                &[Status, Html, Redirect],
            ),
            ("headers", self.headers.is_some(), &[Status, Html, Redirect]),
            ("body", self.body.is_some(), &[Status]),
            ("media_type", self.media_type.is_some(), &[Status]),
            ("location", self.location.is_some(), &[Redirect]),
            ("bytes", self.bytes.is_some(), &[OversizedBody]),
            ("member", self.member.is_some(), &[MissingField, NullField]),
        ];
        for (name, is_given, owners) in members {
            if is_given && !owners.contains(&self.fault) {
                return Err(Error::argument(format!(
                    "this fault has no `{name}`; leave it out"
                )));
            }
        }
        if self.media_type.is_some() && self.body.is_none() {
            return Err(Error::argument("`media_type` is of a `body`; give one"));
        }
        if self.random_seed.is_some() && self.probability.is_none() {
            return Err(Error::argument(
                "`random_seed` is of a `probability`; give one",
            ));
        }
        Ok(())
    }
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, Error> {
    value.ok_or_else(|| Error::argument(format!("this fault needs `{name}`; give it")))
}
