use serde_json::json;

use crate::support::{Service, messages};

/// Starts a service with five messages in one chat. Returns the chat id and message ids.
async fn start_with_five_messages() -> (Service, i64, Vec<i64>) {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let mut ids = Vec::new();
    for index in 0..5 {
        ids.push(service.send_text(chat, customer, &index.to_string()).await);
    }
    (service, chat, ids)
}

#[tokio::test]
async fn first_page_without_cursor_is_newest_first() {
    let (service, chat, ids) = start_with_five_messages().await;
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
async fn comparisons_select_messages_in_either_order() {
    let (service, chat, ids) = start_with_five_messages().await;
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
async fn paging_back_by_smallest_id_returns_every_message_once() {
    let (service, chat, mut ids) = start_with_five_messages().await;
    let customer = service.emulator.customer();
    let mut seen_ids = service.message_ids(chat, customer, "limit=2").await;
    while let Some(smallest) = seen_ids.last() {
        let query = format!("limit=2&message_id={smallest}");
        let page = service.message_ids(chat, customer, &query).await;
        if page.is_empty() {
            break;
        }
        seen_ids.extend(page);
    }
    ids.reverse();
    assert_eq!(seen_ids, ids);
}

#[tokio::test]
async fn default_page_has_20_messages() {
    let (service, chat, _) = start_with_five_messages().await;
    let customer = service.emulator.customer();
    for index in 5..21 {
        service.send_text(chat, customer, &index.to_string()).await;
    }
    assert_eq!(service.message_ids(chat, customer, "").await.len(), 20);
    assert_eq!(
        service.message_ids(chat, customer, "limit=200").await.len(),
        21
    );
}

#[tokio::test]
async fn rejects_limit_below_1_and_bt_comparison() {
    let (service, chat, ids) = start_with_five_messages().await;
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
        let message = violation["msg"].as_str().unwrap();
        assert!(
            message.contains(if name == "cmp" { "bt" } else { "1" }),
            "{message}"
        );
    }
}
