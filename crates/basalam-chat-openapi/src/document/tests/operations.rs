use super::*;

#[test]
fn reads_all_parts_of_an_operation_and_resolves_references() {
    let document = document(json!({
        "openapi": "3.0.3",
        "paths": { "/chats/{id}": { "post": {
            "operationId": "send",
            "parameters": [{ "$ref": "#/components/parameters/Id" }],
            "requestBody": { "$ref": "#/components/requestBodies/Message" },
            "responses": {
                "default": { "description": "" },
                "5XX": { "description": "" },
                "200": { "$ref": "#/components/responses/Sent" },
                "x-note": 1,
            },
            "x-idempotent": false,
        } } },
        "components": {
            "parameters": { "Id": { "name": "id", "in": "path", "schema": { "type": "integer" } } },
            "requestBodies": { "Message": {
                "required": true,
                "content": { "application/json": { "schema": { "type": "object" } } },
            } },
            "responses": { "Sent": {
                "description": "",
                "content": { "text/plain": {}, "application/json": { "schema": {} } },
            } },
        },
    }));
    let operations = document.operations().unwrap();
    let [operation] = operations.as_slice() else {
        panic!("expected one operation, got {operations:?}");
    };
    assert_eq!(operation.method, Method::Post);
    assert_eq!(operation.path, "/chats/{id}");
    assert_eq!(operation.id, Some("send"));
    assert_eq!(operation.value["x-idempotent"], json!(false));
    assert_eq!(operation.pointer.to_string(), "/paths/~1chats~1{id}/post");

    let parameter = &operation.parameters[0];
    assert_eq!(parameter.name, "id");
    assert_eq!(parameter.location, ParameterLocation::Path);
    assert!(parameter.required, "a path parameter always is");
    assert_eq!(parameter.schema, Some(&json!({ "type": "integer" })));
    assert_eq!(parameter.pointer.to_string(), "/components/parameters/Id");

    let body = operation.request_body.as_ref().unwrap();
    assert!(body.required);
    assert_eq!(body.content[0].name, "application/json");
    assert_eq!(
        body.content[0].pointer.to_string(),
        "/components/requestBodies/Message/content/application~1json"
    );

    let statuses: Vec<_> = operation.responses.iter().map(|it| it.status).collect();
    assert_eq!(
        statuses,
        [
            StatusPattern::Code(200),
            StatusPattern::Range(5),
            StatusPattern::Default
        ]
    );
    let names: Vec<_> = operation.responses[0]
        .content
        .iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(names, ["application/json", "text/plain"]);
    assert_eq!(operation.responses[0].content[1].schema, None);
    for (status, pattern) in [
        (200, StatusPattern::Code(200)),
        (503, StatusPattern::Range(5)),
        (404, StatusPattern::Default),
    ] {
        assert_eq!(operation.response(status).unwrap().status, pattern);
    }
}

