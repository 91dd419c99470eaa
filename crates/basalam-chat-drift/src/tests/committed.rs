//! The committed document, deviations and record hold together.

use super::*;

#[test]
fn every_difference_from_the_recorded_contracts_is_explained_and_no_entry_is_idle() {
    let report = run(&workspace_root(), &Options::default()).unwrap();
    assert!(report.is_clean(), "{}", report.text(false));
    assert!(report.explained > 0);
}

/// The workspace's files in a folder of their own, one of them changed.
fn changed(path: &str, change: impl Fn(&str) -> String) -> Report {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    for file in [DOCUMENT, deviations::PATH, record::PATH] {
        let mut text = fs::read_to_string(workspace_root().join(file)).unwrap();
        if file == path {
            let before = text.clone();
            text = change(&text);
            assert_ne!(text, before, "nothing was changed");
        }
        fs::write(folder.path().join(file), text).unwrap();
    }
    run(folder.path(), &Options::default()).unwrap()
}

#[test]
fn a_change_of_the_document_without_an_entry_is_found() {
    let report = changed(DOCUMENT, |text| {
        text.replace("\"archive_state\"", "\"archive_status\"")
    });
    let lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(lines.contains(
        &"breaking  POST /v1/chats → 200 → data.archive_status: only here: optional text or null"
            .to_owned()
    ));
    assert!(lines.contains(
        &"additive  GET /v1/chats → 200 → data.chats[].archive_state: only there: optional text or null"
            .to_owned()
    ));
    assert!(report.stale.is_empty());
}

#[test]
fn an_entry_does_not_explain_another_difference_at_its_place() {
    let report = changed(deviations::PATH, |text| {
        text.replace(
            "any value here, one of CSV there",
            "any value here, one of PDF there",
        )
    });
    let place = "POST /v1/chats/{chat_id}/messages → body → attachment.files[].type";
    assert_eq!(report.differences.len(), 1);
    assert_eq!(report.differences[0].place.to_string(), place);
    assert_eq!(report.stale.len(), 1);
    assert_eq!(report.stale[0].place, place);
}

#[test]
fn an_entry_for_every_operation_is_stale_where_no_operation_needs_it() {
    let report = changed(deviations::PATH, |text| text.replace("* → 401", "* → 418"));
    assert_eq!(report.stale.len(), 1);
    assert_eq!(report.stale[0].place, "* → 418");
    assert!(
        report
            .differences
            .iter()
            .all(|it| it.place.within() == "401")
    );
}

#[test]
fn a_change_of_the_recorded_contract_is_found() {
    let report = changed(record::PATH, |text| {
        text.replace("\"factor\"", "\"invoice\"")
    });
    let lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    let place = "POST /v1/chats/{chat_id}/messages → body → message_type";
    assert_eq!(
        lines,
        [
            format!("breaking  {place}: only here: the value factor"),
            format!("additive  {place}: only there: the value invoice"),
        ]
    );
}

#[test]
fn nothing_in_the_document_waits_for_a_sentence_or_a_decision() {
    let text = fs::read_to_string(workspace_root().join(DOCUMENT)).unwrap();
    assert!(
        !text.contains("\"x-needs\""),
        "write what `x-needs` names in {DOCUMENT}, and take the mark away"
    );
}
