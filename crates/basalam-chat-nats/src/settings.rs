//! Settings of streams and consumers: created if they are missing, and compared if not.

use serde_json::{Value, json};

use crate::connection::{CONSUMER_EXISTS, STREAM_NAME_IN_USE, STREAM_NOT_FOUND};
use crate::{Nats, NatsError};

/// Creates a stream unless it exists, and returns its information.
///
/// # Errors
///
/// [`is_configuration`](NatsError::is_configuration) if it has other settings.
pub(crate) async fn ensure_stream(nats: &Nats, settings: &Value) -> Result<Value, NatsError> {
    let name = settings["name"].as_str().unwrap_or_default();
    let info = async || nats.api(format!("STREAM.INFO.{name}"), &json!({})).await;
    let existing = match info().await? {
        Ok(info) => info,
        Err(error) if error.code == STREAM_NOT_FOUND => {
            match nats.api(format!("STREAM.CREATE.{name}"), settings).await? {
                Ok(info) => info,
                // Another process was faster.
                Err(error) if error.code == STREAM_NAME_IN_USE => info()
                    .await?
                    .map_err(|error| refused("stream", name, &error.description))?,
                Err(error) => return Err(refused("stream", name, &error.description)),
            }
        }
        Err(error) => return Err(refused("stream", name, &error.description)),
    };
    // Also after creating it: a server ignores settings that it does not know.
    compare("stream", name, settings, &existing["config"])?;
    Ok(existing)
}

/// Creates a durable consumer of a stream unless it exists.
pub(crate) async fn ensure_consumer(
    nats: &Nats,
    stream: &str,
    settings: &Value,
) -> Result<(), NatsError> {
    let name = settings["durable_name"].as_str().unwrap_or_default();
    let filter = settings["filter_subject"].as_str().unwrap_or_default();
    let request = json!({"stream_name": stream, "config": settings, "action": "create"});
    let created = nats.api(
        format!("CONSUMER.CREATE.{stream}.{name}.{filter}"),
        &request,
    );
    let info = match created.await? {
        Ok(info) => info,
        Err(error) if error.code == CONSUMER_EXISTS => {
            let info = nats
                .api(format!("CONSUMER.INFO.{stream}.{name}"), &json!({}))
                .await?;
            info.map_err(|error| refused("consumer", name, &error.description))?
        }
        Err(error) => return Err(refused("consumer", name, &error.description)),
    };
    compare("consumer", name, settings, &info["config"])
}

fn refused(kind: &str, name: &str, description: &str) -> NatsError {
    NatsError::configuration(format!("NATS refuses the {kind} `{name}`: {description}"))
}

/// Compares all settings that are expected.
fn compare(kind: &str, name: &str, expected: &Value, actual: &Value) -> Result<(), NatsError> {
    let mut differences = Vec::new();
    add_differences(&mut differences, "", expected, actual);
    if differences.is_empty() {
        return Ok(());
    }
    Err(NatsError::configuration(format!(
        "the {kind} `{name}` has other settings: {}; change it, or use another name",
        differences.join(", ")
    )))
}

fn add_differences(differences: &mut Vec<String>, path: &str, expected: &Value, actual: &Value) {
    if let Value::Object(fields) = expected {
        for (field, expected) in fields {
            let path = match path {
                "" => field.clone(),
                path => format!("{path}.{field}"),
            };
            add_differences(differences, &path, expected, &actual[field]);
        }
    } else if expected != actual && !(is_default(expected) && is_default(actual)) {
        differences.push(format!("`{path}` is {actual} instead of {expected}"));
    }
}

/// Servers leave some settings out that are off.
fn is_default(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named() {
        let expected = json!({
            "name": "a", "discard": "new", "max_age": 7, "deny_delete": false,
            "subjects": ["a.>"], "metadata": {"partitions": "64"},
        });
        let mut actual = expected.clone();
        actual["max_bytes"] = json!(-1);
        actual["metadata"]["_nats.req.level"] = json!("0");
        actual.as_object_mut().unwrap().remove("deny_delete");
        compare("stream", "a", &expected, &actual).unwrap();
        for (field, value, shown) in [
            (
                "/discard",
                json!("old"),
                "`discard` is \"old\" instead of \"new\"",
            ),
            ("/max_age", json!(8), "`max_age` is 8 instead of 7"),
            ("/subjects", json!(["b.>"]), "`subjects` is [\"b.>\"]"),
            (
                "/metadata/partitions",
                json!("32"),
                "`metadata.partitions` is \"32\" instead of \"64\"",
            ),
        ] {
            let mut actual = expected.clone();
            *actual.pointer_mut(field).unwrap() = value;
            let error = compare("stream", "a", &expected, &actual).unwrap_err();
            assert!(error.is_configuration(), "{error}");
            assert!(error.to_string().contains(shown), "{error}");
        }
        let mut actual = expected.clone();
        actual["deny_delete"] = json!(true);
        assert!(compare("stream", "a", &expected, &actual).is_err());
        actual = expected.clone();
        actual["metadata"] = Value::Null;
        assert!(compare("stream", "a", &expected, &actual).is_err());
    }
}
