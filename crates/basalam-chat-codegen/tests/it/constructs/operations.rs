//! Operations, their paths and the operation table.

use serde_json::{Value, json};

use crate::test_document::{GET_NOTE, LIST_NOTES, small_document};

fn item(method: &str, parameters: &[&str]) -> Value {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    json!({
        method: {
            "operationId": "probe",
            "x-idempotent": false,
            "security": [],
            "parameters": parameters,
            "responses": { "204": { "description": "" } },
        },
    })
}

#[test]
fn operation_table_is_sorted_by_path_and_method() {
    let generated = small_document("the table").expect_generated();
    assert!(generated.operations_contain(
        "pub static ALL: [&Operation; 6usize] = [&LIST_NOTES, &CREATE_NOTE, &DELETE_NOTE, &GET_NOTE,
         &UPLOAD_PICTURE, &GET_SHARED_NOTE,];"
    ));
    assert!(generated.operations_contain(
        r#"/// Creates a note.
           pub static CREATE_NOTE: Operation = Operation {
               id: "create_note", method: ::reqwest::Method::POST, path: "/v1/notes",
               idempotent: false,
               authorization: Authorization::Bearer { scopes: &["notes.write"], },
               success: 201u16, secret_path: false, };"#
    ));
    assert!(generated.operations_contain(
        r#"/// `delete_note`.
           pub static DELETE_NOTE: Operation"#
    ));
}

#[test]
fn rejects_unsupported_methods() {
    for method in ["get", "put", "post", "delete", "head", "patch"] {
        let generated = small_document(method)
            .set("/paths/~1probe", item(method, &[]))
            .expect_generated();
        assert!(generated.client_contains(&format!("self.client.{method}(url)")));
        let row = format!(
            r#"method: ::reqwest::Method::{}, path: "/probe""#,
            method.to_uppercase()
        );
        assert!(generated.operations_contain(&row));
    }
    for method in ["options", "trace"] {
        small_document(method)
            .set("/paths/~1probe", item(method, &[]))
            .expect_diagnostic_at(&format!("/paths/~1probe/{method}"));
    }
    let content = json!({ "application/json": { "schema": {} } });
    small_document("a response to HEAD with content")
        .set("/paths/~1probe", item("head", &[]))
        .set(
            "/paths/~1probe/head/responses",
            json!({ "200": { "description": "", "content": content } }),
        )
        .expect_diagnostic_at("/paths/~1probe/head/responses/200/content");
}

