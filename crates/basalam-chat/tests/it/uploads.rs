//! Files on their way to the service.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll};
use std::time::Duration;

use basalam_chat::files::UploadFileType;
use basalam_chat::{ChatId, Client, FileId, MessageType, NewFile, UserId};
use basalam_chat_emulator::Emulator;
use httpmock::prelude::*;
use serde_json::json;
use tokio::io::{AsyncRead, ReadBuf};

use super::{CANARY, client};

const MIB: u64 = 1024 * 1024;

/// What the service answers to an upload, but for what these tests do not look at.
fn stored() -> serde_json::Value {
    json!({
        "id": 71, "file_name": "abc.jpg", "file_name_alone": "abc", "path": "chat/", "size": 5,
        "type": "image", "file_type": 5901, "width": 800, "height": 600, "url": null,
        "urls": { "primary": "https://example.com/abc.jpg" }, "created_at": "2026-07-22 10:28:23",
        "creator_user_id": 430,
    })
}

/// A server that takes one upload, sends its head and body here, and answers.
struct Taken {
    client: Client,
    request: mpsc::Receiver<(String, String)>,
}

fn server() -> Taken {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (taken, request) = mpsc::channel();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let head = head(&mut reader);
        let body = match length(&head) {
            Some(length) => {
                let mut body = vec![0; length as usize];
                reader.read_exact(&mut body).unwrap();
                body
            }
            None => chunked(&mut reader),
        };
        answer(&stream);
        let body = String::from_utf8(body).unwrap();
        taken.send((head, body)).unwrap();
    });
    Taken {
        client: client(&base_url, CANARY),
        request,
    }
}

fn head(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    head
}

fn length(head: &str) -> Option<u64> {
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.map(|length| length.parse().unwrap())
}

