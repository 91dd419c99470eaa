//! HTTP/1.1 over a plain socket, for servers that a mock cannot be.

use std::io::{BufRead, Write};
use std::net::TcpStream;

use serde_json::Value;

/// Reads the request line and the headers.
pub(crate) fn read_head(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    head
}

pub(crate) fn content_length(head: &str) -> Option<u64> {
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.map(|length| length.parse().unwrap())
}

/// Reads a body with `Content-Length` or in chunks.
pub(crate) fn read_body(head: &str, reader: &mut impl BufRead) -> Vec<u8> {
    if let Some(length) = content_length(head) {
        let mut body = vec![0; length as usize];
        reader.read_exact(&mut body).unwrap();
        return body;
    }
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let size = usize::from_str_radix(line.trim(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

pub(crate) fn respond(mut stream: &TcpStream, body: &Value) {
    let body = body.to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    write!(stream, "{head}: {}\r\n\r\n{body}", body.len()).unwrap();
}
