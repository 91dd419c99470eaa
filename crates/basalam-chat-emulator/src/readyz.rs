//! The health check of a running emulator, for containers without other programs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use axum::body::Body;
use axum::http::Request;
use axum::http::header::HOST;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// How long the emulator may take to respond.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Returns the URL of an emulator that listens on this address of this computer.
pub(crate) fn local_url(host: IpAddr, port: u16) -> anyhow::Result<String> {
    ensure!(
        port != 0,
        "the port is 0; set the port of the emulator with --port, or --url"
    );
    let host = match host {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    Ok(format!("http://{}", SocketAddr::new(host, port)))
}

/// Fails unless the emulator at a base URL handles requests.
pub(crate) async fn check(base_url: &str) -> anyhow::Result<()> {
    let status = tokio::time::timeout(TIMEOUT, request(base_url)).await;
    let status = status
        .with_context(|| format!("no response of {base_url} within {TIMEOUT:?}"))?
        .with_context(|| format!("the emulator at {base_url} is not ready"))?;
    match status {
        200 => Ok(()),
        status => bail!("the emulator at {base_url} is not ready: it responds with {status}"),
    }
}

async fn request(base_url: &str) -> anyhow::Result<u16> {
    let url = Url::parse(base_url).context("the URL is invalid")?;
    ensure!(url.scheme() == "http", "the URL must start with http://");
    let host = url.host_str().context("the URL has no host")?;
    let port = url.port_or_known_default().unwrap_or(80);
    // Without the brackets of an IPv6 address.
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((name, port)).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::get("/_emulator/readyz").header(HOST, format!("{host}:{port}"));
    let response = sender.send_request(request.body(Body::empty())?).await?;
    connection.abort();
    Ok(response.status().as_u16())
}
