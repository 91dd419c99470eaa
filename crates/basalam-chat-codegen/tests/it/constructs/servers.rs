//! URLs of servers and of the token endpoint.

use serde_json::{Value, json};

use crate::test_document::small_document;

#[test]
fn path_of_the_servers_precedes_the_paths_of_the_operations() {
    for (url, path) in [
        ("https://notes.example", "/v1/notes"),
        ("https://notes.example/", "/v1/notes"),
        (
            "https://{region}.notes.example:8443/chat/v1",
            "/chat/v1/v1/notes",
        ),
        ("http://notes.example/api/", "/api/v1/notes"),
        ("/api", "/api/v1/notes"),
        ("/", "/v1/notes"),
    ] {
        let generated = small_document(url)
            .set("/servers", json!([{ "url": url }, { "url": url }]))
            .expect_generated();
        assert!(
            generated.operations_contain(&format!("path: \"{path}\"")),
            "{url}"
        );
        let url = format!("format!(\"{{}}{path}\", self.baseurl");
        assert!(
            generated.client_contains(&url),
            "{}",
            generated.sources.client
        );
        assert!(generated.mock_contains(&format!("\"^{path}$\"")), "{url}");
    }
}

#[test]
fn rejects_urls_of_servers_that_cannot_be_applied() {
    for url in [
        json!("https://notes.example/{version}"),
        json!("https://notes.example/v1?a=b"),
        json!("https://notes.example?a=b"),
        json!("https://notes.example/v1#a"),
        json!("https://notes.example/a b"),
        json!("https://notes.example/a//b"),
        json!("https://notes.example/../a"),
        json!("v1"),
        json!(3),
    ] {
        small_document(url.to_string())
            .set("/servers", json!([{ "url": url }]))
            .expect_diagnostic_at("/servers/0/url");
    }
    let servers = json!([{ "url": "https://a.example/v1" }, { "url": "https://b.example/v2" }]);
    small_document("different paths")
        .set("/servers", servers)
        .expect_diagnostic_at("/servers/1/url");
}

const FLOWS: &str = "/components/securitySchemes/oauth/flows";

fn flows(token_url: &str, scope: &str) -> Value {
    json!({ "authorizationCode": {
        "authorizationUrl": "https://notes.example/login",
        "tokenUrl": token_url,
        "scopes": { "notes.read": "Reads.", "notes.write": "Writes.", scope: "Another." },
    } })
}

#[test]
fn rejects_token_urls_that_requests_would_change() {
    for url in [
        "https://notes.example/oauth/token?p=chat",
        "https://notes.example/oauth/token#a",
        "https://user@notes.example/oauth/token",
        "http://notes.example/oauth/token",
        "https:///oauth/token",
        "https://notes.example",
        "https://notes.example/a b",
        "https://notes.example/../token",
        "/oauth/token",
    ] {
        small_document(url)
            .set(FLOWS, flows(url, "a"))
            .expect_diagnostic_at(&format!("{FLOWS}/authorizationCode/tokenUrl"));
    }
    for path in ["/token", "/oauth/token/", "/"] {
        let generated = small_document(path)
            .set(
                FLOWS,
                flows(&format!("https://notes.example:444{path}"), "a"),
            )
            .expect_generated();
        assert!(
            generated.operations_contain(&format!("path: \"{path}\"")),
            "{path}"
        );
    }
}

#[test]
fn reports_scopes_without_a_unique_variant_at_their_places() {
    for scope in ["سلام", "!", "notes_write", "3"] {
        small_document(scope)
            .set(FLOWS, flows("https://notes.example/token", scope))
            .expect_diagnostic_at(&format!("{FLOWS}/authorizationCode/scopes/{scope}"));
    }
}
