use basalam_chat_guide::archive::archive;

use super::support::{shared, shop};

#[tokio::test]
async fn histories_are_searched_and_exported() {
    let shop = shop();
    shop.receive(shared(), &["كتابها رسید؟", "ممنون"]);
    let directory = tempfile::tempdir().unwrap();
    let run = async |words: &str| {
        archive(&shop.client, directory.path(), words)
            .await
            .unwrap()
    };
    assert_eq!(run("کتاب ها").await, ["كتابها رسید؟"]);
    assert!(directory.path().join("pages/index.html").exists());
    shop.receive(shared(), &["کتاب‌ها عالی بودند"]);
    assert_eq!(run("کتاب ها").await.len(), 2);
    assert!(run("هزینه").await.is_empty());
}
