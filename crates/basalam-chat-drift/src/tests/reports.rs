//! Reports for people, programs and changelogs.

use super::*;

fn report() -> Report {
    let with = |properties: Value| {
        let document = json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"content": {
            "application/json": {"schema": {"type": "object", "properties": properties}}
        }}}}}}});
        contract(document.to_string().as_bytes()).unwrap()
    };
    let base = with(json!({"a": {"type": "integer"}, "b": {"type": "string"}}));
    let other =
        with(json!({"a": {"type": "boolean"}, "c": {"type": "string", "pattern": "^[`a*]$"}}));
    let deviations = json!({"about": "", "deviations": [{
        "differences": [
            {"is": ["only in the document: optional string"], "at": ["GET /a → 200 → b"]},
            {"is": ["default 1 in the document, no default in the contract"], "at": ["GET /a → 200 → a"]}
        ],
        "why": "A test.", "certainty": "likely"
    }]});
    let deviations = Deviations::parse(&deviations.to_string()).unwrap();
    Report::new(compare(&base, &other), &deviations, &Value::Null)
}

#[test]
fn text_report_has_a_line_per_difference_and_a_summary() {
    assert_eq!(
        report().text(false),
        "breaking  GET /a → 200 → a: integer in the document, boolean in the contract\n\
         additive  GET /a → 200 → c: only in the contract: optional string matching ^[`a*]$\n\
         stale     GET /a → 200 → a: deviations.json lists \"default 1 in the document, no default in the contract\", which does not apply\n\
         1 breaking, 1 additive, 0 harmless; 1 explained by 1 deviations, 1 stale\n"
    );
    assert!(report().text(true).contains("\u{1b}["));
}

#[test]
fn json_report_lists_differences_and_stale_statements() {
    let json: Value = report().json();
    assert_eq!(json["clean"], json!(false));
    assert_eq!(json["explained"], json!(1));
    assert_eq!(
        json["differences"][0],
        json!({
            "severity": "breaking", "kind": "type", "operation": "GET /a", "place": "200 → a",
            "document": "integer", "contract": "boolean",
            "line": "breaking  GET /a → 200 → a: integer in the document, boolean in the contract",
            "also": []
        })
    );
    assert_eq!(json["stale"][0]["place"], "GET /a → 200 → a");
}

#[test]
fn markdown_report_groups_by_severity() {
    assert_eq!(
        report().markdown(),
        "### Breaking\n\n\
         - `GET /a → 200 → a`: integer in the document, boolean in the contract\n\n\
         ### Additive\n\n\
         - `GET /a → 200 → c`: only in the contract: optional string matching ^\\[\\`a\\*\\]$\n\n\
         ### Stale deviations\n\n\
         - `GET /a → 200 → a`: default 1 in the document, no default in the contract\n\n"
    );
}

#[test]
fn rejects_invalid_deviations() {
    let entry = |is: &str, why: &str| json!({"differences": [{"is": [is], "at": ["GET /a"]}], "why": why, "certainty": "certain"});
    for (entries, expected) in [
        (json!([entry("x", " ")]), "why"),
        (json!([entry("x", "a"), entry("x", "b")]), "twice"),
        (
            json!([{"differences": [], "why": "a", "certainty": "certain"}]),
            "no difference",
        ),
        (
            json!([{"differences": [], "why": "a", "certainty": "sure"}]),
            "sure",
        ),
        (
            json!([{"where": [], "why": "a", "certainty": "certain"}]),
            "where",
        ),
    ] {
        let text = json!({"about": "", "deviations": entries}).to_string();
        let error = Deviations::parse(&text).err().unwrap().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn report_counts_what_is_not_compared() {
    let with = |name: &str, value: Value| {
        let properties = json!({"links": {"type": "string"}, "callbacks": {"type": "string"}});
        let schema =
            json!({"type": "object", "properties": properties, "example": {"webhooks": {}}});
        let media_type = json!({ "schema": schema });
        let response = json!({"description": "", "content": {"application/json": media_type}});
        let mut document =
            json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": response}}}}});
        let at = match name {
            "webhooks" => &mut document,
            "callbacks" => &mut document["paths"]["/a"]["get"],
            "links" => &mut document["paths"]["/a"]["get"]["responses"]["200"],
            _ => {
                &mut document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
            }
        };
        at[name] = value;
        document
    };
    let folder = workspace(&with("links", json!({})).to_string());
    for (name, value, counted) in [
        ("callbacks", json!({"a": {}, "b": {}}), "callbacks (2)"),
        ("webhooks", json!({"a": {}}), "webhooks (1)"),
        ("links", json!({"a": {}}), "links (1)"),
        (
            "encoding",
            json!({"a": {}, "b": {}, "c": {}}),
            "encoding (3)",
        ),
    ] {
        let contract = with(name, value).to_string();
        let report = run(folder.path(), &with_contract(&folder, contract.as_bytes())).unwrap();
        let text = report.text(false);
        assert!(
            text.ends_with(&format!("not compared: {counted}\n")),
            "{text}"
        );
        assert_eq!(report.json()["not_compared"].as_object().unwrap().len(), 1);
    }
    let report = run(
        folder.path(),
        &with_contract(&folder, document_bytes(&folder).as_bytes()),
    );
    assert!(!report.unwrap().text(false).contains("not compared"));
}

fn document_bytes(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join(DOCUMENT)).unwrap()
}
