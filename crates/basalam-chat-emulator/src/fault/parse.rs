//! Fault rules as strings.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::{FaultRule, RuleSpec};
use crate::error::Error;

/// Parses a comma-separated rule: `FAULT[,OPTION=VALUE]…`.
///
/// The faults and options are those of the control endpoint `/_emulator/faults`, which accepts the
/// same rules as JSON:
///
/// - `FAULT`: `status`, `html`, `redirect`, `override_status`, `disconnect`, `hang`,
///   `latency`, `late_messages`, `truncated_body`, `oversized_body`, `invalid_json`, `empty_body`,
///   `unknown_fields`, `unknown_values`, `missing_field` or `null_field`; for deliveries to
///   webhooks `lost`, `repeated`, `reordered` or `wrong_header`. An integer such as `503` is short
///   for `status,status=503`.
/// - Options of some faults: `status`, `location`, `bytes`, `field`, `seconds`, `body`, `media_type`,
///   `retry_after`.
/// - Options of every fault: `operation`, `times`, `probability`, `random_seed`, `delay_ms`,
///   `headers`, `after_handling`. An option without a value is `true`. A value with commas is written as a JSON
///   string, and `headers` as a JSON object.
///
/// ```
/// use basalam_chat_emulator::{Emulator, FaultRule};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// for rule in [
///     "503,operation=create_message,probability=0.2",
///     "429,times=2,retry_after=1",
///     "disconnect,operation=create_message,after_handling,times=1",
///     "latency,delay_ms=300",
/// ] {
///     emulator.add_fault(rule.parse::<FaultRule>()?)?;
/// }
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
impl FromStr for FaultRule {
    type Err = Error;

    fn from_str(rule: &str) -> Result<Self, Error> {
        parse(rule).map_err(|reason| {
            Error::invalid_argument(format!(
                "the fault rule {rule:?} is invalid: {reason}; write it like \"503,operation=create_message,probability=0.2\""
            ))
        })
    }
}

fn parse(rule: &str) -> Result<FaultRule, String> {
    let (fault, options) = rule.split_once(',').unwrap_or((rule, ""));
    let mut fields = Map::new();
    if let Ok(status) = fault.parse::<u64>() {
        fields.insert("fault".to_owned(), "status".into());
        fields.insert("status".to_owned(), status.into());
    } else {
        fields.insert("fault".to_owned(), fault.into());
    }
    let mut rest = options;
    while !rest.is_empty() {
        let Some((name, value)) = next_option(&mut rest) else {
            continue;
        };
        if fields.insert(name.to_owned(), value).is_some() {
            return Err(format!("`{name}` is set twice"));
        }
    }
    let spec: RuleSpec = serde_path_to_error::deserialize(Value::Object(fields))
        .map_err(|error| error.to_string())?;
    spec.into_rule().map_err(|error| error.to_string())
}

/// Removes the first option, or a comma without one.
fn next_option<'r>(rest: &mut &'r str) -> Option<(&'r str, Value)> {
    let end = rest.find([',', '=']).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let Some(value) = after.strip_prefix('=') else {
        *rest = after.get(1..).unwrap_or_default();
        return (!name.is_empty()).then_some((name, Value::Bool(true)));
    };
    if let Some((json, after)) = json_with_commas(value) {
        *rest = after;
        return Some((name, json));
    }
    let (value, after) = value.split_once(',').unwrap_or((value, ""));
    *rest = after;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Some((name, value))
}

/// Parses a JSON string, array or object at the start, which may contain commas, and returns what follows it.
fn json_with_commas(text: &str) -> Option<(Value, &str)> {
    if !text.starts_with(['"', '[', '{']) {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let value = values.next()?.ok()?;
    let after = &text[values.byte_offset()..];
    match after.strip_prefix(',') {
        Some(after) => Some((value, after)),
        None => after.is_empty().then_some((value, after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_every_fault_and_option() {
        for text in [
            "503",
            "status,status=400,body=no,media_type=text/plain",
            "503,operation=create_message,probability=0.2",
            "429,operation=get_messages,times=2,retry_after=1",
            "503,retry_after=soon,random_seed=7,probability=1",
            "html,status=502",
            "redirect,location=https://example.com/?a=b",
            "override_status,status=204",
            "oversized_body,bytes=1000",
            "missing_field,field=sender",
            "null_field,field=content",
            "disconnect,after_handling",
            "disconnect,after_handling=true,delay_ms=1",
            "truncated_body",
            "invalid_json",
            "empty_body",
            "latency,delay_ms=300",
            "hang",
            "unknown_fields",
            "unknown_values",
            "lost,probability=0.1",
            "repeated,operation=deliver_webhook",
            "reordered,times=1",
            "wrong_header",
            "latency,operation=deliver_webhook,delay_ms=300",
        ] {
            let rule: FaultRule = text.parse().unwrap();
            rule.check().unwrap();
            let operation = text.split_once("operation=").map(|it| it.1);
            let operation = operation.and_then(|it| it.split(',').next());
            assert_eq!(rule.operation_id(), operation);
        }
    }

    #[test]
    fn string_and_json_yield_the_same_rule() {
        for (text, json) in [
            (
                "429,operation=get_chats,times=2,retry_after=1,after_handling",
                r#"{"fault": "status", "status": 429, "operation": "get_chats", "times": 2,
                    "retry_after": "1", "after_handling": true}"#,
            ),
            (
                "latency,delay_ms=300,probability=0.5,random_seed=7",
                r#"{"fault": "latency", "delay_ms": 300, "probability": 0.5, "random_seed": 7}"#,
            ),
        ] {
            let spec: RuleSpec = serde_json::from_str(json).unwrap();
            let parsed: FaultRule = text.parse().unwrap();
            assert_eq!(parsed.describe(), spec.into_rule().unwrap().describe());
        }
    }

    #[test]
    fn errors_name_the_invalid_part() {
        for (text, part) in [
            ("", "``"),
            ("thunder", "thunder"),
            ("50x", "50x"),
            ("503,often", "often"),
            ("503,times=-1", "times"),
            ("503,times=1,times=2", "times"),
            ("503,status=500", "status"),
            ("latency", "delay_ms"),
            ("latency,delay_ms=3s", "delay_ms"),
            ("disconnect,retry_after=1", "retry_after"),
            ("disconnect,status=500", "status"),
            ("html", "status"),
            ("status,status=400,media_type=text/html", "media_type"),
            ("503,random_seed=1", "random_seed"),
        ] {
            let error = text.parse::<FaultRule>().unwrap_err();
            assert!(error.is_invalid_argument());
            let reason = error.to_string().replacen(&format!("{text:?}"), "", 1);
            assert!(reason.contains(part), "{error}");
        }
    }
}
