use super::*;

fn parse(body: &str) -> ErrorResponse {
    ErrorResponse::parse(body.as_bytes(), &|text, max_bytes| {
        truncate(&String::from_utf8_lossy(text), max_bytes)
    })
}

fn messages(body: &str) -> Vec<String> {
    parse(body).messages
}

#[test]
fn parses_every_known_format() {
    for body in [
        r#"{"errors":[{"message":"no"}]}"#,
        r#"{"http_status":401,"message":"no","errors":[{"code":1,"message":"no","fields":[]}]}"#,
        r#"{"messages":[{"message":"no","fields":["x"]}]}"#,
        r#"[{"message":"no"}]"#,
        r#"{"message":"no"}"#,
        r#"{"error":"no"}"#,
        r#"{"error":{"messages":[{"text":"no"}]}}"#,
        r#"{"error":[{"text":"no"}]}"#,
        r#"{"error":{"message":"no"}}"#,
        r#"{"error_description":"no"}"#,
        r#"{"detail":"no"}"#,
        r#"{"detail":["no"]}"#,
        r#"{"detail":{"message":"no"}}"#,
        r#"{"ok":false,"error_code":401,"description":" no\n"}"#,
        "\u{feff}{\"message\":\"no\"}",
    ] {
        assert_eq!(messages(body), ["no"], "{body}");
    }
}

#[test]
fn parses_validation_problems() {
    let body =
        r#"{"detail":[{"loc":["body","files",0,"url"],"msg":"field required","type":"missing"}]}"#;
    let response = parse(body);
    assert_eq!(response.validation.len(), 1);
    let problem = &response.validation[0];
    assert_eq!(problem.location, ["body", "files", "0", "url"]);
    assert_eq!(problem.to_string(), "`body.files.0.url` field required");
}

#[test]
fn names_chosen_by_the_sender_are_not_shown_in_locations() {
    for (location, shown) in [
        (
            r#"["body","message_metadata","private key"]"#,
            "body.message_metadata.?",
        ),
        (
            r#"["body","message_metadata","private","id"]"#,
            "body.message_metadata.?.id",
        ),
        (r#"["query","limit"]"#, "query.limit"),
        (
            r#"["body","files","3",null,{"private":1}]"#,
            "body.files.3.?.?",
        ),
    ] {
        let body = format!(r#"{{"detail":[{{"loc":{location},"msg":"no","type":"x"}}]}}"#);
        assert_eq!(parse(&body).validation[0].location.join("."), shown);
    }
}

#[test]
fn other_content_is_not_an_error_message() {
    for body in [
        "",
        "null",
        "7",
        "{}",
        "[]",
        "[[]]",
        r#"{"errors":{}}"#,
        r#"{"detail":[{"loc":1}]}"#,
        // Echoes of a request.
        "a private text",
        r#""a private text""#,
        r#"["a private text"]"#,
        r#"{"text":"a private text"}"#,
        r#"{"content":{"text":"a private text"},"message_type":"text"}"#,
        r#"{"message":{"text":"a private text"}}"#,
        r#"{"messages":[{"id":1,"text":"a private text"}]}"#,
        r#"{"data":{"message":"a private text"}}"#,
        r#"[{"text":"a private text"}]"#,
        r#"{"detail":[{"input":"a private text","ctx":{"value":"a private text"}}]}"#,
    ] {
        assert!(messages(body).is_empty(), "{body}");
    }
    assert!(messages(&"[".repeat(100_000)).is_empty());
}

#[test]
fn plain_text_is_a_message_only_if_it_is_known() {
    let page = "<html><body>Bad gateway</body></html>";
    assert_eq!(messages(page), ["an HTML page"]);
    assert_eq!(messages("404 page not found\n"), ["404 page not found"]);
    assert!(messages("404 page not found: a private text").is_empty());
}

#[test]
fn number_of_messages_is_limited() {
    let items = vec![r#"{"message":"no"},{"loc":["body"],"msg":"x","type":"y"}"#; 100];
    let mut numbered = String::new();
    for number in 0..100 {
        numbered.push_str(&format!(r#"{{"message":"no {number}"}},"#));
    }
    let body = format!(
        r#"{{"messages":[{numbered}1],"errors":[{}]}}"#,
        items.join(",")
    );
    let response = parse(&body);
    assert_eq!(response.messages.len(), MAX_MESSAGES);
    assert!(response.validation.len() <= MAX_MESSAGES);
}

#[test]
fn truncates_at_character_boundary_and_replaces_control_characters() {
    let text = format!("a{}", "\u{633}".repeat(400));
    let truncated = one_line(&text, MAX_MESSAGE_BYTES);
    assert!(truncated.len() <= MAX_MESSAGE_BYTES + '…'.len_utf8());
    assert!(truncated.ends_with('…'));
    assert_eq!(one_line("a\nb\u{1b}[31m", 100), "a b [31m");
}
