//! Paths of servers, and parameters in parts of segments.

use serde_json::{Value, json};

use super::{assert_both_ways, assert_differences};
use crate::documents::{differences, document};

fn with_servers(servers: Value, path: &str) -> Value {
    let mut document = document(json!({path: {"get": {}}}));
    document["servers"] = servers;
    document
}

#[test]
fn path_of_the_server_is_part_of_the_path() {
    let without = document(json!({"/v1/chats": {"get": {}}}));
    let variables = json!({"base": {"default": "v1", "enum": ["v1", "v2"]}});
    for servers in [
        json!([{"url": "https://x.example/v1"}]),
        json!([{"url": "https://x.example:8080/v1/"}]),
        json!([{"url": "/v1"}]),
        json!([{"url": "https://x.example/{base}", "variables": variables}]),
        json!([{"url": "https://x.example/v1"}, {"url": "https://dev.x.example/v1"}]),
    ] {
        let with = with_servers(servers, "/chats");
        assert_differences(without.clone(), with.clone(), &[]);
        assert_differences(with, without.clone(), &[]);
    }
    let inner = json!({"/chats": {"servers": [{"url": "/v1"}], "get": {}}});
    assert_differences(without.clone(), document(inner), &[]);
    let inner =
        json!({"/chats": {"servers": [{"url": "/v3"}], "get": {"servers": [{"url": "/v1"}]}}});
    assert_differences(without, document(inner), &[]);
}

#[test]
fn path_of_the_server_changed() {
    assert_both_ways(
        with_servers(json!([{"url": "https://x.example/v1"}]), "/chats"),
        with_servers(json!([{"url": "https://x.example/v2"}]), "/chats"),
        "breaking  GET /v1/chats: moved to GET /v2/chats",
        "breaking  GET /v2/chats: moved to GET /v1/chats",
    );
}

#[test]
fn host_of_the_server_changed() {
    assert_differences(
        with_servers(json!([{"url": "https://x.example/v1"}]), "/chats"),
        with_servers(json!([{"url": "https://y.example/v1"}]), "/chats"),
        &[],
    );
}

#[test]
fn one_of_the_paths_of_servers_removed() {
    assert_both_ways(
        with_servers(json!([{"url": "/a"}, {"url": "/b"}]), "/chats"),
        with_servers(json!([{"url": "/b"}]), "/chats"),
        "breaking  GET /a/chats: only in the document: the operation",
        "additive  GET /a/chats: only in the contract: the operation",
    );
}

/// Returns a document with one path, whose parameters have these names and schemas.
fn with_parameters(path: &str, parameters: &[(&str, Value)]) -> Value {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|(name, schema)| json!({"name": name, "in": "path", "required": true, "schema": schema}))
        .collect();
    document(json!({path: {"get": {"parameters": parameters}}}))
}

#[test]
fn names_of_parameters_in_parts_of_segments_are_ignored() {
    let integer = json!({"type": "integer"});
    for (base, other) in [
        ("/files/{a}.json", "/files/{b}.json"),
        ("/files/v{a}", "/files/v{b}"),
        ("/files/{a}", "/files/{b}"),
    ] {
        let base = with_parameters(base, &[("a", integer.clone())]);
        let other = with_parameters(other, &[("b", integer.clone())]);
        assert_differences(base, other, &[]);
    }
}

#[test]
fn each_parameter_of_a_segment_is_compared() {
    let integer = json!({"type": "integer"});
    let short = json!({"type": "string", "maxLength": 10});
    let base = [("from", integer.clone()), ("to", integer.clone())];
    for path in [
        "/report/{from}..{to}",
        "/report/{from}/{to}",
        "/{from}-{to}.csv",
    ] {
        for (index, name) in ["from", "to"].into_iter().enumerate() {
            let mut other = base.clone();
            other[index].1 = short.clone();
            let found = differences(
                &with_parameters(path, &base),
                &with_parameters(path, &other),
            );
            assert_eq!(
                found,
                [format!(
                    "breaking  GET {path} → path → {name}: integer in the document, \
                     string (maxLength 10) in the contract"
                )]
            );
        }
    }
}

#[test]
fn segments_with_other_literals_are_different_paths() {
    for (one, other) in [
        ("/c/{a}...{b}", "/c/{ab}"),
        ("/c/{a}.json", "/c/{a}.xml"),
        ("/c/{a}", "/c/{a}{b}"),
    ] {
        let both = document(json!({one: {"get": {}}, other: {"get": {}}}));
        assert_differences(both.clone(), both, &[]);
    }
}
