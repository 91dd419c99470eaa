//! Documents with names that break unhygienic code, in every kind of identifier.

use std::collections::BTreeSet;

use basalam_chat_codegen::generate;
use serde_json::{Map, Value, json};

use super::Module;
use crate::read_workspace_file;
use crate::test_document::SMALL;

/// Keywords, names of the prelude, and names of locals, generics, associated types, constants, methods,
/// modules and crates that generated code uses; words in Persian; and other odd names.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized",
    "use", "virtual", "where", "yield", "auto", "default", "raw", "safe", "macro_rules",
    "Option", "Some", "None", "Result", "Ok", "Err", "Error", "String", "Vec", "Box", "Default", "From",
    "Into", "TryFrom", "TryInto", "Clone", "Copy", "Debug", "PartialEq", "Eq", "Ord", "PartialOrd", "Hash",
    "Send", "Sync", "Sized", "Drop", "Fn", "FnMut", "FnOnce", "Iterator", "IntoIterator", "Extend",
    "ToString", "ToOwned", "AsRef", "AsMut", "Display", "Deref", "Future", "IntoFuture", "str", "i64",
    "u16", "f64", "bool", "char", "usize", "Cow", "Formatter", "Infallible", "PhantomData",
    "Serialize", "Deserialize", "Serializer", "Deserializer", "Visitor", "Map", "Value", "JsonSchema",
    "SchemaGenerator", "Schema", "SecretString", "HeaderMap", "HeaderValue", "Request", "Response",
    "Client", "ClientInfo", "ClientHooks", "ResponseValue", "ByteStream", "Inner", "Operation",
    "Authorization", "OperationInfo", "Requests", "Responses", "RawResponse", "MockServerExt", "MockServer",
    "Mock", "When", "Then", "QueryParam", "RequestBuilderExt", "UnknownValue", "Unknown", "Known", "KNOWN",
    "ALL", "Scope", "OAUTH_TOKEN", "AUTHORIZATION_URL", "TOKEN_BASE_URL", "UploadFileResponse",
    "A", "B", "C", "D", "E", "F", "K", "M", "S", "T", "U", "V", "a", "c", "de", "e", "f", "s", "v",
    "requests", "responses", "request", "response", "__requests", "__build", "make", "build", "send", "sent",
    "client", "baseurl", "base_url", "inner", "new", "new_with_client", "api_version", "into", "try_into",
    "from", "try_from", "into_inner", "into_iter", "clone", "to_owned", "to_string", "as_str", "as_ref",
    "is_known", "known", "from_str", "fmt", "eq", "cmp", "hash", "deref", "drop", "serialize",
    "deserialize", "deserializer", "serializer", "generator", "unknown", "value", "values", "item", "items",
    "url", "result", "info", "header", "headers", "header_map", "append", "body", "query", "query_param",
    "path", "path_re", "re", "json", "status", "status_code", "when", "then", "config_fn", "mock", "extra",
    "types", "newtypes", "operations", "operation", "error", "defaults", "define", "reqwest", "serde",
    "std", "core", "alloc", "basalam_chat_api", "progenitor_client", "httpmock", "regex", "schemars",
    "format", "println", "stringify", "concat", "matches", "vec", "write", "missing", "read_json",
    "read_empty", "encode_segment", "exec", "pre", "post", "get", "put", "delete", "patch", "all", "key",
    "next_key", "visit_map", "visit_str", "access", "state", "field", "name", "map", "content", "raw_value",
    "سلام", "گفتگو", "نوع_پیام", "می‌خواهم", "", "_", "__", "1", "2fa", "+1", "-1", "a b", "a-b", "a.b",
    "a/b", "a~b", "'", "\"", "\\", "{", "}", "{}", "//", "*/", "#", "$x", "@", "é", "\u{200c}", "\n",
];

/// Returns the modules: each kind of named schema has hostile names once.
pub(super) fn modules() -> Vec<Module> {
    let structure = json!({ "type": "object", "required": ["a"], "properties": { "a": {} } });
    let kinds = [
        ("hostile_structs", structure),
        ("hostile_ids", json!({ "type": "integer" })),
        ("hostile_strings", json!({ "type": "string" })),
        ("hostile_enums", json!({ "type": "string", "enum": NAMES })),
    ];
    let mut modules: Vec<Module> = kinds
        .into_iter()
        .map(|(name, schema)| Module {
            name: name.to_owned(),
            document: with_hostile_schemas(SMALL, &schema),
        })
        .collect();
    modules.push(Module {
        name: "hostile_chat".to_owned(),
        document: chat_document(),
    });
    modules
}