fn chunked(reader: &mut impl BufRead) -> Vec<u8> {
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

fn answer(mut stream: &TcpStream) {
    let body = stored().to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    write!(stream, "{head}: {}\r\n\r\n{body}", body.len()).unwrap();
}

/// The parts of a form, each as its head and its content.
fn parts(head: &str, body: &str) -> Vec<(String, String)> {
    let boundary = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type: multipart/form-data; boundary="))
        .unwrap();
    let body = body.strip_suffix(&format!("--{boundary}--\r\n")).unwrap();
    body.split(&format!("--{boundary}\r\n"))
        .skip(1)
        .map(|part| {
            let (head, content) = part.split_once("\r\n\r\n").unwrap();
            let content = content.strip_suffix("\r\n").unwrap();
            (head.to_owned(), content.to_owned())
        })
        .collect()
}

/// A part with the usual head.
fn part(name: &str, content: &str) -> (String, String) {
    let head = format!("Content-Disposition: form-data; name=\"{name}\"");
    (head, content.to_owned())
}

fn file_part(name: &str, file: &str, media_type: &str, content: &str) -> (String, String) {
    let (head, content) = part(name, content);
    let head = format!("{head}; filename=\"{file}\"\r\nContent-Type: {media_type}");
    (head, content)
}

#[tokio::test]
async fn a_file_is_sent_with_all_that_was_set() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("مرسوله.jpg");
    std::fs::write(&path, "bytes").unwrap();
    let taken = server();
    let upload = taken
        .client
        .upload_picture(path)
        .thumbnail(NewFile::from_bytes("small.png", "small"))
        .custom_unique_name("parcel-7")
        .expire_minutes(60)
        .await
        .unwrap();
    assert_eq!(upload.id, FileId(71));
    assert_eq!(upload.url(), "https://example.com/abc.jpg");
    assert_eq!(upload.attachment().name.as_deref(), Some("مرسوله.jpg"));

    let (head, body) = taken.request.recv().unwrap();
    assert!(head.starts_with("POST /v1/files HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("authorization: Bearer {CANARY}\r\n")));
    assert!(head.contains("accept: application/json\r\n"), "{head}");
    assert_eq!(length(&head), Some(body.len() as u64));
    let expected = [
        part("file_type", "chat.photo"),
        part("custom_unique_name", "parcel-7"),
        part("expire_minutes", "60"),
        file_part("thumbnail", "small.png", "image/png", "small"),
        file_part("file", "مرسوله.jpg", "image/jpeg", "bytes"),
    ];
    assert_eq!(parts(&head, &body), expected);
}

#[tokio::test]
async fn each_method_says_what_the_file_is_for() {
    for (file_type, message_type) in [
        ("chat.photo", MessageType::Picture),
        ("chat.video", MessageType::Video),
        ("chat.voice", MessageType::Voice),
        ("chat.file", MessageType::File),
        ("product.photo", MessageType::File),
    ] {
        let taken = server();
        let client = &taken.client;
        let file = NewFile::from_bytes("a", "x");
        let upload = match file_type {
            "chat.photo" => client.upload_picture(file),
            "chat.video" => client.upload_video(file),
            "chat.voice" => client.upload_voice(file),
            "chat.file" => client.upload_file(file),
            other => client
                .upload_file(file)
                .file_type(UploadFileType::from(other)),
        };
        let upload = upload.await.unwrap();
        let (head, body) = taken.request.recv().unwrap();
        assert_eq!(parts(&head, &body)[0], part("file_type", file_type));
        assert_eq!(upload.caption("x").message_type(), &message_type);
    }
}

#[tokio::test]
async fn a_reader_of_unknown_length_is_sent_to_its_end() {
    let readers = [
        NewFile::from_reader("a.txt", io::Cursor::new("read to its end")),
        NewFile::from_blocking_reader("a.txt", io::Cursor::new("read to its end")),
    ];
    for file in readers {
        let taken = server();
        taken.client.upload_file(file).await.unwrap();
        let (head, body) = taken.request.recv().unwrap();
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        let sent = file_part("file", "a.txt", "text/plain", "read to its end");
        assert_eq!(parts(&head, &body)[1], sent);
    }
}

#[tokio::test]
async fn progress_is_told_up_to_the_end() {
    let taken = server();
    let steps = Arc::new(Mutex::new(Vec::new()));
    let seen = steps.clone();
    let bytes = "x".repeat(150_000);
    taken
        .client
        .upload_file(NewFile::from_bytes("a.txt", bytes))
        .on_progress(move |sent, total| seen.lock().unwrap().push((sent, total)))
        .await
        .unwrap();
    let total = Some(150_000);
    let expected = [(65_536, total), (131_072, total), (150_000, total)];
    assert_eq!(*steps.lock().unwrap(), expected);
}

/// Gives zeros and counts them; tells when it is dropped.
struct Counted {
    left: u64,
    pulled: Arc<AtomicU64>,
    _dropped: mpsc::Sender<()>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = self.left.min(buffer.remaining() as u64);
        buffer.put_slice(&vec![0; size as usize]);
        self.left -= size;
        self.pulled.fetch_add(size, Ordering::SeqCst);
        Poll::Ready(Ok(()))
    }
}

/// A reader of 64 MiB, how much was read of it, and a channel that ends with it.
fn large() -> (NewFile, Arc<AtomicU64>, mpsc::Receiver<()>) {
    let pulled = Arc::new(AtomicU64::new(0));
    let (dropped, is_dropped) = mpsc::channel();
    let reader = Counted {
        left: 64 * MIB,
        pulled: pulled.clone(),
        _dropped: dropped,
    };
    let file = NewFile::from_reader("a.bin", reader).with_length(64 * MIB);
    (file, pulled, is_dropped)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_large_file_is_read_only_as_fast_as_it_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = client(
        &format!("http://{}", listener.local_addr().unwrap()),
        CANARY,
    );
    let (file, pulled, _) = large();
    let counter = pulled.clone();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let head = head(&mut reader);
        let mut left = length(&head).unwrap();
        let mut most_ahead = 0;
        let mut taken = 0;
        let mut buffer = vec![0; MIB as usize];
        while left > 0 {
            most_ahead = most_ahead.max(counter.load(Ordering::SeqCst).saturating_sub(taken));
            let size = reader.read(&mut buffer).unwrap() as u64;
            (left, taken) = (left - size, taken + size);
        }
        answer(&stream);
        most_ahead
    });
    client.upload_file(file).await.unwrap();
    // What the two ends of the connection buffer is far below this.
    let most_ahead = server.join().unwrap();
    assert!(most_ahead < 32 * MIB, "{most_ahead}");
    assert_eq!(pulled.load(Ordering::SeqCst), 64 * MIB);
}

