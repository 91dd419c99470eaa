//! Uploads of files.

mod file_errors;
mod form;
mod messages;
mod request_errors;
mod streaming;

use std::io;

use basalam_chat::{Client, PersonalToken};
use serde_json::{Value, json};

use super::support::{CANARY, listen};

/// Returns the response to an upload.
fn upload_result() -> Value {
    json!({
        "id": 71, "file_name": "abc.jpg", "file_name_alone": "abc", "path": "chat/", "size": 5,
        "type": "image", "file_type": 5901, "width": 800, "height": 600, "url": null,
        "urls": { "primary": "https://example.com/abc.jpg" }, "created_at": "2026-07-22 10:28:23",
        "creator_user_id": 430,
    })
}

/// Starts a server that reads until the connection ends and never responds.
fn silent_server() -> Client {
    let (listener, base_url) = listen();
    // Timeouts take real time.
    let client = Client::builder(PersonalToken::new(CANARY)).base_url(base_url);
    let client = client.build().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // The connection may end with an error.
        let _ = io::copy(&mut stream, &mut io::sink());
    });
    client
}
