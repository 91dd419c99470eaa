//! Reports for people, programs and changelogs.

use super::*;

fn report() -> Report {
    let with = |answer: Value| {
        let document = json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"content": {
            "application/json": {"schema": {"type": "object", "properties": answer}}
        }}}}}}});
        contract(document.to_string().as_bytes()).unwrap()
    };
    let here = with(json!({"a": {"type": "integer"}, "b": {"type": "string"}}));
    let there =
        with(json!({"a": {"type": "boolean"}, "c": {"type": "string", "pattern": "^[`a*]$"}}));
    let deviations = json!({"about": "", "deviations": [{
        "differences": [
            {"is": ["only here: optional text"], "at": ["GET /a → 200 → b"]},
            {"is": ["default 1 here, no default there"], "at": ["GET /a → 200 → a"]}
        ],
        "why": "It is.", "certainty": "likely"
    }]});
    let deviations = Deviations::parse(&deviations.to_string()).unwrap();
    Report::new(compare(&here, &there), &deviations)
}

#[test]
fn the_report_for_people_has_a_line_for_each_and_a_summary() {
    assert_eq!(
        report().text(false),
        "breaking  GET /a → 200 → a: integer here, boolean there\n\
         additive  GET /a → 200 → c: only there: optional text matching ^[`a*]$\n\
         stale     GET /a → 200 → a: deviations.json explains \"default 1 here, no default there\", which is not so\n\
         1 breaking, 1 additive, 0 harmless; 1 explained by 1 deviations, 1 stale\n"
    );
    assert!(report().text(true).contains("\u{1b}["));
}

#[test]
fn the_report_for_programs_is_json() {
    let json: Value = report().json();
    assert_eq!(json["clean"], json!(false));
    assert_eq!(json["explained"], json!(1));
    assert_eq!(
        json["differences"][0],
        json!({
            "class": "breaking", "kind": "type", "operation": "GET /a", "place": "200 → a",
            "here": "integer", "there": "boolean",
            "line": "breaking  GET /a → 200 → a: integer here, boolean there"
        })
    );
    assert_eq!(json["stale"][0]["place"], "GET /a → 200 → a");
}

#[test]
fn the_report_for_changelogs_is_markdown() {
    assert_eq!(
        report().markdown(),
        "### Breaking\n\n\
         - `GET /a → 200 → a`: integer here, boolean there\n\n\
         ### Additive\n\n\
         - `GET /a → 200 → c`: only there: optional text matching ^\\[\\`a\\*\\]$\n\n\
         ### Deviations that are no longer so\n\n\
         - `GET /a → 200 → a`: default 1 here, no default there\n\n"
    );
}

#[test]
fn deviations_that_say_nothing_or_the_same_twice_are_refused() {
    let entry = |is: &str, why: &str| json!({"differences": [{"is": [is], "at": ["GET /a"]}], "why": why, "certainty": "certain"});
    for (entries, wanted) in [
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
        assert!(error.contains(wanted), "{wanted}: {error}");
    }
}