#[tokio::test]
async fn an_upload_that_is_dropped_breaks_off_and_lets_its_file_go() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = client(
        &format!("http://{}", listener.local_addr().unwrap()),
        CANARY,
    );
    let (file, pulled, dropped) = large();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (dropping, is_dropped) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let length = length(&head(&mut reader)).unwrap();
        begun.send(()).unwrap();
        // Taken before, all of it could be here in time.
        is_dropped.recv().unwrap();
        let taken = io::copy(&mut reader, &mut io::sink()).unwrap_or(0);
        assert!(taken < length);
    });
    let upload = tokio::spawn(client.upload_file(file).send());
    has_begun.await.unwrap();
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    dropping.send(()).unwrap();
    // The connection's task is ended by the runtime that it shares with this test.
    let ended = tokio::task::spawn_blocking(move || dropped.recv().unwrap_err());
    ended.await.unwrap();
    server.join().unwrap();
    assert!(pulled.load(Ordering::SeqCst) <= 64 * MIB);
}

/// A server that takes what comes until the connection ends, and never answers.
fn silent() -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::builder(basalam_chat::PersonalToken::new(CANARY))
        .base_url(base_url)
        .build()
        .unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // How the connection ends does not matter here.
        let _ = io::copy(&mut stream, &mut io::sink());
    });
    client
}

/// Gives some bytes and then fails.
struct Failing(bool);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.0, true) {
            return Err(io::Error::other("the disk is gone"));
        }
        buffer[..3].copy_from_slice(b"abc");
        Ok(3)
    }
}

#[tokio::test]
async fn a_file_that_fails_while_it_is_read_says_so() {
    let file = NewFile::from_blocking_reader("a.txt", Failing(false));
    let error = silent().upload_file(file).await.unwrap_err();
    assert!(error.is_file_read(), "{error:?}");
    assert!(!error.may_have_succeeded());
    assert_eq!(error.operation(), Some("upload_file"));
    assert!(error.to_string().contains("the disk is gone"), "{error}");
}

#[tokio::test]
async fn a_file_of_another_length_than_announced_says_so() {
    for (announced, found) in [(2, "went on after 2"), (9, "ended after 5 of 9")] {
        let file = NewFile::from_reader("a.txt", io::Cursor::new("bytes"));
        let file = file.with_length(announced);
        let error = silent().upload_file(file).await.unwrap_err();
        assert!(error.is_file_read(), "{error:?}");
        assert!(error.to_string().contains(found), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.txt");
    for (change, found) in [
        ("grown and grown", "went on after 5"),
        ("less", "ended after 4"),
        ("other", "was changed while"),
    ] {
        std::fs::write(&path, "bytes").unwrap();
        // The file is opened when the request is sent, and read after its thumbnail.
        let changed = path.clone();
        let thumbnail = Changing(Some(move || {
            std::fs::write(&changed, change).unwrap();
            let file = std::fs::File::options().write(true).open(&changed).unwrap();
            let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1);
            file.set_modified(long_ago).unwrap();
        }));
        let error = silent()
            .upload_file(path.clone())
            .thumbnail(NewFile::from_blocking_reader("t.png", thumbnail))
            .await
            .unwrap_err();
        assert!(error.is_file_read(), "{error:?}");
        assert!(error.to_string().contains(found), "{error}");
    }
}

/// An empty reader that does something when it is read.
struct Changing<F>(Option<F>);

impl<F: FnOnce()> Read for Changing<F> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        if let Some(change) = self.0.take() {
            change();
        }
        Ok(0)
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_anything_is() {
    let server = MockServer::start_async().await;
    let any = server.mock(|_, then| {
        then.status(500);
    });
    let client = client(&server.base_url(), CANARY);
    let file = || NewFile::from_bytes("a.txt", "x");
    for (upload, expected) in [
        (
            client.upload_file("no/such.file"),
            "`file` cannot be read from `no/such.file`",
        ),
        (
            client.upload_file("src"),
            "`file` cannot be `src`, which is a directory",
        ),
        (
            client.upload_file(NewFile::from_bytes("", "x")),
            "`file` has an empty name",
        ),
        (
            client.upload_file(file()).thumbnail("src"),
            "`thumbnail` cannot be `src`",
        ),
        (
            client.upload_file(file()).expire_minutes(0),
            "`expire_minutes` is zero",
        ),
        (
            client.upload_file(file()).custom_unique_name(""),
            "`custom_unique_name` is empty",
        ),
        (
            client.upload_file(file()).timeout(Duration::ZERO),
            "`timeout` is zero",
        ),
        (
            client.upload_file(file().with_media_type("no\r\ntype")),
            "`file` has a media type that is none",
        ),
    ] {
        let error = upload.await.unwrap_err();
        assert!(error.is_invalid_input());
        assert_eq!(error.operation(), Some("upload_file"));
        assert!(error.to_string().contains(expected), "{error}");
    }
    any.assert_calls(0);
}

#[tokio::test]
async fn a_refused_upload_is_told_like_any_other_refusal_and_not_repeated() {
    let server = MockServer::start_async().await;
    let mock = server.mock(|when, then| {
        when.method(POST).path("/v1/files");
        then.status(503).body(format!("no room for {CANARY}"));
    });
    let file = NewFile::from_bytes("a.txt", "a private text");
    let upload = client(&server.base_url(), CANARY).upload_file(file);
    let shown = format!("{upload:?}");
    let error = upload.await.unwrap_err();
    mock.assert();
    assert!(error.is_server_error() && error.may_have_succeeded());
    let shown = format!("{shown} {error} {error:?}");
    assert!(shown.contains("no room for [redacted]"), "{shown}");
    assert!(
        !shown.contains("private") && !shown.contains(CANARY),
        "{shown}"
    );
}

#[tokio::test]
async fn an_upload_has_a_time_of_its_own() {
    let slow = silent();
    let file = || NewFile::from_bytes("a.txt", "x");
    let upload = slow.upload_file(file()).timeout(Duration::from_nanos(1));
    assert!(upload.await.unwrap_err().is_timeout());
    // And the other way round: the client's time for an attempt does not cut an upload short.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::builder(basalam_chat::PersonalToken::new(CANARY))
        .base_url(base_url)
        .attempt_timeout(Duration::from_nanos(1))
        .build()
        .unwrap();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let mut body = vec![0; length(&head(&mut reader)).unwrap() as usize];
        reader.read_exact(&mut body).unwrap();
        answer(&stream);
    });
    client.upload_file(file()).await.unwrap();
    server.join().unwrap();
}

