//! Fault rules as the strings that parse to them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::transform::Transform;
use super::{CannedResponse, FaultKind, FaultRule, HTML_PAGE};

/// The media type of a body if a rule sets none.
const DEFAULT_MEDIA_TYPE: &str = "text/plain";

impl FaultRule {
    /// Returns a string that parses to this rule, or `None` for closures, bodies that are not UTF-8 and repeated
    /// headers, which the grammar cannot express.
    pub(crate) fn to_text(&self) -> Option<String> {
        let mut text = kind(&self.fault.kind)?;
        if let Some(id) = self.operation_id() {
            push_string(&mut text, "operation", id);
        }
        if let Some(times) = self.times_left {
            push(&mut text, "times", times);
        }
        if let Some(sampling) = &self.sampling {
            push(&mut text, "probability", sampling.probability);
            match sampling.random_seed? {
                0 => {}
                seed => push(&mut text, "random_seed", seed),
            }
        }
        let is_latency = matches!(self.fault.kind, FaultKind::Latency);
        if is_latency || !self.fault.delay.is_zero() {
            push(&mut text, "delay_ms", self.fault.delay.as_millis());
        }
        if self.fault.after_handling {
            text.push_str(",after_handling");
        }
        Some(text)
    }
}

fn kind(kind: &FaultKind) -> Option<String> {
    let with = |name: &str, option, value: u64| {
        let mut text = name.to_owned();
        push(&mut text, option, value);
        text
    };
    let with_field = |name: &str, field: &str| {
        let mut text = name.to_owned();
        push_string(&mut text, "field", field);
        text
    };
    Some(match kind {
        FaultKind::Response(response) => canned(response)?,
        FaultKind::LateMessages(delay) => with("late_messages", "seconds", whole_seconds(*delay)),
        FaultKind::OverrideStatus(status) => with("override_status", "status", u64::from(*status)),
        FaultKind::OversizedBody(bytes) => with("oversized_body", "bytes", *bytes as u64),
        FaultKind::MapBody(Transform::Custom(_)) => return None,
        FaultKind::MapBody(Transform::MissingField(name)) => with_field("missing_field", name),
        FaultKind::MapBody(Transform::NullField(name)) => with_field("null_field", name),
        // The names of the others have no parameters.
        FaultKind::Latency
        | FaultKind::Hang
        | FaultKind::Disconnect
        | FaultKind::TruncatedBody
        | FaultKind::InvalidJson
        | FaultKind::EmptyBody
        | FaultKind::MapBody(Transform::UnknownFields | Transform::UnknownValues)
        | FaultKind::Delivery(_) => kind.name(),
    })
}

/// Rounds up: the clock counts whole seconds.
fn whole_seconds(duration: Duration) -> u64 {
    let has_rest = duration.subsec_nanos() > 0;
    duration.as_secs().saturating_add(u64::from(has_rest))
}

fn canned(response: &CannedResponse) -> Option<String> {
    let mut headers = BTreeMap::new();
    for (name, value) in &response.headers {
        if headers
            .insert(name.to_ascii_lowercase(), (name.as_str(), value.as_str()))
            .is_some()
        {
            return None;
        }
    }
    let mut take = |name| headers.remove(name).map(|it: (&str, &str)| it.1);
    let status = response.status;
    let mut text;
    match &response.body {
        None => match take("location") {
            Some(location) => {
                text = "redirect".to_owned();
                push_string(&mut text, "location", location);
                push(&mut text, "status", status);
            }
            None => text = status.to_string(),
        },
        Some(body) if body.is_empty() => text = format!("{status},body="),
        Some(body) => {
            let media_type = take("content-type")?;
            if body == HTML_PAGE.as_bytes() && media_type == "text/html" {
                text = format!("html,status={status}");
            } else {
                text = status.to_string();
                push_string(&mut text, "body", std::str::from_utf8(body).ok()?);
                if media_type != DEFAULT_MEDIA_TYPE {
                    push_string(&mut text, "media_type", media_type);
                }
            }
        }
    }
    if let Some(value) = take("retry-after") {
        match value.parse::<u64>() {
            // Integers are accepted as such.
            Ok(seconds) if seconds.to_string() == value => push(&mut text, "retry_after", seconds),
            _ => push_string(&mut text, "retry_after", value),
        }
    }
    if !headers.is_empty() {
        let headers: BTreeMap<_, _> = headers.into_values().collect();
        push(&mut text, "headers", serde_json::to_string(&headers).ok()?);
    }
    Some(text)
}

