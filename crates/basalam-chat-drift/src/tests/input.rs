//! Reading contracts and the record.

use super::*;

fn minimal(paths: &Value) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": paths})
}

#[test]
fn rejects_invalid_contracts() {
    let dangling = minimal(
        &json!({"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/Gone"}}}}}),
    );
    let circular = minimal(&json!({"/a": {"$ref": "#/paths/~1a"}}));
    for (bytes, expected) in [
        (b"".to_vec(), "not JSON"),
        (b"openapi: 3.1.0\npaths: {}\n".to_vec(), "YAML"),
        (
            b"{\"openapi\": \"3.1.0\", \"paths\": {".to_vec(),
            "not JSON",
        ),
        (b"\xff\xfe{}".to_vec(), "UTF-8"),
        (b"[]".to_vec(), "#/openapi"),
        (b"{}".to_vec(), "#/openapi"),
        (
            b"{\"swagger\": \"2.0\", \"paths\": {}}".to_vec(),
            "Swagger 2",
        ),
        (b"{\"openapi\": \"4.0.0\", \"paths\": {}}".to_vec(), "4.0.0"),
        (
            b"{\"openapi\": \"3.1.0\", \"paths\": []}".to_vec(),
            "#/paths",
        ),
        ("[".repeat(1_000_000).into_bytes(), "128 levels"),
        (
            dangling.to_string().into_bytes(),
            "#/paths/~1a/get/responses/200",
        ),
        (circular.to_string().into_bytes(), "#/paths/~1a"),
    ] {
        let error = contract(&bytes).err().unwrap();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn reads_contract_with_byte_order_mark() {
    let text = format!("\u{feff}{}", minimal(&json!({})));
    assert!(contract(text.as_bytes()).is_ok());
}

#[test]
fn invalid_contract_changes_no_file() {
    let folder = workspace("{}");
    let files = || {
        let listed = fs::read_dir(folder.path().join("openapi")).unwrap();
        listed.map(|it| it.unwrap().file_name()).collect::<Vec<_>>()
    };
    let before = files();
    let options = Options {
        record: true,
        apply: true,
        ..with_contract(&folder, b"{\"openapi\": \"3.1.0\", \"paths\": {\"/a\": 7}}")
    };
    let error = run(folder.path(), &options).err().unwrap();
    assert!(format!("{error:#}").contains("#/paths/~1a"), "{error:#}");
    assert_eq!(files(), before);
    assert_eq!(
        fs::read_to_string(folder.path().join(DOCUMENT)).unwrap(),
        "{}"
    );
}

#[test]
fn compares_large_contract() {
    // More than 10 MB; each schema refers to another one.
    let schemas: serde_json::Map<String, Value> = (0..4_000)
        .map(|it| {
            let title = "x".repeat(2_000);
            let next = format!("#/components/schemas/S{}", (it * 7 + 1) % 4_000);
            let schema = json!({"type": "object", "title": title, "properties": {
                "id": {"type": "integer", "maximum": it},
                "next": {"anyOf": [{"$ref": next}, {"type": "null"}]}
            }});
            (format!("S{it}"), schema)
        })
        .collect();
    let mut document = minimal(
        &json!({"/a": {"get": {"responses": {"200": {"description": "", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/S0"}}
        }}}}}}),
    );
    document["components"] = json!({ "schemas": schemas });
    document["info"]["description"] = json!("y".repeat(2_000_000));
    let text = document.to_string();
    assert!(text.len() > 10_000_000);
    let shape = contract(text.as_bytes()).unwrap();
    assert_eq!(compare(&shape, &shape), []);
}

#[test]
fn recording_requires_a_date() {
    let get = json!({"get": {"responses": {"200": {"description": ""}}}});
    let document = minimal(&json!({ "/a": get })).to_string();
    let folder = workspace(&document);
    let path = folder.path().join("contract.json");
    fs::write(&path, &document).unwrap();
    let mut options = Options {
        files: vec![path.to_str().unwrap().to_owned()],
        record: true,
        ..Options::default()
    };
    let error = run(folder.path(), &options).err().unwrap();
    assert!(error.to_string().contains("--date"), "{error:#}");
    options.date = Some("yesterday".to_owned());
    assert!(run(folder.path(), &options).is_err());
    assert!(!folder.path().join(recorded::PATH).exists());
    options.date = Some("2026-01-31".to_owned());
    assert!(run(folder.path(), &options).unwrap().is_clean());
    let record = fs::read_to_string(folder.path().join(recorded::PATH)).unwrap();
    assert!(record.contains("\"2026-01-31\"") && record.contains("\"sha256\""));
}

