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
    let document = minimal(&json!({})).to_string();
    let folder = workspace(&document);
    let path = folder.path().join("contract.json");
    fs::write(&path, &document).unwrap();
    let mut options = Options {
        contracts: vec![path.to_str().unwrap().to_owned()],
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
            contracts: vec![file.to_str().unwrap().to_owned()],
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
        contracts: vec![file.to_str().unwrap().to_owned()],
        ..Options::default()
    };
    let report = run(folder.path(), &options).unwrap();
    let lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["additive  GET /carts: only in the contract: the operation"]
    );
}
