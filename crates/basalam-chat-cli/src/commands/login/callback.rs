//! Waits for the redirect at the end of a login: as a request to this computer, or as a URL that is pasted.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use basalam_chat::reqwest::Url;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::context::Context;
use crate::failure::Failure;

/// The redirects that arrive.
pub(super) struct Callbacks {
    callbacks: mpsc::Receiver<Callback>,
    is_listening: bool,
}

/// A redirect.
pub(super) struct Callback {
    pub(super) query: String,
    response: Option<oneshot::Sender<&'static str>>,
}

impl Callback {
    /// Shows a text to the person in the browser.
    pub(super) fn respond(self, text: &'static str) {
        if let Some(response) = self.response {
            let _ = response.send(text);
        }
    }
}

impl Callbacks {
    /// Listens at a redirect URI, if it is on this computer.
    pub(super) async fn listen(context: &Context<'_>, uri: &str) -> Result<Callbacks, Failure> {
        let url = Url::parse(uri)
            .map_err(|_| Failure::usage("the redirect URI is not an absolute URL"))?;
        let (sender, callbacks) = mpsc::channel(1);
        let mut is_listening = false;
        if let Some(address) = local_address(&url) {
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    is_listening = true;
                    // Colons and asterisks are not parameters; braces are encoded.
                    let router = Router::new()
                        .without_v07_checks()
                        .route(url.path(), get(receive))
                        .with_state(sender.clone());
                    // Ends with the command.
                    tokio::spawn(async move { axum::serve(listener, router).await });
                }
                Err(error) => {
                    let problem = format!("{address} cannot be used: {error}");
                    context.output.warning(&problem);
                }
            }
        }
        read_input(sender);
        Ok(Callbacks {
            callbacks,
            is_listening,
        })
    }

    /// Returns what the user has to do after the login in the browser.
    pub(super) fn instruction(&self) -> String {
        let paste = "paste the URL that the browser ends at here, and press Enter";
        match self.is_listening {
            true => format!("Waiting for the browser. If it runs on another computer, {paste}."),
            false => format!("Afterwards, {paste}."),
        }
    }

    /// Waits for the next redirect.
    pub(super) async fn next(&mut self) -> Result<Callback, Failure> {
        let callback = self.callbacks.recv().await;
        callback.ok_or_else(|| Failure::usage("standard input has ended without the URL"))
    }
}

/// Reads URLs that are pasted, in a thread, since a read of standard input cannot be cancelled.
fn read_input(callbacks: mpsc::Sender<Callback>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let query = line.trim().to_owned();
            if query.is_empty() {
                continue;
            }
            let response = None;
            if callbacks
                .blocking_send(Callback { query, response })
                .is_err()
            {
                return;
            }
        }
    });
}

/// Returns the address of a redirect URI on this computer.
fn local_address(url: &Url) -> Option<SocketAddr> {
    let port = url.port_or_known_default()?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    let ip = match host {
        "localhost" => IpAddr::from([127, 0, 0, 1]),
        host => host.parse().ok()?,
    };
    (url.scheme() == "http" && ip.is_loopback()).then_some(SocketAddr::new(ip, port))
}

async fn receive(
    State(callbacks): State<mpsc::Sender<Callback>>,
    RawQuery(query): RawQuery,
) -> Response {
    let (sender, response) = oneshot::channel();
    let callback = Callback {
        query: query.unwrap_or_default(),
        response: Some(sender),
    };
    let sent = callbacks.send(callback).await;
    let text = match sent {
        Ok(()) => response.await.unwrap_or("The command has ended."),
        Err(_) => "The command has ended.",
    };
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Option<String> {
        let address = local_address(&Url::parse(url).unwrap());
        address.map(|address| address.to_string())
    }

    #[test]
    fn only_plain_http_on_loopback_is_listened_at() {
        let local = |url| address(url).unwrap();
        assert_eq!(local("http://127.0.0.1:8765/callback"), "127.0.0.1:8765");
        assert_eq!(local("http://localhost:9000/"), "127.0.0.1:9000");
        assert_eq!(local("http://[::1]:9000/x"), "[::1]:9000");
        for url in [
            "https://127.0.0.1:8765/callback",
            "https://shop.example/callback",
            "http://192.168.1.5:80/",
            "http://127.0.0.1.example.com/",
            "myapp:/callback",
        ] {
            assert_eq!(address(url), None, "{url}");
        }
    }
}
