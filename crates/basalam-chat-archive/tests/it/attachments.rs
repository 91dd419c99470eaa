//! Downloads of files.

use std::fs;

use basalam_chat_emulator::SeedMessage;

use super::support::{Fixture, lines};

const PICTURE: &[u8] = b"\xff\xd8\xff\xe0 a picture";

/// Adds messages with files at these URLs.
fn messages(fixture: &Fixture, urls: &[&str]) -> i64 {
    let files = (1..)
        .zip(urls)
        .map(|(id, url)| SeedMessage::new("picture").file(id, *url));
    fixture.chat("Sara", files)
}

/// Returns the SHA-256 of the downloaded files.
fn downloaded(fixture: &Fixture) -> Vec<String> {
    let lines = lines(&fixture.archive);
    let files = lines
        .iter()
        .filter_map(|it| it["files"][0]["sha256"].as_str());
    files.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_downloaded_once_for_each_content() {
    let fixture = Fixture::new().await;
    let upload = |name: &str, bytes: &[u8]| {
        let file = basalam_chat::NewFile::from_bytes(name, bytes.to_vec());
        let client = fixture.client.clone();
        async move { client.upload_file(file).await.unwrap().url().to_owned() }
    };
    let first = upload("a.jpg", PICTURE).await;
    let same = upload("b.jpg", PICTURE).await;
    let other = upload("c.bin", &[7; 300_000]).await;
    messages(&fixture, &[&first, &same, &other, &first]);
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!(report.attachments_downloaded, 0);
    assert!(!fixture.archive.attachments_path().exists());
    let report = fixture
        .archive
        .sync(&fixture.client)
        .attachments(true)
        .await
        .unwrap();
    assert_eq!(
        (report.attachments_downloaded, report.attachments_failed),
        (4, 0),
        "{report:?}"
    );
    let files = downloaded(&fixture);
    assert_eq!(files.len(), 4);
    assert!(files[0] == files[1] && files[0] == files[3] && files[0] != files[2]);
    let path = fixture
        .archive
        .attachments_path()
        .join(&files[2][..2])
        .join(&files[2]);
    assert_eq!(fs::read(&path).unwrap(), [7; 300_000]);
    // Nothing is downloaded again.
    let before = fixture.requests();
    let report = fixture
        .archive
        .sync(&fixture.client)
        .attachments(true)
        .await
        .unwrap();
    assert_eq!(report.attachments_downloaded, 0);
    assert!(fixture.requests() - before <= 4);
    fs::remove_file(path).unwrap();
    assert_eq!(fixture.archive.check().unwrap().attachments_missing, 1);
    let site = fixture.path("site");
    let exported = fixture.archive.export().html(&site).unwrap();
    assert_eq!(exported.attachments, 1);
    let picture = site.join("files").join(format!("{}.jpg", files[0]));
    assert_eq!(fs::read(picture).unwrap(), PICTURE);
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_hosts_large_files_and_missing_files_are_reported() {
    let fixture = Fixture::new().await;
    let large = fixture
        .client
        .upload_file(basalam_chat::NewFile::from_bytes("l.bin", vec![1; 5000]))
        .await
        .unwrap();
    let missing = format!("{}/files/1/none", fixture.emulator.base_url());
    let urls = [
        "http://169.254.169.254/secret",
        "file:///etc/passwd",
        large.url(),
        &missing,
        "nonsense",
    ];
    messages(&fixture, &urls);
    let sync = fixture
        .archive
        .sync(&fixture.client)
        .attachments(true)
        .max_attachment_bytes(1000);
    let report = sync.await.unwrap();
    assert_eq!(
        (
            report.attachments_downloaded,
            report.attachments_failed,
            report.attachments_skipped
        ),
        (0, 1, 4),
        "{report:?}"
    );
    assert!(report.is_complete());
    let site = fixture.path("site");
    fixture.archive.export().html(&site).unwrap();
    let chat = fixture.archive.chats().unwrap()[0].id;
    let page = fs::read_to_string(site.join(format!("chats/{chat}/1.html"))).unwrap();
    assert!(
        page.contains("larger than 1000 bytes") && page.contains("404"),
        "{page}"
    );
    assert!(!page.contains("href=\"file:"));
    // A limit that allows it.
    let report = fixture
        .archive
        .sync(&fixture.client)
        .attachments(true)
        .await
        .unwrap();
    assert_eq!(report.attachments_downloaded, 1);
}