#[test]
fn idempotence_is_stated_or_that_of_the_method() {
    let at = format!("{GET_NOTE}/x-idempotent");
    for (method, expected) in [
        ("get", true),
        ("head", true),
        ("put", true),
        ("delete", true),
        ("post", false),
        ("patch", false),
    ] {
        let operation = json!({
            "operationId": "probe", "security": [], "responses": { "204": { "description": "" } },
        });
        let generated = small_document(method)
            .set("/paths/~1probe", json!({ method: operation }))
            .expect_generated();
        let expected = format!(r#"path: "/probe", idempotent: {expected},"#);
        assert!(generated.operations_contain(&expected), "{method}");
    }
    for value in [json!("true"), json!(1), json!(null)] {
        small_document(value.to_string())
            .set(&at, value)
            .expect_diagnostic_at(&at);
    }
    let generated = small_document("false")
        .set(&at, json!(false))
        .expect_generated();
    assert!(generated.operations_contain(r#"path: "/v1/notes/{note_id}", idempotent: false,"#));
}

#[test]
fn rejects_fields_that_progenitor_ignores_or_interprets() {
    for (field, value) in [
        ("x-dropshot-pagination", json!({ "required": [] })),
        ("x-dropshot-websocket", json!({})),
        ("servers", json!([{ "url": "https://elsewhere.example" }])),
        ("callbacks", json!({})),
        ("consumes", json!(["application/json"])),
    ] {
        let at = format!("{LIST_NOTES}/{field}");
        small_document(field)
            .set(&at, value)
            .expect_diagnostic_at(&at);
    }
    for field in ["summary", "description"] {
        let at = format!("{LIST_NOTES}/{field}");
        small_document(field)
            .set(&at, json!(["a"]))
            .expect_diagnostic_at(&at);
    }
    small_document("fields without an effect")
        .set(&format!("{LIST_NOTES}/deprecated"), json!(true))
        .set(&format!("{LIST_NOTES}/tags"), json!(["a", "b"]))
        .set(&format!("{LIST_NOTES}/x-extension"), json!(1))
        .expect_generated();
}

#[test]
fn rejects_unsupported_fields_of_path_items() {
    for (field, value) in [
        ("servers", json!([])),
        ("query", item("get", &[])),
        ("gett", json!({})),
    ] {
        let at = format!("/paths/~1v1~1notes/{field}");
        small_document(field)
            .set(&at, value)
            .expect_diagnostic_at(&at);
    }
    small_document("summary of a path item")
        .set("/paths/~1v1~1notes/summary", json!("Notes."))
        .set("/paths/~1v1~1notes/x-extension", json!(1))
        .expect_generated();
}

#[test]
fn resolves_references_to_path_items() {
    let reference = json!({ "$ref": "#/components/pathItems/Probe" });
    let generated = small_document("a reference")
        .set(
            "/components/pathItems",
            json!({ "Probe": item("get", &[]) }),
        )
        .set("/paths/~1probe", reference.clone())
        .expect_generated();
    assert_eq!(generated.operation_arguments("probe"), "&'aself");

    small_document("parameters next to a reference")
        .set(
            "/components/pathItems",
            json!({ "Probe": item("get", &[]) }),
        )
        .set("/paths/~1probe", reference.clone())
        .set("/paths/~1probe/parameters", json!([]))
        .expect_diagnostic_at("/paths/~1probe/parameters");
    small_document("one item at two paths")
        .set(
            "/components/pathItems",
            json!({ "Probe": item("get", &[]) }),
        )
        .set("/paths/~1probe", reference.clone())
        .set("/paths/~1other", reference.clone())
        .expect_diagnostic_at("/components/pathItems/Probe/get/operationId");
    small_document("a reference to a missing item")
        .set("/paths/~1probe", reference)
        .expect_diagnostic_among_others_at("/paths/~1probe/$ref");
}

#[test]
fn accepts_literal_and_parameter_segments() {
    for (path, parameters) in [
        ("/probe", &[][..]),
        ("/a.b/c-d/e_f/g~h/7", &[]),
        ("/{a}", &["a"]),
        ("/x/{a-b}/{c_d}", &["a-b", "c_d"]),
        ("/v1/notes/{note_id}/{probe}", &["note_id", "probe"]),
    ] {
        let at = format!("/paths/{}", path.replace('~', "~0").replace('/', "~1"));
        let generated = small_document(path)
            .set(&at, item("get", parameters))
            .expect_generated();
        assert!(generated.operations_contain(&format!("path: {path:?}")));
        let arguments = generated.operation_arguments("probe");
        assert_eq!(arguments.matches("&'astr").count(), parameters.len());
    }
}

#[test]
fn rejects_other_path_segments() {
    for (path, parameters) in [
        ("/", &[][..]),
        ("//", &[]),
        ("/probe/", &[]),
        ("/v1//probe", &[]),
        ("/v1/../probe", &[]),
        ("/./probe", &[]),
        ("/probe?a=b", &[]),
        ("/probe#a", &[]),
        ("/a b", &[]),
        ("/%2e", &[]),
        ("/نام", &[]),
        ("/a:b", &[]),
        ("/{a", &[]),
        ("/a}", &[]),
        ("/{}", &[]),
        ("/{{a}}", &[]),
        ("/a{b}", &["b"]),
        ("/{a}{b}", &["a", "b"]),
        ("/{a.b}", &["a.b"]),
        ("/{a}/{a}", &["a"]),
    ] {
        let at = format!("/paths/{}", path.replace('~', "~0").replace('/', "~1"));
        small_document(path)
            .set(&at, item("get", parameters))
            .expect_diagnostic_among_others_at(&format!("{at}/get"));
    }
    small_document("a path without a slash")
        .set("/paths/probe", item("get", &[]))
        .expect_diagnostic_among_others_at("/paths/probe");
}

#[test]
fn rejects_ambiguous_paths() {
    small_document("two paths with one route")
        .set("/paths/~1v1~1notes~1{probe}", item("put", &["probe"]))
        .expect_diagnostic_at("/paths/~1v1~1notes~1{probe}/put");
    small_document("a literal segment and a parameter")
        .set("/paths/~1v1~1notes~1probe", item("put", &[]))
        .expect_generated();
}
