//! Rules of faults as one types them.

use std::str::FromStr;

use super::FaultRule;
use super::spec::{FaultName, FaultSpec};
use crate::error::Error;

/// A rule in a line: `[OPERATION=]FAULT[:OPTION]…`.
///
/// - `OPERATION`: the id of an operation, such as `create_message`; all of the OpenAPI
///   document where it is left out.
/// - `FAULT`: a status, such as `503`, or one of `html-502` (any status), `cut`,
///   `truncated`, `oversized-BYTES`, `invalid-json`, `empty`, `late` (with `delay`),
///   `never`, `answers-201` (the work is done and answered with this status),
///   `unknown-members`, `unknown-values`, `missing-MEMBER`, `null-MEMBER`.
/// - `OPTION`: `20%` (how likely), `x3` (how often), `seed-7` (of the chance),
///   `retry-after-SECONDS`, `delay-300ms`, `after-work`.
///
/// ```
/// use basalam_chat_emulator::{Emulator, FaultRule};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// for line in [
///     "create_message=503:20%",
///     "429:x2:retry-after-1",
///     "create_message=cut:after-work:x1",
///     "late:delay-300ms",
/// ] {
///     emulator.add_fault(line.parse::<FaultRule>()?)?;
/// }
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
impl FromStr for FaultRule {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self, Error> {
        read(line)
            .and_then(|it| it.rule().map_err(|error| error.to_string()))
            .map_err(|why| {
                Error::argument(format!(
                    "the fault {line:?} is none: {why}; write it as \"create_message=503:20%\""
                ))
            })
    }
}

fn read(line: &str) -> Result<FaultSpec, String> {
    let (operation, rest) = match line.split_once('=') {
        Some((operation, rest)) => (Some(operation), rest),
        None => (None, line),
    };
    let mut parts = rest.split(':');
    let mut spec = fault(parts.next().unwrap_or_default())?;
    spec.operation = operation.map(str::to_owned);
    for part in parts {
        option(part, &mut spec)?;
    }
    Ok(spec)
}

fn fault(text: &str) -> Result<FaultSpec, String> {
    let plain = match text {
        "cut" => Some(FaultName::ConnectionCut),
        "truncated" => Some(FaultName::TruncatedBody),
        "invalid-json" => Some(FaultName::InvalidJson),
        "empty" => Some(FaultName::EmptyBody),
        "late" => Some(FaultName::Latency),
        "never" => Some(FaultName::Hang),
        "unknown-members" => Some(FaultName::UnknownFields),
        "unknown-values" => Some(FaultName::UnknownValues),
        _ => None,
    };
    if let Some(name) = plain {
        return Ok(FaultSpec::named(name));
    }
    if text.starts_with(|it: char| it.is_ascii_digit()) {
        let mut spec = FaultSpec::named(FaultName::Status);
        spec.status = Some(number(text)?);
        return Ok(spec);
    }
    let unknown = || format!("nothing is called {text:?}");
    let (kind, of) = text.split_once('-').ok_or_else(unknown)?;
    let mut spec = FaultSpec::named(match kind {
        "html" => FaultName::Html,
        "answers" => FaultName::OtherStatus,
        "oversized" => FaultName::OversizedBody,
        "missing" => FaultName::MissingField,
        "null" => FaultName::NullField,
        _ => return Err(unknown()),
    });
    match spec.fault {
        FaultName::OversizedBody => spec.bytes = Some(number(of)?),
        FaultName::MissingField | FaultName::NullField => spec.member = Some(of.to_owned()),
        _ => spec.status = Some(number(of)?),
    }
    Ok(spec)
}

fn option(text: &str, spec: &mut FaultSpec) -> Result<(), String> {
    if let Some(percent) = text.strip_suffix('%') {
        spec.probability = Some(number::<f64>(percent)? / 100.0);
    } else if let Some(times) = text.strip_prefix('x') {
        spec.times = Some(number(times)?);
    } else if let Some(seed) = text.strip_prefix("seed-") {
        spec.random_seed = Some(number(seed)?);
    } else if let Some(seconds) = text.strip_prefix("retry-after-") {
        spec.retry_after = Some(seconds.to_owned());
    } else if let Some(delay) = text.strip_prefix("delay-") {
        let milliseconds = delay
            .strip_suffix("ms")
            .ok_or("a delay is in milliseconds, such as `delay-300ms`")?;
        spec.delay_ms = Some(number(milliseconds)?);
    } else if text == "after-work" {
        spec.after_handling = true;
    } else {
        return Err(format!("no option is called {text:?}"));
    }
    Ok(())
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no number that it can have"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_and_option_can_be_typed() {
        for line in [
            "503",
            "create_message=503:20%",
            "get_messages=429:x2:retry-after-1",
            "html-502",
            "answers-204",
            "oversized-1000",
            "missing-sender:50%:seed-7",
            "null-content",
            "cut:after-work",
            "truncated",
            "invalid-json",
            "empty",
            "late:delay-300ms",
            "never",
            "unknown-members",
            "unknown-values",
        ] {
            let rule: FaultRule = line.parse().unwrap();
            rule.check().unwrap();
            let operation = line.split_once('=').map(|it| it.0);
            assert_eq!(rule.operation_id(), operation);
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused_by_name() {
        for (line, words) in [
            ("", "\"\""),
            ("a=", "\"\""),
            ("nonsense", "nonsense"),
            ("50x", "50x"),
            ("503:often", "often"),
            ("503:x-1", "-1"),
            ("late", "delay_ms"),
            ("late:delay-3s", "milliseconds"),
            ("cut:retry-after-1", "retry_after"),
            ("html-page", "page"),
            ("503:seed-1", "probability"),
        ] {
            let error = line.parse::<FaultRule>().unwrap_err();
            assert!(error.is_argument());
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
