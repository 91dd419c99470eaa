use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::super::policy::AttachmentOptions;
use super::*;

/// Serves a file, at first only a part of it, and returns the URL and the requests.
fn serve(content: Vec<u8>, sizes: Vec<usize>, etag: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    let requests: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&requests);
    std::thread::spawn(move || {
        for size in sizes {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            while !request.windows(4).any(|it| it == b"\r\n\r\n") {
                let read = stream.read(&mut buffer).unwrap();
                if read == 0 {
                    break;
                }
                request.extend_from_slice(&buffer[..read]);
            }
            let request = String::from_utf8(request).unwrap().to_ascii_lowercase();
            let range = request
                .lines()
                .find_map(|it| it.strip_prefix("range: bytes=")?.strip_suffix('-'));
            let start: usize = range.map_or(0, |it| it.parse().unwrap());
            let status = if start > 0 {
                "206 Partial Content"
            } else {
                "200 OK"
            };
            let length = content.len() - start;
            let tag = if etag { "etag: \"v1\"\r\n" } else { "" };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\ncontent-range: bytes {start}-{}/{}\r\n{tag}connection: close\r\n\r\n",
                content.len() - 1,
                content.len()
            );
            log.lock().unwrap().push(request);
            stream.write_all(head.as_bytes()).unwrap();
            let end = (start + size).min(content.len());
            stream.write_all(&content[start..end]).unwrap();
        }
    });
    (url, requests)
}

/// Downloads a file that the server sends in parts, and returns its content, the expected one, and the requests.
async fn download(etag: bool) -> (Vec<u8>, Vec<u8>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..200_000_u32).map(|it| (it % 251) as u8).collect();
    let (url, requests) = serve(content.clone(), vec![70_000, 70_000, 200_000], etag);
    let policy = UrlPolicy::new(&url, &AttachmentOptions::default());
    let transfer = Transfer::new(directory.path().to_owned(), policy, 1 << 20).unwrap();
    let outcome = match transfer.run(&url).await {
        // Without a version, each of the three requests starts again.
        FileOutcome::Failed(_) if !etag => transfer.run(&url).await,
        outcome => outcome,
    };
    let FileOutcome::Done { sha256, bytes } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(bytes, 200_000);
    let stored = fs::read(stored_path(directory.path(), &sha256)).unwrap();
    assert_eq!(
        fs::read_dir(directory.path().join("partial"))
            .unwrap()
            .count(),
        0
    );
    let requests = requests.lock().unwrap().clone();
    (stored, content, requests)
}

#[tokio::test]
async fn interrupted_download_resumes() {
    let (stored, content, requests) = download(true).await;
    assert!(stored == content);
    assert_eq!(requests.len(), 3);
    assert!(!requests[0].contains("range:"));
    assert!(requests[1].contains("range: bytes=") && requests[1].contains("if-range: \"v1\""));
    assert!(requests[2].contains("range: bytes="));
    assert!(requests.iter().all(|it| !it.contains("authorization")));
}

#[tokio::test]
async fn download_without_a_version_starts_again() {
    let (stored, content, requests) = download(false).await;
    assert!(stored == content);
    assert!(requests.iter().all(|it| !it.contains("range: bytes")));
}

#[tokio::test]
async fn redirect_to_a_foreign_host_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).unwrap();
        let response =
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(response.as_bytes()).unwrap();
    });
    let policy = UrlPolicy::new(&url, &AttachmentOptions::default());
    let transfer = Transfer::new(directory.path().to_owned(), policy, 1 << 20).unwrap();
    let outcome = transfer.run(&url).await;
    assert!(
        matches!(&outcome, FileOutcome::Failed(reason) if reason.contains("302")),
        "{outcome:?}"
    );
}
