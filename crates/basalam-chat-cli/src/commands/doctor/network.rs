//! The network: proxy, reachability of the service, and its clock.

use std::time::{Duration, SystemTime};

use basalam_chat::reqwest::header::DATE;
use basalam_chat::reqwest::{self, Url};

use super::Check;
use crate::failure::{Failure, Kind};

/// Beyond this, tokens may be refreshed too late.
const MAX_SKEW: Duration = Duration::from_secs(60);

const TIMEOUT: Duration = Duration::from_secs(10);

/// Names the proxy of the environment, without its password.
pub(super) fn proxy() -> Check {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let variables = names.iter().map(|name| (*name, std::env::var(name)));
    let mut set = variables.filter_map(|(name, value)| Some((name, value.ok()?)));
    let Some((name, value)) = set.find(|(_, value)| !value.is_empty()) else {
        return Check::ok("proxy", "none");
    };
    let url = Url::parse(&value).or_else(|_| Url::parse(&format!("http://{value}")));
    match url.ok().filter(Url::has_host) {
        Some(url) => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map(|port| format!(":{port}"));
            let shown = format!("{}://{host}{}", url.scheme(), port.unwrap_or_default());
            Check::ok("proxy", format!("{shown}, from {name}"))
        }
        None => Check::warning("proxy", format!("{name} is not a URL")),
    }
}

/// Checks that the service can be reached, and compares its clock with that of this computer. Sends no token.
pub(super) async fn reach(base_url: &str) -> Vec<Check> {
    let response = match request(base_url).await {
        Ok(response) => response,
        Err(error) => {
            let message = format!("no response from {base_url}: {}", root_cause(&error));
            let failure = Failure::new(Kind::TryLater, message)
                .hint("Check the network and the proxy, or try again later.");
            return vec![Check::failed("network", failure)];
        }
    };
    let reached = Check::ok("network", format!("{base_url} responds"));
    vec![reached, clock(&response)]
}

async fn request(base_url: &str) -> reqwest::Result<reqwest::Response> {
    let mut client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none());
    if base_url.starts_with("http://") {
        // As the client of the SDK does.
        client = client.no_proxy();
    }
    // Any status will do.
    client.build()?.get(base_url).send().await
}

fn clock(response: &reqwest::Response) -> Check {
    let date = response.headers().get(DATE);
    let date = date.and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let Some(date) = date else {
        return Check::warning("clock", "the service does not report its time");
    };
    let now = SystemTime::now();
    let (skew, direction) = match now.duration_since(date) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if skew <= MAX_SKEW {
        return Check::ok("clock", "agrees with that of the service");
    }
    let seconds = skew.as_secs();
    let message = format!("this computer is {seconds} seconds {direction} the service");
    Check::warning("clock", message).remedy("Set the clock of this computer.")
}

/// Returns the innermost cause, which is the most specific.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
