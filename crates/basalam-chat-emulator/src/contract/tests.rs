use serde_json::json;

use super::*;

#[test]
fn embedded_document_compiles() {
    let contract = Contract::embedded().unwrap();
    assert!(contract.operation("create_message").is_some());
    assert!(contract.operation("no_such_operation").is_none());
}

#[test]
fn rejects_unusable_documents() {
    let parameter = |schema: &str| {
        format!(
            r#"{{"openapi": "3.0.3", "paths": {{"/a": {{"get": {{"operationId": "a",
            "parameters": [{{"name": "p", "in": "query" {schema}}}]}}}}}}}}"#
        )
    };
    for json in [
        "{".to_owned(),
        r#"{"openapi": "3.0.3", "paths": {"/a": {"get": {}}}}"#.to_owned(),
        parameter(""),
        parameter(r#", "schema": {}"#),
        parameter(r#", "schema": {"type": "array"}"#),
        parameter(r##", "schema": {"$ref": "#/nowhere"}"##),
    ] {
        let error = Contract::parse(&json).err().expect("it cannot be used");
        assert!(error.is_document(), "{json}: {error}");
    }
    let usable = parameter(r#", "schema": {"allOf": [{"type": "integer"}]}"#);
    assert!(Contract::parse(&usable).is_ok());
}

#[test]
fn check_response_masks_values() {
    let contract = Contract::embedded().unwrap();
    let operation = contract.operation("get_messages").unwrap();
    assert_eq!(
        operation.check_response(200, &json!({ "data": { "messages": [] } })),
        Ok(())
    );
    let violation = operation
        .check_response(200, &json!({ "data": { "messages": "private" } }))
        .unwrap_err();
    assert!(violation.contains("/data/messages"), "{violation}");
    assert!(!violation.contains("private"), "{violation}");
    assert!(operation.check_response(299, &json!({})).is_err());
}

#[test]
fn only_secured_operations_need_a_token() {
    let contract = Contract::embedded().unwrap();
    let needs_token = |id| contract.operation(id).unwrap().needs_token;
    assert!(needs_token("create_message"));
    assert!(
        !needs_token("get_me"),
        "the token of the bot is in the path"
    );
}

#[test]
fn scopes_come_from_the_document() {
    let contract = Contract::embedded().unwrap();
    let scopes = |id| Vec::from_iter(contract.operation(id).unwrap().scopes.clone());
    assert_eq!(scopes("create_message"), ["customer.chat.write"]);
    assert_eq!(scopes("get_chats"), ["customer.chat.read"]);
    assert_eq!(scopes("get_current_user"), [""; 0]);
    assert_eq!(scopes("get_me"), [""; 0]);
}