#[test]
fn operation_parameters_override_those_of_the_path_item() {
    let parameter = |name: &str, location: &str, note: &str| json!({ "name": name, "in": location, "description": note });
    let document = with_paths(json!({ "/a": {
        "parameters": [
            parameter("X-Id", "header", "item"),
            parameter("id", "query", "item"),
            parameter("limit", "query", "item"),
        ],
        "get": { "parameters": [
            parameter("x-id", "header", "operation"),
            parameter("ID", "query", "operation"),
            parameter("limit", "query", "operation"),
        ] },
        "delete": {},
    } }));
    let operations = document.operations().unwrap();
    let notes = |index: usize| -> Vec<_> {
        let parameters = operations[index].parameters.iter();
        parameters
            .map(|it| (it.name, it.value["description"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(
        notes(0),
        [
            ("id", "item"),
            ("x-id", "operation"),
            ("ID", "operation"),
            ("limit", "operation")
        ]
    );
    assert_eq!(operations[1].method, Method::Delete);
    assert_eq!(notes(1).len(), 3);
}

#[test]
fn operations_are_sorted_by_path_and_method() {
    let document = with_paths(json!({
        "/b": { "post": {}, "get": {} },
        "/a": { "patch": {} },
        "x-note": { "get": {} },
    }));
    let operations = document.operations().unwrap();
    let order: Vec<_> = operations.iter().map(|it| (it.path, it.method)).collect();
    assert_eq!(
        order,
        [
            ("/a", Method::Patch),
            ("/b", Method::Get),
            ("/b", Method::Post)
        ]
    );
}

#[test]
fn resolves_path_item_reference_and_rejects_operations_next_to_it() {
    let paths = json!({ "/a": { "$ref": "#/paths/~1b" }, "/b": { "get": {} } });
    let document = with_paths(paths);
    let operations = document.operations().unwrap();
    assert_eq!(operations[0].path, "/a");
    assert_eq!(operations[0].pointer.to_string(), "/paths/~1b/get");

    let document = with_paths(json!({ "/a": { "$ref": "#/paths/~1b", "get": {} }, "/b": {} }));
    let error = document.operations().unwrap_err();
    assert!(error.is_unsupported());
    assert_eq!(error.pointer().to_string(), "/paths/~1a/get");
}

#[test]
fn reports_pointer_of_mistyped_parts() {
    let parameter = |fields: Value| {
        let mut parameter = json!({ "name": "a", "in": "query" });
        parameter
            .as_object_mut()
            .unwrap()
            .append(&mut fields.as_object().unwrap().clone());
        json!({ "parameters": [parameter] })
    };
    for (operation, pointer) in [
        (json!([]), ""),
        (json!({ "operationId": 1 }), "/operationId"),
        (json!({ "parameters": {} }), "/parameters"),
        (json!({ "parameters": [1] }), "/parameters/0"),
        (
            json!({ "parameters": [{ "in": "query" }] }),
            "/parameters/0/name",
        ),
        (
            json!({ "parameters": [{ "name": "a" }] }),
            "/parameters/0/in",
        ),
        (parameter(json!({ "in": "body" })), "/parameters/0/in"),
        (
            parameter(json!({ "required": "yes" })),
            "/parameters/0/required",
        ),
        (parameter(json!({ "schema": [] })), "/parameters/0/schema"),
        (json!({ "requestBody": 1 }), "/requestBody"),
        (json!({ "requestBody": {} }), "/requestBody/content"),
        (
            json!({ "requestBody": { "content": [] } }),
            "/requestBody/content",
        ),
        (
            json!({ "requestBody": { "content": { "a/b": 1 } } }),
            "/requestBody/content/a~1b",
        ),
        (
            json!({ "requestBody": { "content": {}, "required": 1 } }),
            "/requestBody/required",
        ),
        (json!({ "responses": [] }), "/responses"),
        (json!({ "responses": { "ok": {} } }), "/responses/ok"),
        (json!({ "responses": { "200": null } }), "/responses/200"),
        (
            json!({ "responses": { "200": { "content": { "a/b": { "schema": 1 } } } } }),
            "/responses/200/content/a~1b/schema",
        ),
    ] {
        let error = operation_error(operation.clone());
        assert!(error.is_structure(), "{operation}: {error}");
        assert_eq!(
            error.pointer().to_string(),
            format!("/paths/~1a/get{pointer}"),
            "{operation}: {error}"
        );
    }
}

#[test]
fn reports_pointer_of_mistyped_paths_and_path_items() {
    for (paths, pointer) in [
        (json!({ "a": {} }), "/paths/a"),
        (json!({ "/a": [] }), "/paths/~1a"),
        (
            json!({ "/a": { "parameters": 1 } }),
            "/paths/~1a/parameters",
        ),
    ] {
        let error = with_paths(paths).operations().unwrap_err();
        assert!(error.is_structure());
        assert_eq!(error.pointer().to_string(), pointer);
    }
}

#[test]
fn rejects_duplicate_parameter() {
    let twice = json!({ "name": "a", "in": "query" });
    let error = operation_error(json!({ "parameters": [twice, twice] }));
    assert!(error.is_structure());
    assert_eq!(error.pointer().to_string(), "/paths/~1a/get/parameters/1");
}

#[test]
fn reports_pointer_of_unresolvable_reference() {
    let error = operation_error(json!({ "parameters": [{ "$ref": "#/nowhere" }] }));
    assert!(error.is_reference());
    assert_eq!(
        error.pointer().to_string(),
        "/paths/~1a/get/parameters/0/$ref"
    );
}
