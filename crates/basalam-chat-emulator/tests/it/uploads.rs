use basalam_chat_emulator::{Emulator, MAX_BODY_BYTES};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Answer, Service, StoppedClock, messages};

const FILES: &str = "/v1/files";

fn file(name: &str, media_type: &str, bytes: &[u8]) -> Form {
    let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    Form::new().part("file", part.mime_str(media_type).unwrap())
}

fn picture() -> Form {
    file("a.JPG", "image/jpeg", b"\xff\xd8 not really").text("file_type", "chat.photo")
}

async fn upload(service: &Service, form: Form) -> Answer {
    let request = service.request(Method::POST, FILES, service.emulator.customer());
    Answer::of(request.multipart(form)).await
}

async fn fetch(service: &Service, url: &Value) -> (u16, String, Vec<u8>) {
    let response = service.client.get(url.as_str().unwrap()).send().await;
    let response = response.unwrap();
    let media_type = response.headers()["content-type"].to_str().unwrap();
    let (status, media_type) = (response.status().as_u16(), media_type.to_owned());
    (status, media_type, response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn an_uploaded_file_is_described_stored_and_served_as_it_was() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let customer = service.emulator.customer();
    let answer = upload(&service, picture()).await.ok();
    let id = answer["id"].as_i64().unwrap();
    let url = format!("{}/files/{id}/a%2EJPG", service.emulator.base_url());
    assert_eq!(
        answer,
        json!({
            "id": id, "file_name": "a.JPG", "file_name_alone": "a", "path": format!("files/{id}/"),
            "format": "jpg", "mime_type": "image/jpeg", "type": "image", "file_type": 5901,
            "width": null, "height": null, "size": 13, "duration": null,
            "url": url, "urls": { "primary": url, "original": url },
            "created_at": "2026-07-22 10:00:00", "creator_user_id": customer.id,
        })
    );
    let (status, media_type, bytes) = fetch(&service, &answer["url"]).await;
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
        "names are private"
    );
}

#[tokio::test]
async fn names_of_any_kind_come_back_and_lead_to_the_file() {
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
        let answer = upload(&service, form.text("file_type", "chat.file")).await;
        let answer = answer.ok();
        assert_eq!(answer["file_name"], json!(stored));
        assert_eq!(answer["format"], format, "{name}");
        assert_eq!(answer["type"], json!("file"));
        let (status, media_type, bytes) = fetch(&service, &answer["url"]).await;
        assert_eq!(status, 200, "{name}");
        assert_eq!(media_type, "text/plain; charset=utf-8");
        assert_eq!(bytes, name.as_bytes());
    }
}

#[tokio::test]
async fn every_purpose_is_taken_and_has_a_number_of_its_own() {
    let service = Service::start().await;
    let mut numbers = Vec::new();
    for (purpose, media_type, kind) in [
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
        let form = file("a", media_type, b"").text("file_type", purpose);
        let answer = upload(&service, form).await.ok();
        assert_eq!(answer["type"], json!(kind), "{purpose}");
        assert_eq!(answer["size"], json!(0));
        numbers.push(answer["file_type"].as_i64().unwrap());
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 10);
}

#[tokio::test]
async fn a_form_that_breaks_the_document_is_refused_with_its_place() {
    let service = Service::start().await;
    let purpose = |form: Form| form.text("file_type", "chat.file");
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
            purpose(Form::new()).text("file", "text"),
            json!(["body", "file"]),
            "value_error",
        ),
        (
            purpose(file("a", "text/plain", b"")).text("expire_minutes", "soon"),
            json!(["body", "expire_minutes"]),
            "int_parsing",
        ),
        (
            purpose(file("a", "text/plain", b"")).text("expire_minutes", "0"),
            json!(["body", "expire_minutes"]),
            "value_error",
        ),
        (
            purpose(file("a", "text/plain", b"")).text("expire_minutes", i64::MAX.to_string()),
            json!(["body", "expire_minutes"]),
            "value_error",
        ),
        (
            purpose(file("a", "text/plain", b"")).text("custom_unique_name", "a/b"),
            json!(["body", "custom_unique_name"]),
            "value_error",
        ),
        (
            purpose(file("a", "text/plain", b""))
                .part("custom_unique_name", Part::bytes(b"\xff".to_vec())),
            json!(["body", "custom_unique_name"]),
            "string_unicode",
        ),
    ] {
        let answer = upload(&service, form).await;
        let violation = answer.assert_invalid(location);
        assert_eq!(violation["type"], json!(rule), "{answer:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_whole_form_is_refused() {
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
        let answer = Answer::of(request).await;
        answer.assert_invalid(json!(["body"]));
    }
}

