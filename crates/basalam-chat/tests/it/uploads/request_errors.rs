//! Invalid input, error statuses and timeouts of uploads.

use std::io::BufReader;
use std::time::Duration;

use basalam_chat::{Client, NewFile, PersonalToken};
use httpmock::prelude::*;

use super::{silent_server, upload_result};
use crate::support::http_server::{read_body, read_head, respond};
use crate::support::{CANARY, client, listen};

#[tokio::test]
async fn rejects_invalid_input_before_sending() {
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
            "`file` has an invalid media type",
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
async fn error_status_is_reported_without_a_retry_and_redacted() {
    let server = MockServer::start_async().await;
    let mock = server.mock(|when, then| {
        when.method(POST).path("/v1/files");
        then.status(503)
            .json_body(serde_json::json!({ "message": format!("no room for {CANARY}") }));
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
async fn uploads_have_a_separate_timeout() {
    let file = || NewFile::from_bytes("a.txt", "x");
    let upload = silent_server()
        .upload_file(file())
        .timeout(Duration::from_nanos(1));
    assert!(upload.await.unwrap_err().is_timeout());
    // The attempt timeout of the client does not apply to uploads.
    let (listener, base_url) = listen();
    let client = Client::builder(PersonalToken::new(CANARY))
        .base_url(base_url)
        .attempt_timeout(Duration::from_nanos(1))
        .build()
        .unwrap();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let head = read_head(&mut reader);
        read_body(&head, &mut reader);
        respond(&stream, &upload_result());
    });
    client.upload_file(file()).await.unwrap();
    server.join().unwrap();
}
