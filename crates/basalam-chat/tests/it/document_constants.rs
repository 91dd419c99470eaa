//! Constants of the facade match the document.

use basalam_chat::Environment;
use basalam_chat::chats::DeleteChats;
use basalam_chat::messages::{DeleteMessage, ForwardMessage};
use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(include_str!("../../../../openapi/chat.json")).unwrap()
}

#[test]
fn environments_match_the_servers_of_the_document() {
    let document = document();
    let servers: Vec<&str> = document["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|server| server["url"].as_str().unwrap())
        .collect();
    let environments = [Environment::Production, Environment::Development];
    assert_eq!(servers, environments.map(Environment::base_url));
}

#[test]
fn operation_table_matches_the_operations_of_the_document() {
    let document = document();
    let mut in_document: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let mut in_table: Vec<&str> = basalam_chat::raw::operations::ALL
        .iter()
        .map(|operation| operation.id)
        .collect();
    in_document.sort_unstable();
    in_table.sort_unstable();
    assert_eq!(in_document, in_table);
}

#[test]
fn batch_sizes_match_max_items_of_the_document() {
    let document = document();
    let max_items = |schema: &str, field: &str| {
        let field = &document["components"]["schemas"][schema]["properties"][field];
        usize::try_from(field["maxItems"].as_u64().unwrap()).unwrap()
    };
    let in_document = [
        max_items("DeleteMessageBody", "message_ids"),
        max_items("ForwardMessageBody", "message_ids"),
        max_items("DeleteChatsBody", "chat_ids"),
    ];
    let in_code = [
        DeleteMessage::MAX_PER_CALL,
        ForwardMessage::MAX_PER_CALL,
        DeleteChats::MAX_PER_CALL,
    ];
    assert_eq!(in_code, in_document);
    assert_eq!(max_items("ForwardMessageBody", "chat_ids"), 1);
}
