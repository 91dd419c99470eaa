use basalam_chat_api::operations::{GET_CHATS, GET_ME_POST, OAUTH_TOKEN};

use super::*;

const TOKEN: &str = "a/secret+of=mine~1";

fn secrets(values: &[&str]) -> Secrets {
    Secrets {
        authorization: None,
        others: values.iter().map(|value| (*value).into()).collect(),
    }
}

fn redacted(values: &[&str], text: &str) -> String {
    secrets(values).excerpt(text.as_bytes(), 10_000)
}

fn request(url: &str, form: Option<&str>) -> Request {
    let mut request = Request::new(http::Method::POST, url.parse().unwrap());
    *request.body_mut() = form.map(|form| form.to_owned().into());
    request
}

#[test]
fn redacts_every_spelling() {
    for text in [
        "a/secret+of=mine~1",
        r"a\/secret+of=mine~1",
        "a%2Fsecret%2Bof%3Dmine~1",
        "a%2fsecret%2bof%3dmine%7e1",
        "a/secret%2bof=mine~1",
        r"a\u002fsecret\u002Bof\u003dmine~1",
        r"a\x2fsecret+of\x3dmine~1",
        "a&#47;secret&#x2B;of&equals;mine~1",
        "a&sol;secret&plus;of&#X3D;mine~1",
        // Escaped more than once, and in several ways.
        "a%252Fsecret%252Bof%253Dmine~1",
        "a&amp;#47;secret+of=mine~1",
        r"a\\/secret+of\\u003dmine~1",
        r"a\u00252fsecret&amp;plus;of=mine~1",
        "%61%2F%73%65%63%72%65%74%2B%6F%66%3D%6D%69%6E%65%7E%31",
    ] {
        let text = format!("The token {text} is expired");
        let expected = "The token [redacted] is expired";
        assert_eq!(redacted(&[TOKEN], &text), expected, "{text}");
    }
}

#[test]
fn redacts_secret_that_contains_an_escape() {
    let secret = "100%41&amp;more";
    assert_eq!(redacted(&[secret], "100%41&amp;more"), "[redacted]");
    assert_eq!(redacted(&[secret], "100%2541&amp;amp;more"), "[redacted]");
}

#[test]
fn redacts_the_longest_of_overlapping_secrets() {
    let values = [TOKEN, "a/secret+of=mine~1-and-more", "and-more-words"];
    let text = "(a/secret+of=mine~1) (a/secret+of=mine~1-and-more-words)";
    assert_eq!(redacted(&values, text), "([redacted]) ([redacted])");
}

#[test]
fn redacts_short_secrets_as_words_only() {
    for (secret, text, expected) in [
        (
            "abc",
            "token abc, \"abc\" abcd xabc abc",
            "token [redacted], \"[redacted]\" abcd xabc [redacted]",
        ),
        ("s", "1:s is not it's", "1:[redacted] is not it'[redacted]"),
        ("seven77", "token=seven77&x=1", "token=[redacted]&x=1"),
        ("a=b", "a%3Db a\\u003db", "[redacted] [redacted]"),
        ("سر", "سر سرد", "[redacted] سرد"),
        ("", "nothing", "nothing"),
    ] {
        assert_eq!(redacted(&[secret], text), expected, "{secret}");
    }
}

#[test]
fn redacts_secret_at_the_end_of_the_excerpt_and_of_a_truncated_text() {
    let text = format!("{}{TOKEN} and more", "x".repeat(90));
    for max in 85..120 {
        let excerpt = secrets(&[TOKEN]).excerpt(text.as_bytes(), max);
        assert!(!excerpt.contains("a/s"), "{max}: {excerpt}");
        assert!(excerpt.ends_with('…') || max >= 109, "{max}: {excerpt}");
    }
    for length in MIN_PART_LENGTH..TOKEN.len() {
        assert_eq!(redacted(&[TOKEN], &TOKEN[..length]), "[redacted]");
    }
    let encoded = "%61%2F%73%65%63%72%65%74%2B";
    assert_eq!(redacted(&[TOKEN], &format!("x {encoded}")), "x [redacted]");
}

#[test]
fn searches_only_what_is_kept() {
    let body = "سلام%3D".repeat(4 * 1024 * 1024);
    let excerpt = secrets(&[TOKEN]).excerpt(body.as_bytes(), 19);
    assert_eq!(excerpt, "سلام%3Dسلام…");
    assert_eq!(secrets(&[]).excerpt(&[b'a', 0xff, b'b'], 2), "a…");
}

#[test]
fn reads_the_access_token_of_a_request() {
    let mut request = request("http://localhost/v1/chats", None);
    let header = HeaderValue::from_static("Bearer canary-token");
    request.headers_mut().insert(AUTHORIZATION, header);
    let secrets = Secrets::of_request(&GET_CHATS, &request, None);
    assert_eq!(secrets.values(), ["canary-token"]);
    assert!(!format!("{secrets:?}").contains("canary"));
    let other = Some(HeaderValue::from_static("Bearer other-token"));
    assert_eq!(
        Secrets::of_request(&GET_CHATS, &request, other.clone()).values(),
        ["canary-token"]
    );
    request.headers_mut().clear();
    assert_eq!(
        Secrets::of_request(&GET_CHATS, &request, other).values(),
        ["other-token"]
    );
}

#[test]
fn reads_the_bot_token_of_a_path() {
    let request = request("http://localhost/prefix/v1/bots/1%3Asecret%2Ba/getMe", None);
    let secrets = Secrets::of_request(&GET_ME_POST, &request, None);
    let text = b"/v1/bots/1:secret+a/getMe 1%3Asecret%2Ba secret+a prefix";
    assert_eq!(
        secrets.excerpt(text, 1000),
        "/v1/bots/[redacted]/getMe [redacted] [redacted] prefix"
    );
}

#[test]
fn reads_the_secrets_of_a_token_request() {
    let form = "grant_type=refresh_token&refresh_token=r%2B1&client_id=shop&client_secret=s%3D2";
    let request = request("http://localhost/oauth/token", Some(form));
    let secrets = Secrets::of_request(&OAUTH_TOKEN, &request, None);
    // The last two are `shop:s=2` in Base64.
    let text = b"refresh_token r+1 shop s=2 c2hvcDpzPTI= c2hvcDpzPTI";
    assert_eq!(
        secrets.excerpt(text, 1000),
        "refresh_token [redacted] shop [redacted] [redacted]= [redacted]"
    );
}