/// Returns `openapi/chat.json` with hostile names at every place.
pub(super) fn chat_document() -> String {
    let mut document: Value =
        serde_json::from_str(&read_workspace_file("openapi/chat.json")).unwrap();
    let values: Vec<&str> = NAMES.to_vec();
    append(
        &mut document["components"]["schemas"]["ButtonType"]["enum"],
        &values,
    );
    let flows = &mut document["components"]["securitySchemes"]["oauth2"]["flows"];
    for name in NAMES {
        flows["authorizationCode"]["scopes"][*name] = json!("A scope.");
    }
    for schema in ["Message", "CreateMessageBody"] {
        let properties = document["components"]["schemas"][schema]["properties"].as_object_mut();
        let properties = properties.unwrap();
        for name in NAMES {
            properties
                .entry(*name)
                .or_insert(json!({ "type": "string" }));
        }
    }
    let nth = |index: usize| NAMES[index % NAMES.len()];
    let button_type = json!({ "$ref": "#/components/schemas/ButtonType" });
    let string = json!({ "type": "string" });
    for (index, name) in NAMES.iter().enumerate() {
        // Each name is in each place once, beside other names.
        let parameters = json!([
            { "name": nth(index + 1), "in": "query", "schema": string },
            { "name": nth(index + 2), "in": "header", "schema": button_type },
            { "name": nth(index + 3), "in": "query", "explode": index % 2 == 0,
              "schema": { "type": "array", "items": button_type } },
        ]);
        document["paths"][format!("/hostile/{index}")] = operation(name, parameters);
    }
    for (index, names) in path_parameters().chunks(6).enumerate() {
        let parameters: Vec<Value> = names
            .iter()
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": string }))
            .collect();
        let path = format!("/hostile/path{index}/{{{}}}", names.join("}/{"));
        document["paths"][path] = operation(&format!("path{index}"), json!(parameters));
    }
    // A parameter on an operation that the SDK uses.
    let parameter = json!({ "name": "requests", "in": "query", "schema": { "type": "string" } });
    append(
        &mut document["paths"]["/v1/chats"]["get"]["parameters"],
        &[parameter],
    );
    let structure = json!({ "type": "object", "properties": { "a": {} } });
    with_hostile_schemas(&document.to_string(), &structure)
}

/// Returns the names that can be in a path and that the generator does not refuse.
fn path_parameters() -> Vec<&'static str> {
    let mut arguments = BTreeSet::from(["headermap", "new", "intoinner"].map(str::to_owned));
    let is_supported = |name: &&&str| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !name.is_empty() && name.bytes().all(is_name)
    };
    let names = NAMES.iter().filter(is_supported).copied();
    // Names that differ in case and underscores only become the same argument.
    names
        .filter(|name| arguments.insert(name.to_lowercase().replace('_', "")))
        .collect()
}

fn append<T: Clone + Into<Value>>(array: &mut Value, items: &[T]) {
    array
        .as_array_mut()
        .unwrap()
        .extend(items.iter().cloned().map(Into::into));
}

fn operation(id: &str, parameters: Value) -> Value {
    json!({ "get": {
        "operationId": id,
        "security": [],
        "parameters": parameters,
        "responses": { "204": { "description": "" } },
    } })
}

/// Adds a schema of each hostile name, used in a request and a response, and removes what is refused.
fn with_hostile_schemas(document: &str, schema: &Value) -> String {
    let mut document: Value = serde_json::from_str(document).unwrap();
    let mut uses = Map::new();
    for (index, name) in NAMES.iter().enumerate() {
        let mut characters = name.chars();
        let first = characters
            .next()
            .map(|first| first.to_uppercase().to_string());
        let name = format!("{}{}", first.unwrap_or_default(), characters.as_str());
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        schemas.entry(&name).or_insert(schema.clone());
        let target = format!(
            "#/components/schemas/{}",
            name.replace('~', "~0").replace('/', "~1")
        );
        uses.insert(format!("use{index}"), json!({ "$ref": target }));
    }
    document["components"]["schemas"]["HostileUses"] =
        json!({ "type": "object", "properties": uses });
    let content = json!({
        "application/json": { "schema": { "$ref": "#/components/schemas/HostileUses" } },
    });
    let mut used = operation("use_hostile_schemas", json!([]));
    used["get"]["requestBody"] = json!({ "required": true, "content": content });
    used["get"]["responses"] = json!({ "200": { "description": "", "content": content } });
    document["paths"]["/hostile/uses"] = used;
    without_refused(document)
}

/// Removes the parts that the generator refuses until it accepts the document.
fn without_refused(mut document: Value) -> String {
    for _ in 0..10 {
        let json = document.to_string();
        let Err(error) = generate(&json) else {
            return json;
        };
        assert!(error.is_unsupported(), "{error}");
        // From the end, so that the indices of items stay valid.
        let mut places: Vec<&str> = error
            .diagnostics()
            .iter()
            .map(|it| it.pointer.as_str())
            .collect();
        places.dedup();
        for place in places.into_iter().rev() {
            remove(&mut document, place);
        }
    }
    panic!(
        "the document is not accepted: {}",
        generate(&document.to_string()).unwrap_err()
    );
}

/// Removes a place, or the operation, schema or item that contains it.
fn remove(document: &mut Value, place: &str) {
    let segments: Vec<String> = place
        .split('/')
        .skip(1)
        .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
        .collect();
    let depth = match (segments[0].as_str(), segments[1].as_str()) {
        ("paths", _) if segments.get(3).is_some_and(|it| it == "parameters") => 5,
        ("paths", _) => 2,
        // A schema, or one of its properties or values.
        ("components", "schemas") => segments.len().min(5),
        _ => segments.len(),
    };
    let (last, parents) = segments[..depth].split_last().unwrap();
    let parent = parents
        .iter()
        .try_fold(document, |value, segment| match value {
            Value::Array(items) => items.get_mut(segment.parse::<usize>().unwrap()),
            value => value.get_mut(segment),
        });
    match parent {
        Some(Value::Object(object)) => drop(object.remove(last)),
        Some(Value::Array(items)) => drop(items.remove(last.parse().unwrap())),
        _ => {}
    }
}