#[tokio::test]
async fn an_uploaded_picture_is_sent_and_read_by_the_other_side() {
    for uploads_have_url in [true, false] {
        let emulator = Emulator::builder().uploads_have_url(uploads_have_url);
        let emulator = emulator.start().await.unwrap();
        let seller = super::seller(&emulator);
        let customer = client(emulator.base_url(), emulator.customer().token());
        let partner = UserId(emulator.customer().id);
        let chat = seller.create_chat(partner).await.unwrap();

        let parcel = NewFile::from_bytes("مرسوله.png", "bytes");
        let upload = seller.upload_picture(parcel).await.unwrap();
        assert_eq!(upload.url.is_some(), uploads_have_url);
        assert_eq!(upload.mime_type.as_deref(), Some("image/png"));
        let message = upload.clone().caption("در راه است");
        seller.create_message(chat.id, message).await.unwrap();

        let page = customer.get_messages(chat.id).await.unwrap();
        assert_eq!(page.messages[0].message_type, MessageType::Picture);
        let content = &page.messages[0].content;
        assert_eq!(content.text.as_deref(), Some("در راه است"));
        let file = &content.files.as_ref().unwrap()[0];
        assert_eq!(file.id, Some(upload.id));
        assert_eq!(file.url.as_deref(), Some(upload.url()));
        assert_eq!(file.name.as_deref(), Some("مرسوله.png"));
        assert_eq!(file.size, Some(5));
    }
}

#[tokio::test]
async fn an_upload_becomes_a_message_that_shows_it() {
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.method(POST).path("/v1/files");
        then.status(200).json_body(stored());
    });
    let file = json!({
        "id": 71, "url": "https://example.com/abc.jpg", "name": "parcel.jpg", "width": 800,
        "height": 600, "size": 5,
    });
    let sent = server.mock(|when, then| {
        when.method(POST)
            .path("/v1/chats/9/messages")
            .json_body(json!({
                "message_type": "picture",
                "content": { "text": "On its way!" },
                "attachment": { "files": [file] },
            }));
        then.status(200).json_body(super::answers::sent(5));
    });
    let client = client(&server.base_url(), CANARY);
    let parcel = NewFile::from_bytes("parcel.jpg", "bytes");
    client
        .create_message(
            ChatId(9),
            client
                .upload_picture(parcel)
                .await
                .unwrap()
                .caption("On its way!"),
        )
        .await
        .unwrap();
    sent.assert();
}