#[test]
fn missing_contracts_are_read_from_the_record() {
    let with = |paths: Value| minimal(&paths).to_string();
    let get = json!({"get": {"responses": {"200": {"description": ""}}}});
    let folder = workspace(&with(json!({"/orders": get, "/files": get})));
    for (name, path) in [
        ("orders-2026-01-30", "/orders"),
        ("files-2026-01-31", "/files"),
    ] {
        let file = folder.path().join(format!("{name}.json"));
        fs::write(&file, with(json!({path: get}))).unwrap();
        let options = Options {
            files: vec![file.to_str().unwrap().to_owned()],
            record: true,
            ..Options::default()
        };
        run(folder.path(), &options).unwrap();
    }
    assert!(run(folder.path(), &Options::default()).unwrap().is_clean());
    // A contract with an unknown name replaces the one that it shares operations with.
    let file = folder.path().join("newest.json");
    fs::write(&file, with(json!({"/orders": get, "/carts": get}))).unwrap();
    let options = Options {
        files: vec![file.to_str().unwrap().to_owned()],
        ..Options::default()
    };
    let report = run(folder.path(), &options).unwrap();
    let lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["additive  GET /carts: only in the contract: the operation"]
    );
}

/// A workspace with a document and the records of two contracts that describe parts of it.
fn recorded_workspace() -> tempfile::TempDir {
    let folder = workspace(&with_paths(&["/v1/orders", "/v1/orders/{id}", "/v1/files"]));
    for (name, paths) in [
        ("orders-2026-01-30", &["/v1/orders", "/v1/orders/{id}"][..]),
        ("files-2026-01-31", &["/v1/files"][..]),
    ] {
        let report = compared(&folder, name, paths, |options| options.record = true);
        report.unwrap();
    }
    folder
}

fn with_paths(paths: &[&str]) -> String {
    let get = json!({"get": {"responses": {"200": {"description": ""}}}});
    let paths: serde_json::Map<String, Value> = paths
        .iter()
        .map(|it| ((*it).to_owned(), get.clone()))
        .collect();
    minimal(&Value::Object(paths)).to_string()
}

/// Compares with a contract in a file called `name`.
fn compared(
    folder: &tempfile::TempDir,
    name: &str,
    paths: &[&str],
    change: impl Fn(&mut Options),
) -> anyhow::Result<Report> {
    let file = folder.path().join(format!("{name}.json"));
    fs::write(&file, with_paths(paths)).unwrap();
    let mut options = Options {
        files: vec![file.to_str().unwrap().to_owned()],
        ..Options::default()
    };
    change(&mut options);
    run(folder.path(), &options)
}

fn lines(report: &Report) -> Vec<String> {
    report.differences.iter().map(ToString::to_string).collect()
}

#[test]
fn contract_without_operations_is_refused() {
    let folder = recorded_workspace();
    for name in ["orders", "orders-2026-02-01", "unknown"] {
        for contract in [None, Some("orders"), Some("new")] {
            let set = |options: &mut Options| options.contract = contract.map(str::to_owned);
            let error = compared(&folder, name, &[], set).err().unwrap();
            assert!(format!("{error:#}").contains("no operation"), "{error:#}");
        }
    }
}

#[test]
fn contract_is_identified_by_its_operations_whatever_its_file_is_called() {
    let folder = recorded_workspace();
    for name in ["orders-2026-02-01", "files-2026-02-01", "-", "newest"] {
        let report = compared(&folder, name, &["/v1/orders"], |_| {}).unwrap();
        let expected = ["breaking  GET /v1/orders/{id}: only in the document: the operation"];
        assert_eq!(lines(&report), expected, "{name}");
    }
}

#[test]
fn contract_with_every_operation_moved_replaces_the_one_that_it_was() {
    let folder = recorded_workspace();
    let report = compared(
        &folder,
        "unknown",
        &["/v2/orders", "/v2/orders/{order}"],
        |_| {},
    );
    let expected = [
        "breaking  GET /v1/orders: moved to GET /v2/orders",
        "breaking  GET /v1/orders/{id}: moved to GET /v2/orders/{order}",
    ];
    assert_eq!(lines(&report.unwrap()), expected);
}

#[test]
fn contract_that_shares_no_operation_needs_a_name() {
    let folder = recorded_workspace();
    for name in ["orders", "carts-2026-02-01"] {
        let error = compared(&folder, name, &["/carts"], |_| {}).err().unwrap();
        let message = format!("{error:#}");
        assert!(
            message.contains("--contract") && message.contains("files, orders"),
            "{message}"
        );
    }
    let with = |name: &str| {
        let set = |options: &mut Options| options.contract = Some(name.to_owned());
        lines(&compared(&folder, "carts", &["/carts"], set).unwrap())
    };
    assert_eq!(
        with("carts"),
        ["additive  GET /carts: only in the contract: the operation"]
    );
    assert_eq!(with("orders").len(), 3);
}

#[test]
fn two_files_are_compared_with_each_other() {
    let folder = workspace("not read");
    let file = |name: &str, paths: &[&str]| {
        let file = folder.path().join(name);
        fs::write(&file, with_paths(paths)).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let mut options = Options {
        files: vec![file("a", &["/a", "/b"]), file("b", &["/b", "/c/d"])],
        ..Options::default()
    };
    let report = run(folder.path(), &options).unwrap();
    let expected = [
        "breaking  GET /a: only in the document: the operation",
        "additive  GET /c/d: only in the contract: the operation",
    ];
    assert_eq!(lines(&report), expected);
    options.files[1] = options.files[0].clone();
    assert!(run(folder.path(), &options).unwrap().is_clean());
    options.record = true;
    assert!(run(folder.path(), &options).is_err());
}
