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
    Report::new(compare(&base, &other), &deviations)
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
            "line": "breaking  GET /a → 200 → a: integer in the document, boolean in the contract"
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
