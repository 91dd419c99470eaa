//! The committed document, deviations and record.

use std::collections::BTreeSet;

use super::*;

#[test]
fn all_differences_are_explained_and_no_deviation_is_stale() {
    let report = run(&workspace_root(), &Options::default()).unwrap();
    assert!(report.is_clean(), "{}", report.text(false));
    assert!(report.explained > 0);
}

/// Compares a copy of the committed files, one of them changed.
fn run_with_change(path: &str, change: impl Fn(&str) -> String) -> Report {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    for file in [DOCUMENT, deviations::PATH, recorded::PATH] {
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
fn change_of_document_is_reported() {
    let report = run_with_change(DOCUMENT, |text| {
        text.replace("\"archive_state\"", "\"archive_status\"")
    });
    let lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines.contains(
        &"breaking  GET /v1/chats → 200 → data.chats[].archive_status: only in the document: optional string or null"
            .to_owned()
    ));
    assert!(lines.contains(
        &"additive  GET /v1/chats → 200 → data.chats[].archive_state: only in the contract: optional string or null"
            .to_owned()
    ));
    let also = &report.differences[0].also;
    assert_eq!(also.len(), 1);
    assert_eq!(
        also[0].to_string(),
        "POST /v1/chats → 200 → data.archive_status"
    );
    assert!(report.stale.is_empty());
}

#[test]
fn deviation_does_not_explain_another_difference_at_its_place() {
    let report = run_with_change(deviations::PATH, |text| {
        text.replace(
            "any value in the document, one of CSV in the contract",
            "any value in the document, one of PDF in the contract",
        )
    });
    let place = "POST /v1/chats/{chat_id}/messages → body → attachment.files[].type";
    assert_eq!(report.differences.len(), 1);
    assert_eq!(report.differences[0].place.to_string(), place);
    assert_eq!(report.stale.len(), 1);
    assert_eq!(report.stale[0].place, place);
}

#[test]
fn deviation_everywhere_is_stale_if_no_operation_has_it() {
    let report = run_with_change(deviations::PATH, |text| text.replace("* → 401", "* → 418"));
    assert_eq!(report.stale.len(), 1);
    assert_eq!(report.stale[0].place, "* → 418");
    assert!(
        report
            .differences
            .iter()
            .all(|it| it.place.in_operation() == "401")
    );
}

#[test]
fn change_of_recorded_contract_is_reported() {
    let report = run_with_change(recorded::PATH, |text| {
        text.replace("\"factor\"", "\"invoice\"")
    });
    let lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    let place = "POST /v1/chats/{chat_id}/messages → body → message_type";
    assert_eq!(
        lines,
        [
            format!("breaking  {place}: only in the document: enum value factor"),
            format!("additive  {place}: only in the contract: enum value invoice"),
        ]
    );
}

#[test]
fn deviations_follow_moved_operations() {
    let operations = read_shape(&fs::read_to_string(workspace_root().join(DOCUMENT)).unwrap());
    // No contract describes `GET /v1/users/me`.
    let count = operations.unwrap().operations.len() - 1;
    for path in ["/v2/", "/gateway/v1/"] {
        let report = run_with_change(recorded::PATH, |text| {
            text.replace("\"path\": \"/v1/", &format!("\"path\": \"{path}"))
        });
        assert_eq!(report.stale, [], "{path}");
        assert_eq!(report.differences.len(), count, "{}", report.text(false));
        let is_moved = |it: &difference::Difference| it.statement().contains(path);
        assert!(
            report.differences.iter().all(is_moved),
            "{}",
            report.text(false)
        );
    }
}

#[test]
fn deviations_follow_moved_responses() {
    let report = run_with_change(recorded::PATH, |text| {
        text.replace("\"200\": {", "\"201\": {")
    });
    assert_eq!(report.stale, []);
    let statements: BTreeSet<String> = report.differences.iter().map(|it| it.statement()).collect();
    assert_eq!(statements, ["moved to 201".to_owned()].into());
}

#[test]
fn deviations_of_a_removed_operation_are_not_listed_beside_it() {
    let report = run_with_change(recorded::PATH, |text| {
        text.replace(
            "\"path\": \"/v1/files\"",
            "\"path\": \"/v1/uploads/{name}/parts\"",
        )
        .replace(
            "\"method\": \"POST\",\n            \"path\": \"/v1/uploads",
            "\"method\": \"PUT\",\n            \"path\": \"/v1/uploads",
        )
    });
    assert_eq!(report.stale, []);
    let lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "breaking  POST /v1/files: only in the document: the operation",
            "additive  PUT /v1/uploads/{name}/parts: only in the contract: the operation",
        ]
    );
}

#[test]
fn document_has_no_unresolved_needs() {
    let text = fs::read_to_string(workspace_root().join(DOCUMENT)).unwrap();
    assert!(
        !text.contains("\"x-needs\""),
        "write what `x-needs` lists in {DOCUMENT}, and remove it"
    );
}
