//! What the facade says beside the document is what the document says.

use basalam_chat::Environment;
use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(include_str!("../../../../openapi/chat.json")).unwrap()
}

#[test]
fn the_environments_are_the_servers_of_the_document() {
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
fn every_operation_of_the_document_is_in_the_table_and_no_other() {
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
