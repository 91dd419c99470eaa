use serde_json::json;

use crate::support::{Service, messages};

/// A chat with five messages, and their ids.
async fn five() -> (Service, i64, Vec<i64>) {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(service.send(chat, customer, &number.to_string()).await);
    }
    (service, chat, ids)
}

#[tokio::test]
async fn without_a_cursor_the_newest_page_comes_newest_first() {
    let (service, chat, ids) = five().await;
    let customer = service.emulator.customer();
    let newest = [ids[4], ids[3]];
    for query in [
        "limit=2",
        "limit=2&order=desc&cmp=lt",
        "limit=2&message_id=0&cmp=lte&order=desc",
        "limit=2&message_id=0&cmp=gt",
    ] {
        let found = service.message_ids(chat, customer, query).await;
        assert_eq!(found, newest, "{query}");
    }
    let oldest = service
        .message_ids(chat, customer, "limit=2&order=asc")
        .await;
    assert_eq!(oldest, [ids[0], ids[1]]);
}

#[tokio::test]
async fn each_comparison_gives_its_side_in_either_order() {
    let (service, chat, ids) = five().await;
    let customer = service.emulator.customer();
    for (query, expected) in [
        ("cmp=lt", vec![1, 0]),
        ("", vec![1, 0]),
        ("cmp=lte", vec![2, 1, 0]),
        ("cmp=gt", vec![4, 3]),
        ("cmp=gte", vec![4, 3, 2]),
        ("cmp=gt&order=asc", vec![3, 4]),
        ("cmp=lt&order=asc", vec![0, 1]),
        ("cmp=gt&order=asc&limit=1", vec![3]),
        ("cmp=gt&order=desc&limit=1", vec![4]),
        ("cmp=lt&order=asc&limit=1", vec![0]),
    ] {
        let query = format!("message_id={}&{query}", ids[2]);
        let found = service.message_ids(chat, customer, &query).await;
        let expected: Vec<_> = expected
            .into_iter()
            .map(|index: usize| ids[index])
            .collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn walking_back_by_the_smallest_id_meets_every_message_once() {
    let (service, chat, mut ids) = five().await;
    let customer = service.emulator.customer();
    let mut met = service.message_ids(chat, customer, "limit=2").await;
    while let Some(smallest) = met.last() {
        let query = format!("limit=2&message_id={smallest}");
        let page = service.message_ids(chat, customer, &query).await;
        if page.is_empty() {
            break;
        }
        met.extend(page);
    }
    ids.reverse();
    assert_eq!(met, ids);
}

#[tokio::test]
async fn a_page_has_20_messages_unless_told_otherwise() {
    let (service, chat, _) = five().await;
    let customer = service.emulator.customer();
    for number in 5..21 {
        service.send(chat, customer, &number.to_string()).await;
    }
    assert_eq!(service.message_ids(chat, customer, "").await.len(), 20);
    assert_eq!(
        service.message_ids(chat, customer, "limit=200").await.len(),
        21
    );
}

#[tokio::test]
async fn a_limit_below_1_and_bt_are_violations() {
    let (service, chat, ids) = five().await;
    let customer = service.emulator.customer();
    for (query, name) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=-3".to_owned(), "limit"),
        ("cmp=bt".to_owned(), "cmp"),
        (format!("cmp=bt&message_id={}", ids[0]), "cmp"),
    ] {
        let path = format!("{}?{query}", messages(chat));
        let violation = service.get(&path, customer).await;
        let violation = violation.assert_invalid(json!(["query", name]));
        let words = violation["msg"].as_str().unwrap();
        assert!(
            words.contains(if name == "cmp" { "bt" } else { "1" }),
            "{words}"
        );
    }
}
