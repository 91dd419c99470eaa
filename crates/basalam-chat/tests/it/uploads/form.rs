//! The multipart form of an upload.

use std::io::{self, BufReader};
use std::sync::{Arc, Mutex, mpsc};

use basalam_chat::files::UploadFileType;
use basalam_chat::{Client, FileId, MessageType, NewFile};

use super::upload_result;
use crate::support::http_server::{content_length, read_body, read_head, respond};
use crate::support::{CANARY, client, listen};

/// A server that records the head and the body of one upload.
struct RecordingServer {
    client: Client,
    request: mpsc::Receiver<(String, String)>,
}

impl RecordingServer {
    fn start() -> RecordingServer {
        let (listener, base_url) = listen();
        let (sender, request) = mpsc::channel();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(&stream);
            let head = read_head(&mut reader);
            let body = read_body(&head, &mut reader);
            respond(&stream, &upload_result());
            let body = String::from_utf8(body).unwrap();
            sender.send((head, body)).unwrap();
        });
        RecordingServer {
            client: client(&base_url, CANARY),
            request,
        }
    }

    fn received(&self) -> (String, String) {
        self.request.recv().unwrap()
    }
}

/// Returns the parts of a form, each as its headers and its content.
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

/// Returns a part that is a field.
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
async fn sends_file_thumbnail_and_every_field() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("مرسوله.jpg");
    std::fs::write(&path, "bytes").unwrap();
    let server = RecordingServer::start();
    let upload = server
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

    let (head, body) = server.received();
    assert!(head.starts_with("POST /v1/files HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("authorization: Bearer {CANARY}\r\n")));
    assert!(head.contains("accept: application/json\r\n"), "{head}");
    assert_eq!(content_length(&head), Some(body.len() as u64));
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
async fn each_upload_method_sends_its_file_type() {
    for (file_type, message_type) in [
        ("chat.photo", MessageType::Picture),
        ("chat.video", MessageType::Video),
        ("chat.voice", MessageType::Voice),
        ("chat.file", MessageType::File),
        ("product.photo", MessageType::File),
    ] {
        let server = RecordingServer::start();
        let client = &server.client;
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
        let (head, body) = server.received();
        assert_eq!(parts(&head, &body)[0], part("file_type", file_type));
        assert_eq!(upload.caption("x").message_type(), &message_type);
    }
}

#[tokio::test]
async fn sends_readers_of_unknown_length_in_chunks() {
    let readers = [
        NewFile::from_reader("a.txt", io::Cursor::new("read to its end")),
        NewFile::from_blocking_reader("a.txt", io::Cursor::new("read to its end")),
    ];
    for file in readers {
        let server = RecordingServer::start();
        server.client.upload_file(file).await.unwrap();
        let (head, body) = server.received();
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        let expected = file_part("file", "a.txt", "text/plain", "read to its end");
        assert_eq!(parts(&head, &body)[1], expected);
    }
}

#[tokio::test]
async fn reports_progress_up_to_the_end() {
    let server = RecordingServer::start();
    let steps = Arc::new(Mutex::new(Vec::new()));
    let sink = steps.clone();
    let bytes = "x".repeat(150_000);
    server
        .client
        .upload_file(NewFile::from_bytes("a.txt", bytes))
        .on_progress(move |sent, total| sink.lock().unwrap().push((sent, total)))
        .await
        .unwrap();
    let total = Some(150_000);
    let expected = [(65_536, total), (131_072, total), (150_000, total)];
    assert_eq!(*steps.lock().unwrap(), expected);
}

#[tokio::test]
async fn file_name_is_sent_as_browsers_do_and_without_directories() {
    for (name, sent) in [
        ("a \"b\".jpg", "a %22b%22.jpg"),
        ("\".jpg", "%22.jpg"),
        ("a; name=\"x\".jpg", "a; name=%22x%22.jpg"),
        ("../../x.jpg", "x.jpg"),
        (r"C:\dir\x.jpg", "x.jpg"),
        ("a%22b.jpg", "a%22b.jpg"),
        ("عکس.jpg", "عکس.jpg"),
    ] {
        let server = RecordingServer::start();
        let file = NewFile::from_bytes(name, "x");
        server
            .client
            .upload_file(file)
            .thumbnail(NewFile::from_bytes(name, "y"))
            .await
            .unwrap();
        let (head, body) = server.received();
        let parts = parts(&head, &body);
        assert_eq!(parts[1], file_part("thumbnail", sent, "image/jpeg", "y"));
        assert_eq!(parts[2], file_part("file", sent, "image/jpeg", "x"));
    }
}

#[tokio::test]
async fn service_reads_files_with_any_name() {
    let emulator = basalam_chat_emulator::Emulator::start().await.unwrap();
    let seller = crate::support::seller(&emulator);
    for name in [
        "a \"b\".png",
        r"..\..\b.png",
        "x; filename=\"y.png",
        "a=b&c.png",
    ] {
        let file = NewFile::from_bytes(name, "bytes");
        let upload = seller.upload_picture(file).await.unwrap();
        assert_eq!(
            emulator.file(upload.id.0).unwrap().bytes(),
            b"bytes",
            "{name}"
        );
    }
}
