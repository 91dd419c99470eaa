use basalam_chat_emulator::{Emulator, MAX_BODY_BYTES};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{BufferedResponse, Service, messages};

const FILES: &str = "/v1/files";

fn file(name: &str, media_type: &str, bytes: &[u8]) -> Form {
    let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    Form::new().part("file", part.mime_str(media_type).unwrap())
}

fn picture() -> Form {
    file("a.JPG", "image/jpeg", b"\xff\xd8 not really").text("file_type", "chat.photo")
}

async fn upload(service: &Service, form: Form) -> BufferedResponse {
    let request = service.request(Method::POST, FILES, service.emulator.customer());
    BufferedResponse::send(request.multipart(form)).await
}

async fn download(service: &Service, url: &Value) -> (u16, String, Vec<u8>) {
    let response = service.client.get(url.as_str().unwrap()).send().await;
    let response = response.unwrap();
    let media_type = response.headers()["content-type"].to_str().unwrap();
    let (status, media_type) = (response.status().as_u16(), media_type.to_owned());
    (status, media_type, response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn uploaded_file_is_described_stored_and_served() {
    let (service, _) = Service::start_with_clock().await;
    let customer = service.emulator.customer();
    let response = upload(&service, picture()).await.ok();
    let id = response["id"].as_i64().unwrap();
    let url = format!("{}/files/{id}/a%2EJPG", service.emulator.base_url());
    assert_eq!(
        response,
        json!({
            "id": id, "file_name": "a.JPG", "file_name_alone": "a", "path": format!("files/{id}/"),
            "format": "jpg", "mime_type": "image/jpeg", "type": "image", "file_type": 5901,
            "width": null, "height": null, "size": 13, "duration": null,
            "url": url, "urls": { "primary": url, "original": url },
            "created_at": "2026-07-22 10:00:00", "creator_user_id": customer.id,
        })
    );
    let (status, media_type, bytes) = download(&service, &response["url"]).await;
    assert_eq!((status, media_type.as_str()), (200, "image/jpeg"));
    assert_eq!(bytes, b"\xff\xd8 not really");

    let stored = service.emulator.file(id).unwrap();
    assert_eq!(stored.bytes(), bytes);
    assert_eq!(stored.file_type, "chat.photo");
    assert_eq!(stored.media_type, "image/jpeg");
    assert_eq!(stored.creator_user_id, customer.id);
    assert_eq!(service.emulator.file(id + 1).map(|it| it.id), None);
    assert!(
        !format!("{stored:?}").contains("a.JPG"),
        "debug output redacts names"
    );
}

#[tokio::test]
async fn sanitizes_file_names_and_serves_files_by_url() {
    let service = Service::start().await;
    for (name, stored, format) in [
        ("عکس ۱.png", "عکس ۱.png", json!("png")),
        ("a b?#%2F&.tar.gz", "a b?#%2F&.tar.gz", json!("gz")),
        ("C:\\pictures\\a.jpg", "a.jpg", json!("jpg")),
        ("../../etc/passwd", "passwd", json!(null)),
        (".hidden", ".hidden", json!(null)),
        ("..", "file", json!(null)),
    ] {
        let form = file(name, "text/plain; charset=utf-8", name.as_bytes());
        let response = upload(&service, form.text("file_type", "chat.file")).await;
        let response = response.ok();
        assert_eq!(response["file_name"], json!(stored));
        assert_eq!(response["format"], format, "{name}");
        assert_eq!(response["type"], json!("file"));
        let (status, media_type, bytes) = download(&service, &response["url"]).await;
        assert_eq!(status, 200, "{name}");
        assert_eq!(media_type, "text/plain; charset=utf-8");
        assert_eq!(bytes, name.as_bytes());
    }
}

#[tokio::test]
async fn accepts_every_file_type_and_returns_distinct_ids() {
    let service = Service::start().await;
    let mut type_ids = Vec::new();
    for (file_type, media_type, kind) in [
        ("chat.photo", "image/png", "image"),
        ("chat.video", "video/mp4", "video"),
        ("chat.voice", "audio/ogg", "audio"),
        ("chat.file", "application/pdf", "file"),
        ("product.photo", "image/png", "image"),
        ("product.video", "video/mp4", "video"),
        ("user.avatar", "image/png", "image"),
        ("user.cover", "image/png", "image"),
        ("vendor.cover", "image/png", "image"),
        ("vendor.logo", "image/png", "image"),
    ] {
        let form = file("a", media_type, b"").text("file_type", file_type);
        let response = upload(&service, form).await.ok();
        assert_eq!(response["type"], json!(kind), "{file_type}");
        assert_eq!(response["size"], json!(0));
        type_ids.push(response["file_type"].as_i64().unwrap());
    }
    type_ids.sort_unstable();
    type_ids.dedup();
    assert_eq!(type_ids.len(), 10);
}

#[tokio::test]
async fn invalid_form_is_422_with_location() {
    let service = Service::start().await;
    let with_type = |form: Form| form.text("file_type", "chat.file");
    for (form, location, rule) in [
        (
            Form::new().text("file_type", "chat.file"),
            json!(["body", "file"]),
            "missing",
        ),
        (
            file("a", "text/plain", b""),
            json!(["body", "file_type"]),
            "missing",
        ),
        (
            file("a", "text/plain", b"").text("file_type", "chat"),
            json!(["body", "file_type"]),
            "enum",
        ),
        (
            with_type(Form::new()).text("file", "text"),
            json!(["body", "file"]),
            "value_error",
        ),
        (
            with_type(file("a", "text/plain", b"")).text("expire_minutes", "soon"),
            json!(["body", "expire_minutes"]),
            "int_parsing",
        ),
        (
            with_type(file("a", "text/plain", b"")).text("expire_minutes", "0"),
            json!(["body", "expire_minutes"]),
            "value_error",
        ),
        (
            with_type(file("a", "text/plain", b"")).text("expire_minutes", i64::MAX.to_string()),
            json!(["body", "expire_minutes"]),
            "value_error",
        ),
        (
            with_type(file("a", "text/plain", b"")).text("custom_unique_name", "a/b"),
            json!(["body", "custom_unique_name"]),
            "value_error",
        ),
        (
            with_type(file("a", "text/plain", b""))
                .part("custom_unique_name", Part::bytes(b"\xff".to_vec())),
            json!(["body", "custom_unique_name"]),
            "string_unicode",
        ),
    ] {
        let response = upload(&service, form).await;
        let violation = response.assert_invalid(location);
        assert_eq!(violation["type"], json!(rule), "{response:?}");
    }
}

#[tokio::test]
async fn rejects_invalid_multipart_body() {
    let service = Service::start().await;
    let request = || service.request(Method::POST, FILES, service.emulator.customer());
    let form = "multipart/form-data; boundary=x";
    for (media_type, body) in [
        (None, ""),
        (Some("application/json"), "{}"),
        (Some("multipart/form-data"), "--x--\r\n"),
        (Some(form), ""),
        (Some(form), "hello"),
        (
            Some(form),
            "--x\r\nContent-Disposition: form-data; name=\"file_type\"\r\n\r\nchat.fi",
        ),
    ] {
        let mut request = request().body(body);
        if let Some(media_type) = media_type {
            request = request.header("Content-Type", media_type);
        }
        let response = BufferedResponse::send(request).await;
        response.assert_invalid(json!(["body"]));
    }
}

#[tokio::test]
async fn file_above_size_limit_is_413() {
    const LIMIT: usize = 100_000;
    let service = Service::start_with(Emulator::builder().max_file_bytes(LIMIT)).await;
    let form = |size: usize| file("a", "text/plain", &vec![b'a'; size]);
    let with_type = |form: Form| form.text("file_type", "chat.file");
    let response = upload(&service, with_type(form(LIMIT))).await.ok();
    assert_eq!(response["size"], json!(LIMIT));
    let long_name = "a".repeat(MAX_BODY_BYTES);
    for too_large in [
        with_type(form(LIMIT + 1)),
        with_type(form(LIMIT)).text("custom_unique_name", long_name),
    ] {
        let response = upload(&service, too_large).await;
        assert_eq!(response.status, 413, "{response:?}");
        assert!(response.text.contains(&LIMIT.to_string()), "{response:?}");
    }
    let id = response["id"].as_i64().unwrap();
    assert!(service.emulator.file(id + 1).is_none());
}

#[tokio::test]
async fn accepts_unknown_parts_and_thumbnail() {
    let service = Service::start().await;
    let thumbnail = Part::bytes(b"small".to_vec()).file_name("t.jpg");
    let form = picture()
        .part("thumbnail", thumbnail)
        .text("message_uuid", "a");
    upload(&service, form).await.ok();
}

#[tokio::test]
async fn file_expires_after_expire_minutes() {
    let (service, clock) = Service::start_with_clock().await;
    let form = picture().text("expire_minutes", "2");
    let response = upload(&service, form).await.ok();
    let id = response["id"].as_i64().unwrap();
    clock.set(119);
    assert_eq!(download(&service, &response["url"]).await.0, 200);
    clock.set(120);
    assert_eq!(download(&service, &response["url"]).await.0, 404);
    assert!(service.emulator.file(id).is_none());
}

#[tokio::test]
async fn custom_unique_name_can_be_used_once() {
    let service = Service::start().await;
    let named = || picture().text("custom_unique_name", "mine.jpg");
    let response = upload(&service, named()).await.ok();
    assert_eq!(response["file_name"], json!("mine.jpg"));
    let response = upload(&service, named()).await;
    response.assert_invalid(json!(["body", "custom_unique_name"]));
}

#[tokio::test]
async fn wrong_file_id_or_name_is_unknown_route() {
    let service = Service::start().await;
    let id = upload(&service, picture()).await.ok()["id"].clone();
    for path in [
        format!("/files/{id}/b.jpg"),
        format!("/files/{id}"),
        "/files/1/a.JPG".to_owned(),
        "/files/x/a.JPG".to_owned(),
    ] {
        let response = service.get(&path, service.emulator.customer()).await;
        response.assert_unknown_route();
    }
}

#[tokio::test]
async fn url_can_be_omitted_and_uses_the_request_host() {
    let builder = Emulator::builder().include_upload_url(false);
    let service = Service::start_with(builder.allow_host("chat.example")).await;
    let request = service.request(Method::POST, FILES, service.emulator.customer());
    let request = request.header("Host", "chat.example:8080");
    let response = BufferedResponse::send(request.multipart(picture()))
        .await
        .ok();
    assert_eq!(response["url"], json!(null));
    let primary = response["urls"]["primary"].as_str().unwrap();
    assert!(
        primary.starts_with("http://chat.example:8080/files/"),
        "{primary}"
    );
}

#[tokio::test]
async fn message_can_attach_uploaded_and_unknown_files() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let uploaded = upload(&service, picture()).await.ok();
    let files = json!([
        { "id": uploaded["id"], "url": uploaded["url"] },
        { "id": 1, "url": "https://example.com/a.jpg" },
    ]);
    let body = json!({ "message_type": "picture", "attachment": { "files": files } });
    service.post(&messages(chat), customer, &body).await.ok();
    let listed = service.get(&messages(chat), seller).await.ok();
    assert_eq!(listed["data"]["messages"][0]["content"]["files"], files);
}

#[tokio::test]
async fn dimensions_of_pictures_are_read_from_the_file() {
    let service = Service::start().await;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0";
    let form = file("a.png", "image/png", png).text("file_type", "chat.photo");
    let response = upload(&service, form).await.ok();
    assert_eq!(
        (&response["width"], &response["height"]),
        (&json!(640), &json!(480))
    );
}
