//! A minimal HTTP client, so that the server dominates the measurement.
//!
//! It polls its sockets instead of sleeping: to wake a sleeping core can take a virtual machine as
//! long as a request, and would be measured as time of the slower server alone.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The number of concurrent connections.
const CONNECTIONS: usize = 16;

/// A serialized request.
pub(crate) struct Request(Vec<u8>);

impl Request {
    pub(crate) fn new(method: &str, path: &str, token: &str, body: Option<&str>) -> Self {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        );
        if let Some(body) = body {
            let length = body.len();
            text += &format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
        }
        text += "\r\n";
        text += body.unwrap_or_default();
        Self(text.into_bytes())
    }
}

/// Sends a request and returns the body of its response.
pub(crate) fn send(address: SocketAddr, request: &Request) -> Vec<u8> {
    runtime().block_on(async {
        let mut connection = Connection::open(address).await;
        let (start, end) = connection.exchange(request).await;
        assert!(
            connection.buffer.starts_with(b"HTTP/1.1 200 "),
            "{}",
            String::from_utf8_lossy(&connection.buffer[..end])
        );
        connection.buffer[start..end].to_vec()
    })
}

/// Sends a request repeatedly and returns the number of responses per second.
pub(crate) fn rate(address: SocketAddr, request: &Request, duration: Duration) -> f64 {
    runtime().block_on(async {
        let start = Instant::now();
        let clients = (0..CONNECTIONS).map(|_| async move {
            let mut connection = Connection::open(address).await;
            let mut responses = 0_u32;
            while start.elapsed() < duration {
                connection.exchange(request).await;
                responses += 1;
            }
            responses
        });
        let responses = futures_util::future::join_all(clients);
        let responses = futures_util::future::select(pin!(responses), pin!(stay_awake()))
            .await
            .factor_first()
            .0;
        f64::from(responses.into_iter().sum::<u32>()) / start.elapsed().as_secs_f64()
    })
}

/// Keeps the event loop from sleeping until a socket is ready.
async fn stay_awake<T>() -> T {
    loop {
        tokio::task::yield_now().await;
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("an event loop can be created")
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        stream
            .set_nodelay(true)
            .expect("the socket has TCP_NODELAY");
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Sends a request and reads the response into the buffer. Returns the range of its body.
    async fn exchange(&mut self, request: &Request) -> (usize, usize) {
        let sent = self.stream.write_all(&request.0).await;
        sent.expect("the server accepts requests");
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await;
            assert_ne!(
                read.expect("the server responds"),
                0,
                "the server disconnected"
            );
            if let Some((start, end)) = body_range(&self.buffer)
                && self.buffer.len() >= end
            {
                return (start, end);
            }
        }
    }
}

/// Returns the range of the body of a response, or `None` if the head is incomplete.
fn body_range(response: &[u8]) -> Option<(usize, usize)> {
    let head = response.windows(4).position(|it| it == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&response[..head]).expect("the head is ASCII");
    let length = text
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>())
        })
        .expect("every response has a Content-Length")
        .expect("the Content-Length is an integer");
    Some((head + 4, head + 4 + length))
}
