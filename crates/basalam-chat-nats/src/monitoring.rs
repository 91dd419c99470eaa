//! What a server reports at its monitoring URL: whether it keeps all writes.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::NatsError;

const REMEDY: &str = "set `sync_interval: always` in the block `jetstream` of its configuration, or use \
                      `allow_data_loss`";

/// It is read only when a connection is opened, so a server that is busy has time.
const TIMEOUT: Duration = Duration::from_secs(10);
const RESTART: Duration = Duration::from_secs(2);

/// Checks that all servers sync each write, and that the connected one is among them.
pub(crate) async fn check(
    urls: &[String],
    connected: impl Fn() -> String,
) -> Result<(), NatsError> {
    if urls.is_empty() {
        return Err(NatsError::configuration(
            "it is not known whether NATS keeps all writes; set `monitoring_url`, or use `allow_data_loss` if it is \
             not needed",
        ));
    }
    // A server that was restarted meanwhile has another id until the connection is opened again.
    let deadline = Instant::now() + RESTART;
    loop {
        let mut servers = Vec::new();
        for url in urls {
            servers.push(server_id(&read(url).await?)?);
        }
        let connected = connected();
        if servers.contains(&connected) {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(NatsError::configuration(
                "no `monitoring_url` is of the server that is connected; set those of all servers",
            ));
        }
        sleep(RESTART / 10).await;
    }
}

async fn read(url: &str) -> Result<Value, NatsError> {
    let failed = "the monitoring URL of NATS does not respond";
    // It is in the same network.
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT);
    let client = client.build();
    let client = client.map_err(|error| NatsError::unavailable(failed).with_source(error))?;
    let url = format!("{}/jsz", url.trim_end_matches('/'));
    let response = async {
        client
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await
    };
    let body = response.await.map_err(|error| {
        // The URL could contain a password.
        NatsError::unavailable(failed).with_source(error.without_url())
    })?;
    serde_json::from_slice(&body).map_err(|_| {
        NatsError::configuration("the monitoring URL is not of NATS; use `http://host:8222`")
    })
}

/// Returns the id of the server, if it syncs each write.
fn server_id(jsz: &Value) -> Result<String, NatsError> {
    let Some(id) = jsz["server_id"].as_str() else {
        let message = "the monitoring URL does not report JetStream; use `http://host:8222`";
        return Err(NatsError::configuration(message));
    };
    if jsz["config"]["sync_always"] == true {
        return Ok(id.to_owned());
    }
    let nanoseconds = jsz["config"]["sync_interval"].as_u64().unwrap_or_default();
    let interval = Duration::from_nanos(nanoseconds);
    Err(NatsError::configuration(format!(
        "NATS could lose what it has acknowledged, since its `sync_interval` is {interval:?}; {REMEDY}"
    )))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn servers_that_sync_each_write_are_accepted() {
        let jsz = json!({"server_id": "A", "config": {"sync_always": true, "sync_interval": 120_000_000_000_u64}});
        assert_eq!(server_id(&jsz).unwrap(), "A");
        for (jsz, expected) in [
            (
                json!({"server_id": "A", "config": {"sync_interval": 120_000_000_000_u64}}),
                "120s",
            ),
            (
                json!({"server_id": "A", "config": {"sync_always": false}}),
                "sync_interval: always",
            ),
            (json!({"server_id": "A", "disabled": true}), "sync_interval"),
            (json!({}), "JetStream"),
            (json!([]), "JetStream"),
        ] {
            let error = server_id(&jsz).unwrap_err();
            assert!(error.is_configuration(), "{error}");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[tokio::test]
    async fn unknown_settings_are_refused() {
        let error = check(&[], || "A".to_owned()).await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("monitoring_url") && text.contains("allow_data_loss"),
            "{text}"
        );
    }
}
