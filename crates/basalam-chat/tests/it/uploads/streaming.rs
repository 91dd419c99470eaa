//! Backpressure and cancellation of uploads.

use std::io::{self, BufReader, Read};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};

use basalam_chat::NewFile;
use tokio::io::{AsyncRead, ReadBuf};

use super::upload_result;
use crate::support::http_server::{content_length, read_head, respond};
use crate::support::{CANARY, client, listen};

const MIB: u64 = 1024 * 1024;

/// A reader of zeros that counts them and drops its sender with itself.
struct CountingReader {
    remaining: u64,
    bytes_read: Arc<AtomicU64>,
    _dropped: mpsc::Sender<()>,
}

impl AsyncRead for CountingReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = self.remaining.min(buffer.remaining() as u64);
        buffer.put_slice(&vec![0; size as usize]);
        self.remaining -= size;
        self.bytes_read.fetch_add(size, Ordering::SeqCst);
        Poll::Ready(Ok(()))
    }
}

/// Returns a file of 64 MiB, the number of bytes read from it, and a channel that closes when it is dropped.
fn large_file() -> (NewFile, Arc<AtomicU64>, mpsc::Receiver<()>) {
    let bytes_read = Arc::new(AtomicU64::new(0));
    let (dropped, is_dropped) = mpsc::channel();
    let reader = CountingReader {
        remaining: 64 * MIB,
        bytes_read: bytes_read.clone(),
        _dropped: dropped,
    };
    let file = NewFile::from_reader("a.bin", reader).with_length(64 * MIB);
    (file, bytes_read, is_dropped)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn reads_a_large_file_only_as_fast_as_it_is_sent() {
    let (listener, base_url) = listen();
    let client = client(&base_url, CANARY);
    let (file, bytes_read, _) = large_file();
    let counter = bytes_read.clone();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let mut remaining = content_length(&read_head(&mut reader)).unwrap();
        let mut max_buffered = 0;
        let mut received = 0;
        let mut buffer = vec![0; MIB as usize];
        while remaining > 0 {
            let buffered = counter.load(Ordering::SeqCst).saturating_sub(received);
            max_buffered = max_buffered.max(buffered);
            let size = reader.read(&mut buffer).unwrap() as u64;
            (remaining, received) = (remaining - size, received + size);
        }
        respond(&stream, &upload_result());
        max_buffered
    });
    client.upload_file(file).await.unwrap();
    // The socket buffers at both ends are far smaller than this.
    let max_buffered = server.join().unwrap();
    assert!(max_buffered < 32 * MIB, "{max_buffered}");
    assert_eq!(bytes_read.load(Ordering::SeqCst), 64 * MIB);
}

#[tokio::test]
async fn dropped_upload_closes_the_connection_and_drops_the_file() {
    let (listener, base_url) = listen();
    let client = client(&base_url, CANARY);
    let (file, bytes_read, file_dropped) = large_file();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let (aborted, is_aborted) = mpsc::channel();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let length = content_length(&read_head(&mut reader)).unwrap();
        started.send(()).unwrap();
        // The whole body could arrive if it were read before the upload is aborted.
        is_aborted.recv().unwrap();
        let received = io::copy(&mut reader, &mut io::sink()).unwrap_or(0);
        assert!(received < length);
    });
    let upload = tokio::spawn(client.upload_file(file).send());
    has_started.await.unwrap();
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    aborted.send(()).unwrap();
    // The task of the connection ends on the runtime of this test.
    let ended = tokio::task::spawn_blocking(move || file_dropped.recv().unwrap_err());
    ended.await.unwrap();
    server.join().unwrap();
    assert!(bytes_read.load(Ordering::SeqCst) <= 64 * MIB);
}
