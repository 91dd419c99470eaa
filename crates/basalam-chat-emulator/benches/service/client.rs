//! A client that costs little, so that the server is what is measured.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connections that are in use at once.
const CONNECTIONS: usize = 16;

/// A request, written out once.
pub(crate) struct Request(Vec<u8>);

impl Request {
    pub(crate) fn new(method: &str, path: &str, token: &str, body: Option<&str>) -> Self {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: emulator\r\nAuthorization: Bearer {token}\r\n"
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

/// Gives the body of the answer to a request.
pub(crate) fn answer(address: SocketAddr, request: &Request) -> Vec<u8> {
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

/// Gives the answers in a second, over some time.
pub(crate) fn rate(address: SocketAddr, request: &Request, time: Duration) -> f64 {
    runtime().block_on(async {
        let start = Instant::now();
        let clients = (0..CONNECTIONS).map(|_| async move {
            let mut connection = Connection::open(address).await;
            let mut answers = 0_u32;
            while start.elapsed() < time {
                connection.exchange(request).await;
                answers += 1;
            }
            answers
        });
        let answers = futures_util::future::join_all(clients).await;
        f64::from(answers.into_iter().sum::<u32>()) / start.elapsed().as_secs_f64()
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("there is an event loop to be had")
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket can be told so");
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Sends the request and reads the whole answer into the buffer; gives where its
    /// body starts and ends.
    async fn exchange(&mut self, request: &Request) -> (usize, usize) {
        let sent = self.stream.write_all(&request.0).await;
        sent.expect("the server takes requests");
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await;
            assert_ne!(read.expect("the server answers"), 0, "the server hung up");
            if let Some((start, end)) = body(&self.buffer)
                && self.buffer.len() >= end
            {
                return (start, end);
            }
        }
    }
}

/// Gives where the body of an answer starts and ends, once its head is there.
fn body(answer: &[u8]) -> Option<(usize, usize)> {
    let head = answer.windows(4).position(|it| it == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).expect("heads are ASCII");
    let length = text
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>())
        })
        .expect("every answer says how long it is")
        .expect("a length is a number");
    Some((head + 4, head + 4 + length))
}
