//! Operations, their paths and what is kept of them in the table.

use serde_json::{Value, json};

use crate::change::{GET, LIST, small_with};

fn item(method: &str, parameters: &[&str]) -> Value {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    json!({
        method: {
            "operationId": "odd",
            "x-idempotent": false,
            "security": [],
            "parameters": parameters,
            "responses": { "204": { "description": "" } },
        },
    })
}

#[test]
fn the_table_has_a_row_for_every_operation_in_the_order_of_path_and_method() {
    let generated = small_with("the table").is_accepted();
    assert!(generated.operations_have(
        "pub static ALL: [&Operation; 6usize] = [&LIST_NOTES, &CREATE_NOTE, &DELETE_NOTE, &GET_NOTE,
         &UPLOAD_PICTURE, &GET_SHARED_NOTE,];"
    ));
    assert!(generated.operations_have(
        r#"/// Writes a note.
           pub static CREATE_NOTE: Operation = Operation {
               id: "create_note", method: ::reqwest::Method::POST, path: "/v1/notes",
               idempotent: false,
               authorization: Authorization::Bearer { scopes: &["notes.write"], },
               success: 201u16, secret_path: false, };"#
    ));
    assert!(generated.operations_have(
        r#"/// `delete_note`.
           pub static DELETE_NOTE: Operation"#
    ));
}

#[test]
fn only_methods_that_a_client_can_send_are_accepted() {
    for method in ["get", "put", "post", "delete", "head", "patch"] {
        let generated = small_with(method)
            .set("/paths/~1odd", item(method, &[]))
            .is_accepted();
        assert!(generated.client_has(&format!("self.client.{method}(url)")));
        let row = format!(
            r#"method: ::reqwest::Method::{}, path: "/odd""#,
            method.to_uppercase()
        );
        assert!(generated.operations_have(&row));
    }
    for method in ["options", "trace"] {
        small_with(method)
            .set("/paths/~1odd", item(method, &[]))
            .is_refused_at(&format!("/paths/~1odd/{method}"));
    }
    let content = json!({ "application/json": { "schema": {} } });
    small_with("an answer to HEAD with content")
        .set("/paths/~1odd", item("head", &[]))
        .set(
            "/paths/~1odd/head/responses",
            json!({ "200": { "description": "", "content": content } }),
        )
        .is_refused_at("/paths/~1odd/head/responses/200/content");
}

#[test]
fn an_operation_says_whether_repeating_it_does_harm() {
    let at = format!("{GET}/x-idempotent");
    small_with("nothing said").remove(&at).is_refused_at(&at);
    for value in [json!("true"), json!(1), json!(null)] {
        small_with(value.to_string())
            .set(&at, value)
            .is_refused_at(&at);
    }
    let generated = small_with("no").set(&at, json!(false)).is_accepted();
    assert!(generated.operations_have(r#"path: "/v1/notes/{note_id}", idempotent: false,"#));
}

#[test]
fn what_would_change_the_generated_source_or_be_passed_over_is_refused() {
    for (keyword, value) in [
        ("x-dropshot-pagination", json!({ "required": [] })),
        ("x-dropshot-websocket", json!({})),
        ("servers", json!([{ "url": "https://elsewhere.example" }])),
        ("callbacks", json!({})),
        ("consumes", json!(["application/json"])),
    ] {
        let at = format!("{LIST}/{keyword}");
        small_with(keyword).set(&at, value).is_refused_at(&at);
    }
    for keyword in ["summary", "description"] {
        let at = format!("{LIST}/{keyword}");
        small_with(keyword)
            .set(&at, json!(["a"]))
            .is_refused_at(&at);
    }
    small_with("what changes nothing")
        .set(&format!("{LIST}/deprecated"), json!(true))
        .set(&format!("{LIST}/tags"), json!(["a", "b"]))
        .set(&format!("{LIST}/x-ours"), json!(1))
        .is_accepted();
}

#[test]
fn path_items_hold_operations_and_what_they_share() {
    for (member, value) in [
        ("servers", json!([])),
        ("query", item("get", &[])),
        ("gett", json!({})),
    ] {
        let at = format!("/paths/~1v1~1notes/{member}");
        small_with(member).set(&at, value).is_refused_at(&at);
    }
    small_with("prose of a path item")
        .set("/paths/~1v1~1notes/summary", json!("Notes."))
        .set("/paths/~1v1~1notes/x-ours", json!(1))
        .is_accepted();
}

#[test]
fn a_path_item_that_is_a_reference_is_followed() {
    let reference = json!({ "$ref": "#/components/pathItems/Odd" });
    let generated = small_with("a reference")
        .set("/components/pathItems", json!({ "Odd": item("get", &[]) }))
        .set("/paths/~1odd", reference.clone())
        .is_accepted();
    assert_eq!(generated.arguments("odd"), "&'aself");

    small_with("parameters beside a reference")
        .set("/components/pathItems", json!({ "Odd": item("get", &[]) }))
        .set("/paths/~1odd", reference.clone())
        .set("/paths/~1odd/parameters", json!([]))
        .is_refused_at("/paths/~1odd/parameters");
    small_with("one item twice")
        .set("/components/pathItems", json!({ "Odd": item("get", &[]) }))
        .set("/paths/~1odd", reference.clone())
        .set("/paths/~1other", reference.clone())
        .is_refused_at("/components/pathItems/Odd/get/operationId");
    small_with("a reference to nowhere")
        .set("/paths/~1odd", reference)
        .is_unreadable_at("/paths/~1odd/$ref");
}

#[test]
fn paths_of_plain_segments_and_whole_parameters_are_accepted() {
    for (path, parameters) in [
        ("/odd", &[][..]),
        ("/a.b/c-d/e_f/g~h/7", &[]),
        ("/{a}", &["a"]),
        ("/x/{a-b}/{c_d}", &["a-b", "c_d"]),
        ("/v1/notes/{note_id}/{odd}", &["note_id", "odd"]),
    ] {
        let at = format!("/paths/{}", path.replace('~', "~0").replace('/', "~1"));
        let generated = small_with(path)
            .set(&at, item("get", parameters))
            .is_accepted();
        assert!(generated.operations_have(&format!("path: {path:?}")));
        let arguments = generated.arguments("odd");
        assert_eq!(arguments.matches("&'astr").count(), parameters.len());
    }
}

#[test]
fn other_paths_are_refused() {
    for (path, parameters) in [
        ("/", &[][..]),
        ("//", &[]),
        ("/odd/", &[]),
        ("/v1//odd", &[]),
        ("/v1/../odd", &[]),
        ("/./odd", &[]),
        ("/odd?a=b", &[]),
        ("/odd#a", &[]),
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
        small_with(path)
            .set(&at, item("get", parameters))
            .is_refused_also_at(&format!("{at}/get"));
    }
    small_with("a path without a slash")
        .set("/paths/odd", item("get", &[]))
        .is_unreadable_at("/paths/odd");
}

#[test]
fn paths_that_no_server_can_tell_apart_are_refused() {
    small_with("two of one shape")
        .set("/paths/~1v1~1notes~1{odd}", item("put", &["odd"]))
        .is_refused_at("/paths/~1v1~1notes~1{odd}/put");
    small_with("a plain segment where another path has a parameter")
        .set("/paths/~1v1~1notes~1odd", item("put", &[]))
        .is_accepted();
}
