//! The server: it reads a complete request and responds from memory.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::bodies::{self, HISTORY, NEWEST_ID};

/// The first argument of a program that runs as the server.
const SERVE_ARGUMENT: &str = "--serve";

/// Returns the JSON that responds to a request, or `None` for an error.
pub type Respond = dyn Fn(&Parts, &Bytes) -> Option<Bytes> + Send + Sync;

/// A server in a separate process, so its instructions and memory are not measured.
#[derive(Debug)]
pub struct Server {
    process: Child,
    base_url: String,
}

impl Server {
    /// Starts another process of this program as the server, which delays each response by `latency`.
    ///
    /// # Errors
    ///
    /// Returns an error if the process cannot be started or does not print its URL.
    pub fn start(latency: Duration) -> anyhow::Result<Server> {
        Server::spawn(&[SERVE_ARGUMENT, &latency.as_millis().to_string()])
    }

    /// Starts another process of this program with these arguments, with which it calls [`run_server`].
    ///
    /// # Errors
    ///
    /// Returns an error if the process cannot be started or does not print its URL.
    pub fn spawn(arguments: &[&str]) -> anyhow::Result<Server> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(arguments)
            // The server exits when its standard input is closed, even if this process crashes.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut base_url = String::new();
        let stdout = process.stdout.take().context("stdout is not piped")?;
        BufReader::new(stdout).read_line(&mut base_url)?;
        let base_url = base_url.trim().to_owned();
        anyhow::ensure!(!base_url.is_empty(), "the server did not start");
        Ok(Server { process, base_url })
    }

    /// Returns the base URL.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only if the process has already exited.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs the server if this process was started as one, and does not return in that case.
///
/// # Errors
///
/// Returns an error if the server cannot listen.
pub fn serve_if_requested() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(SERVE_ARGUMENT) {
        return Ok(());
    }
    let latency = arguments.next().unwrap_or_default().parse()?;
    run_server(Duration::from_millis(latency), responses())
}

/// Serves in this process, prints the URL, and exits when the standard input is closed.
///
/// # Errors
///
/// Returns an error if the server cannot listen.
pub fn run_server(latency: Duration, respond: Arc<Respond>) -> anyhow::Result<()> {
    std::thread::spawn(|| {
        // Nothing is written to stdin: this blocks until the parent process exits.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut stdout = std::io::stdout();
        writeln!(stdout, "http://{}", listener.local_addr()?)?;
        stdout.flush()?;
        serve_with(listener, latency, respond).await
    })
}

/// Serves connections of `listener` indefinitely.
///
/// # Errors
///
/// Returns an error if a connection cannot be accepted.
pub async fn serve(listener: TcpListener, latency: Duration) -> anyhow::Result<()> {
    serve_with(listener, latency, responses()).await
}

async fn serve_with(
    listener: TcpListener,
    latency: Duration,
    respond: Arc<Respond>,
) -> anyhow::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve_connection(stream, respond.clone(), latency));
    }
}

async fn serve_connection(stream: TcpStream, respond: Arc<Respond>, latency: Duration) {
    // Without this, Nagle's algorithm delays responses until the client acknowledges earlier data.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let respond = respond.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes());
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            let body = respond(&head, &body.unwrap_or_default());
            Ok::<_, Infallible>(response(body))
        }
    });
    // A disconnected client is not an error.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn response(body: Option<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.clone().unwrap_or_default()));
    if body.is_none() {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Returns the responses of one chat with a long history.
fn responses() -> Arc<Respond> {
    let pages = Pages::new();
    Arc::new(move |head, body| respond(&pages, head, body))
}

fn respond(pages: &Pages, head: &Parts, body: &Bytes) -> Option<Bytes> {
    let path = head.uri.path();
    let is_authorized = head.headers.contains_key(http::header::AUTHORIZATION);
    let is_messages = path.ends_with("/messages");
    match (&head.method, is_authorized) {
        (_, false) => None,
        (&Method::POST, _) if is_messages && !body.is_empty() => Some(bodies::sent_message()),
        (&Method::GET, _) if is_messages => pages.page(head.uri.query().unwrap_or_default()),
        (&Method::GET, _) => Some(bodies::chats()),
        _ => None,
    }
}

/// Returns a parameter of a query, as it is encoded.
pub fn query_value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
}

/// Pages of the history by size, each from a template body in which only the ids are replaced.
struct Pages(Vec<(usize, Page)>);

struct Page {
    newest: Bytes,
    empty: Bytes,
    /// Byte offset of each message id in `newest`, and the id's distance from the newest id.
    ids: Vec<(usize, i64)>,
}

impl Pages {
    fn new() -> Pages {
        let page = |limit| (limit, Page::new(limit));
        Pages([20, 100].map(page).into())
    }

    /// Returns the requested page: the newest, or the one before `message_id`.
    fn page(&self, query: &str) -> Option<Bytes> {
        let value = |name| query_value(query, name);
        let limit: usize = value("limit")?.parse().ok()?;
        let page = self.0.iter().find(|page| page.0 == limit);
        let bound = value("message_id").map_or(Ok(NEWEST_ID + 1), str::parse);
        Some(page?.1.before(bound.ok()?))
    }
}

impl Page {
    fn new(limit: usize) -> Page {
        let newest = bodies::messages(limit);
        let json = String::from_utf8_lossy(&newest);
        let field = "\"id\":1";
        let ids = json.match_indices(field).filter_map(|(index, _)| {
            let offset = index + field.len() - 1;
            let id: i64 = json.get(offset..offset + 10)?.parse().ok()?;
            Some((offset, NEWEST_ID - id))
        });
        let ids = ids.collect();
        Page {
            ids,
            empty: bodies::messages(0),
            newest,
        }
    }

    fn before(&self, bound: i64) -> Bytes {
        let newest = bound - 1;
        if newest == NEWEST_ID {
            return self.newest.clone();
        }
        // The length of the history is a multiple of the page size.
        if newest <= NEWEST_ID - HISTORY {
            return self.empty.clone();
        }
        let mut body = BytesMut::from(&self.newest[..]);
        for (offset, distance) in &self.ids {
            let id = (newest - distance).to_string();
            body[*offset..offset + 10].copy_from_slice(id.as_bytes());
        }
        body.freeze()
    }
}