#[tokio::test]
async fn a_file_up_to_the_limit_is_stored_and_one_above_is_refused_with_413() {
    const LIMIT: usize = 100_000;
    let service = Service::with(Emulator::builder().max_file_bytes(LIMIT)).await;
    let form = |size: usize| file("a", "text/plain", &vec![b'a'; size]);
    let purpose = |form: Form| form.text("file_type", "chat.file");
    let answer = upload(&service, purpose(form(LIMIT))).await.ok();
    assert_eq!(answer["size"], json!(LIMIT));
    let rest = "a".repeat(MAX_BODY_BYTES);
    for too_large in [
        purpose(form(LIMIT + 1)),
        purpose(form(LIMIT)).text("custom_unique_name", rest),
    ] {
        let answer = upload(&service, too_large).await;
        assert_eq!(answer.status, 413, "{answer:?}");
        assert!(answer.text.contains(&LIMIT.to_string()), "{answer:?}");
    }
    let id = answer["id"].as_i64().unwrap();
    assert!(service.emulator.file(id + 1).is_none());
}

#[tokio::test]
async fn unknown_parts_and_a_thumbnail_are_let_through() {
    let service = Service::start().await;
    let thumbnail = Part::bytes(b"small".to_vec()).file_name("t.jpg");
    let form = picture()
        .part("thumbnail", thumbnail)
        .text("message_uuid", "a");
    upload(&service, form).await.ok();
}

#[tokio::test]
async fn a_file_is_gone_when_its_minutes_are_over() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let form = picture().text("expire_minutes", "2");
    let answer = upload(&service, form).await.ok();
    let id = answer["id"].as_i64().unwrap();
    clock.set(119);
    assert_eq!(fetch(&service, &answer["url"]).await.0, 200);
    clock.set(120);
    assert_eq!(fetch(&service, &answer["url"]).await.0, 404);
    assert!(service.emulator.file(id).is_none());
}

#[tokio::test]
async fn a_name_of_ones_own_is_used_once() {
    let service = Service::start().await;
    let named = || picture().text("custom_unique_name", "mine.jpg");
    let answer = upload(&service, named()).await.ok();
    assert_eq!(answer["file_name"], json!("mine.jpg"));
    let answer = upload(&service, named()).await;
    answer.assert_invalid(json!(["body", "custom_unique_name"]));
}

#[tokio::test]
async fn only_the_right_number_and_name_lead_to_a_file() {
    let service = Service::start().await;
    let id = upload(&service, picture()).await.ok()["id"].clone();
    for path in [
        format!("/files/{id}/b.jpg"),
        format!("/files/{id}"),
        "/files/1/a.JPG".to_owned(),
        "/files/x/a.JPG".to_owned(),
    ] {
        let answer = service.get(&path, service.emulator.customer()).await;
        answer.assert_unknown_route();
    }
}

#[tokio::test]
async fn the_address_may_be_left_out_of_url_and_follows_the_host_of_the_request() {
    let service = Service::with(Emulator::builder().include_upload_url(false)).await;
    let request = service.request(Method::POST, FILES, service.emulator.customer());
    let request = request.header("Host", "chat.example:8080");
    let answer = Answer::of(request.multipart(picture())).await.ok();
    assert_eq!(answer["url"], json!(null));
    let primary = answer["urls"]["primary"].as_str().unwrap();
    assert!(
        primary.starts_with("http://chat.example:8080/files/"),
        "{primary}"
    );
}

#[tokio::test]
async fn an_uploaded_file_goes_out_in_a_message_and_so_does_one_that_nobody_uploaded() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
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
