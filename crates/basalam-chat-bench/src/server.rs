//! The server that all are measured against: it reads a request whole and answers from memory.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::bodies::{self, HISTORY, NEWEST_ID};

/// Starts a program as the server, where it is its first argument.
const ARGUMENT: &str = "--serve";

/// A server in a process of its own, so that neither its instructions nor its memory are counted.
#[derive(Debug)]
pub struct Server {
    process: Child,
    base_url: String,
}

impl Server {
    /// Starts this program once more, as the server; each answer waits for `latency` first.
    ///
    /// # Errors
    ///
    /// Gives an error where the program cannot be started, or does not tell its address.
    pub fn start(latency: Duration) -> anyhow::Result<Server> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .arg(latency.as_millis().to_string())
            // It ends when this is closed, as it is however this program ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut base_url = String::new();
        let said = process.stdout.take();
        let said = said.ok_or_else(|| anyhow::anyhow!("the server says nothing"))?;
        BufReader::new(said).read_line(&mut base_url)?;
        let base_url = base_url.trim().to_owned();
        anyhow::ensure!(!base_url.is_empty(), "the server did not start");
        Ok(Server { process, base_url })
    }

    /// Where it listens.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What is over already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs as the server, where this program was started as that, and does not come back then.
///
/// # Errors
///
/// Gives an error where no address is to be had.
pub fn serve_where_asked() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(ARGUMENT) {
        return Ok(());
    }
    let latency = arguments.next().unwrap_or_default().parse()?;
    std::thread::spawn(|| {
        // Nothing is ever written: it blocks until whoever started this program is gone.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        tell(&format!("http://{}", listener.local_addr()?))?;
        serve(listener, Duration::from_millis(latency)).await
    })
}

/// Says a line on the standard output, for the program that started this one.
fn tell(line: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut output = std::io::stdout();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}

/// Answers on `listener` for ever.
///
/// # Errors
///
/// Gives an error where no further connection can be taken.
pub async fn serve(listener: TcpListener, latency: Duration) -> anyhow::Result<()> {
    let pages = Arc::new(Pages::new());
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(converse(stream, pages.clone(), latency));
    }
}

async fn converse(stream: TcpStream, pages: Arc<Pages>, latency: Duration) {
    // Without it an answer waits for the client's acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let pages = pages.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(|it| it.to_bytes());
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            Ok::<_, Infallible>(answer(&pages, &head, &body.unwrap_or_default()))
        }
    });
    // A client that goes away is no failure.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(pages: &Pages, head: &http::request::Parts, body: &Bytes) -> Response<Full<Bytes>> {
    let path = head.uri.path();
    let is_authorized = head.headers.contains_key(http::header::AUTHORIZATION);
    let is_messages = path.ends_with("/messages");
    let body = match (&head.method, is_authorized) {
        (_, false) => None,
        (&Method::POST, _) if is_messages && !body.is_empty() => Some(bodies::sent()),
        (&Method::GET, _) if is_messages => pages.page(head.uri.query().unwrap_or_default()),
        (&Method::GET, _) => Some(bodies::chats()),
        _ => None,
    };
    let mut answer = Response::new(Full::new(body.clone().unwrap_or_default()));
    if body.is_none() {
        *answer.status_mut() = StatusCode::BAD_REQUEST;
    }
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

/// Pages of the history, each from a body in which the ids alone are written anew.
struct Pages(Vec<(usize, Page)>);

struct Page {
    newest: Bytes,
    empty: Bytes,
    /// Where the ids of the messages stand, the newest first, and how far each is behind it.
    ids: Vec<(usize, i64)>,
}

impl Pages {
    fn new() -> Pages {
        let page = |limit| (limit, Page::new(limit));
        Pages([20, 100].map(page).into())
    }

    /// Gives the page that a query asks for: the newest, or what is before `message_id`.
    fn page(&self, query: &str) -> Option<Bytes> {
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
        };
        let limit: usize = value("limit")?.parse().ok()?;
        let page = self.0.iter().find(|page| page.0 == limit);
        let bound = value("message_id").map_or(Ok(NEWEST_ID + 1), str::parse);
        Some(page?.1.before(bound.ok()?))
    }
}

impl Page {
    fn new(limit: usize) -> Page {
        let newest = bodies::messages(limit);
        let text = String::from_utf8_lossy(&newest);
        let field = "\"id\":1";
        let ids = text.match_indices(field).filter_map(|(at, _)| {
            let digits = at + field.len() - 1;
            let id: i64 = text.get(digits..digits + 10)?.parse().ok()?;
            Some((digits, NEWEST_ID - id))
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
        // The history is as long as a whole number of pages.
        if newest <= NEWEST_ID - HISTORY {
            return self.empty.clone();
        }
        let mut body = BytesMut::from(&self.newest[..]);
        for (digits, behind) in &self.ids {
            let id = (newest - behind).to_string();
            body[*digits..digits + 10].copy_from_slice(id.as_bytes());
        }
        body.freeze()
    }
}
