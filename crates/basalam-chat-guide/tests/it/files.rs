use basalam_chat_guide::files::{download, upload};

use super::support::{builder, shared, shop};

#[tokio::test]
async fn files_are_uploaded_sent_and_downloaded() {
    let shop = shop();
    let directory = tempfile::tempdir().unwrap();
    let picture = directory.path().join("parcel.jpg");
    std::fs::write(&picture, "a picture").unwrap();
    let path = picture.to_str().unwrap();
    upload::send_files(&shop.client, shop.chat, path)
        .await
        .unwrap();

    let customer = builder(shared(), &shop.customer).build().unwrap();
    let page = customer.get_messages(shop.chat).await.unwrap();
    let types: Vec<_> = page.iter().map(|it| it.message_type.as_str()).collect();
    assert_eq!(types, ["file", "picture"]);
    let downloaded = download::download(&page.items[1]).await.unwrap();
    assert_eq!(downloaded, [b"a picture"]);
}

#[tokio::test]
async fn missing_file_is_an_error_before_anything_is_sent() {
    let shop = shop();
    let error = upload::send_files(&shop.client, shop.chat, "missing.jpg").await;
    assert!(error.unwrap_err().is_invalid_input());
    assert!(shared().messages(shop.chat.0).is_empty());
}
