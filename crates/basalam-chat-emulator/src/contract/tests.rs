use serde_json::json;

use super::*;

#[test]
fn the_document_in_the_crate_can_be_used() {
    let contract = Contract::embedded().unwrap();
    assert!(contract.operation("create_message").is_some());
    assert!(contract.operation("no_such_operation").is_none());
}

#[test]
fn a_document_that_cannot_be_used_is_told() {
    let parameter = |schema: &str| {
        format!(
            r#"{{"openapi": "3.0.3", "paths": {{"/a": {{"get": {{"operationId": "a",
            "parameters": [{{"name": "p", "in": "query" {schema}}}]}}}}}}}}"#
        )
    };
    for text in [
        "{".to_owned(),
        r#"{"openapi": "3.0.3", "paths": {"/a": {"get": {}}}}"#.to_owned(),
        parameter(""),
        parameter(r#", "schema": {}"#),
        parameter(r#", "schema": {"type": "array"}"#),
        parameter(r##", "schema": {"$ref": "#/nowhere"}"##),
    ] {
        let error = Contract::read(&text).err().expect("it cannot be used");
        assert!(error.is_document(), "{text}: {error}");
    }
    let usable = parameter(r#", "schema": {"allOf": [{"type": "integer"}]}"#);
    assert!(Contract::read(&usable).is_ok());
}

#[test]
fn an_answer_that_breaks_the_document_is_caught_without_telling_its_values() {
    let contract = Contract::embedded().unwrap();
    let operation = contract.operation("get_messages").unwrap();
    assert_eq!(
        operation.check_answer(200, &json!({ "data": { "messages": [] } })),
        Ok(())
    );
    let fault = operation.check_answer(200, &json!({ "data": { "messages": "private" } }));
    let fault = fault.unwrap_err();
    assert!(fault.contains("/data/messages"), "{fault}");
    assert!(!fault.contains("private"), "{fault}");
    assert!(operation.check_answer(299, &json!({})).is_err());
}

#[test]
fn only_what_the_document_secures_needs_a_token() {
    let contract = Contract::embedded().unwrap();
    let needs_token = |id| contract.operation(id).unwrap().needs_token;
    assert!(needs_token("create_message"));
    assert!(!needs_token("get_me"), "the token of a bot is in the path");
}

#[test]
fn the_scopes_of_an_operation_are_those_of_the_document() {
    let contract = Contract::embedded().unwrap();
    let scopes = |id| Vec::from_iter(contract.operation(id).unwrap().scopes.clone());
    assert_eq!(scopes("create_message"), ["customer.chat.write"]);
    assert_eq!(scopes("get_chats"), ["customer.chat.read"]);
    assert_eq!(scopes("get_current_user"), [""; 0]);
    assert_eq!(scopes("get_me"), [""; 0]);
}