fn push(text: &mut String, name: &str, value: impl std::fmt::Display) {
    *text += &format!(",{name}={value}");
}

/// Adds an option with a string, quoted if it would be parsed as something else.
fn push_string(text: &mut String, name: &str, value: &str) {
    let is_ambiguous = value.contains(',')
        || value.starts_with(['"', '[', '{'])
        || serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok();
    match is_ambiguous {
        true => push(text, name, serde_json::Value::from(value)),
        false => push(text, name, value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FAULT_EXAMPLES, Fault};
    use super::*;

    /// Asserts that the string of a rule parses to the same rule. Returns the string.
    fn assert_round_trip(rule: &FaultRule) -> String {
        let text = rule.to_text().unwrap();
        let parsed: FaultRule = text.parse().unwrap();
        assert_eq!(parsed.to_text().as_deref(), Some(text.as_str()));
        assert_eq!(parsed.describe(), rule.describe());
        if let (FaultKind::Response(parsed), FaultKind::Response(rule)) =
            (&parsed.fault.kind, &rule.fault.kind)
        {
            let sorted = |response: &CannedResponse| {
                let mut headers = response.headers.clone();
                headers.sort();
                headers
            };
            assert_eq!(parsed.body, rule.body, "{text}");
            assert_eq!(sorted(parsed), sorted(rule), "{text}");
        }
        text
    }

    #[test]
    fn every_fault_round_trips() {
        for (name, example) in FAULT_EXAMPLES {
            let rule: FaultRule = example.parse().unwrap();
            let text = assert_round_trip(&rule);
            if name != "status" && name != "redirect" {
                assert_eq!(text, example);
            }
        }
    }

    #[test]
    fn every_option_round_trips() {
        for text in [
            "503",
            "503,operation=create_message,times=2,probability=0.2,random_seed=7,delay_ms=5,after_handling",
            "429,retry_after=1",
            "429,retry_after=soon",
            "429,retry_after=\"1.5\"",
            "429,retry_after=\"Wed, 21 Oct 2026 07:28:00 GMT\"",
            "400,body=",
            "400,body=no",
            "400,body=\"{\\\"a\\\":1,\\\"b\\\":2}\",media_type=application/json",
            "400,body=\"true\"",
            "503,headers={\"X-A\":\"b, c\",\"X-B\":\"d\"}",
            "redirect,location=https://example.com/?a=b,status=308",
            "missing_field,field=\"12\"",
            "lost,probability=1",
        ] {
            let rule: FaultRule = text.parse().unwrap();
            assert_eq!(assert_round_trip(&rule), text);
        }
    }

    #[test]
    fn rules_of_the_api_round_trip() {
        for fault in [
            Fault::status(400).body("text/html", "a, b = c\nd \"e\""),
            Fault::status(400).body("", ""),
            Fault::html(500).retry_after("2").header("X-A", ""),
            Fault::redirect(302, "/a,b"),
            Fault::late_messages(Duration::from_millis(1_500)),
            Fault::null_field("a,b"),
            Fault::latency(Duration::ZERO),
        ] {
            let rule = FaultRule::new(fault).seeded_probability(0.1, 3);
            let text = rule.to_text().unwrap();
            let parsed: FaultRule = text.parse().unwrap();
            assert_eq!(parsed.to_text(), Some(text));
        }
    }

    #[test]
    fn rules_without_a_string_have_none() {
        let repeated = Fault::status(503).header("X-A", "1").header("x-a", "2");
        for fault in [
            Fault::map_body(|_| {}),
            Fault::status(400).body("text/plain", vec![0xff]),
            repeated,
        ] {
            assert_eq!(FaultRule::new(fault).to_text(), None);
        }
        let custom = FaultRule::new(Fault::hang()).probability(0.5, || 0.0);
        assert_eq!(custom.to_text(), None);
    }
}
