//! Messages that try to harm those who read an export.

use std::fs;

use basalam_chat_archive::SearchQuery;

use super::support::Fixture;

fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "<script>document.title='owned'</script>",
        "\"><img src=x onerror=alert(1)>",
        "</p></article></main><iframe src=//evil.example>",
        "]]></script><svg/onload=alert(1)>",
        "javascript:alert(1)",
        "https://evil.example/\"onmouseover=\"alert(1)",
        "=HYPERLINK(\"http://evil.example\",\"x\")",
        "+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "\t=1+1",
        "\u{200b}=1+1",
        "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m",
        "\u{202e}\u{2066}\u{2067} reversed \u{202a}",
        "a\u{0}b\u{8}\u{7f}\u{85}\u{2028}\u{2029}",
        "&lt;b&gt; &amp; &#x3c;",
        "{{7*7}} ${7*7} <%= 7*7 %>",
        "*/alert(1)/* `${alert(1)}`",
        "\u{feff}\u{fff9}\u{e0041}",
    ]
    .map(str::to_owned)
    .into();
    texts.push("م".repeat(1_000_000));
    texts.push("<b>".repeat(300_000));
    texts.push(format!("{}=1", "\u{200f}".repeat(1000)));
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_messages_harm_neither_pages_nor_tables() {
    let fixture = Fixture::new().await;
    let texts = hostile();
    let chat = fixture.chat(
        "<script>alert('name')</script>",
        texts.iter().map(String::as_str),
    );
    fixture.archive.sync(&fixture.client).await.unwrap();
    fixture.assert_complete(&[chat]);

    let site = fixture.path("site");
    fixture
        .archive
        .export()
        .title("<script>title</script>")
        .html(&site)
        .unwrap();
    let page = fs::read_to_string(site.join(format!("chats/{chat}/1.html"))).unwrap();
    let start = fs::read_to_string(site.join("index.html")).unwrap();
    for page in [&page, &start] {
        assert_eq!(markup(page), Vec::<String>::new());
        let control = |it: char| it.is_control() && it != '\n' && it != '\t';
        assert!(!page.contains(control));
        assert!(page.contains("http-equiv=\"Content-Security-Policy\""));
    }
    // Scripts contain texts as JSON only.
    for entry in fs::read_dir(site.join("search")).unwrap() {
        let script = fs::read_to_string(entry.unwrap().path()).unwrap();
        let (call, data) = script.split_once(['(', '=']).unwrap();
        assert!(
            ["archive.words", "archive.messages", "archive.chats"].contains(&call),
            "{call}"
        );
        let data = data.trim_end().trim_end_matches(';').trim_end_matches(')');
        let json = data
            .split_once(',')
            .filter(|(number, _)| number.parse::<u32>().is_ok())
            .map_or(data, |it| it.1);
        let json = json.trim_end().replace(",\n]", "\n]");
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
    }

    let mut csv = Vec::new();
    fixture.archive.export().csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(!csv.contains(['\0', '\u{1b}', '\u{8}', '\u{7f}', '\u{9b}']));
    for formula in ["\"=HYPER", "\"+cmd", "\"@SUM", "\"\t=", "\"\u{200b}="] {
        assert!(!csv.contains(formula), "{formula}");
    }
    for query in ["owned", "alert", "reversed", "<script>", "م"] {
        let results = fixture.archive.search(&SearchQuery::new(query)).unwrap();
        assert!(
            results
                .hits
                .iter()
                .all(|it| it.snippet.text.chars().count() <= 160)
        );
    }
}

/// Returns elements and attributes that the pages of an export never have.
fn markup(page: &str) -> Vec<String> {
    const ELEMENTS: [&str; 40] = [
        "!DOCTYPE", "div", "/div", "html", "head", "meta", "title", "link", "body", "header", "h1",
        "bdi", "a", "form", "input", "button", "nav", "span", "main", "article", "time", "p", "em",
        "section", "ul", "li", "script", "img", "video", "audio", "/html", "/head", "/title",
        "/body", "/header", "/h1", "/bdi", "/a", "/form", "/button",
    ];
    const ENDS: [&str; 11] = [
        "/nav", "/span", "/main", "/article", "/time", "/p", "/em", "/section", "/ul", "/li",
        "/script",
    ];
    let tags = page
        .split('<')
        .skip(1)
        .map(|it| it.split('>').next().unwrap_or_default());
    tags.filter(|tag| {
        let mut parts = tag.split_ascii_whitespace();
        let name = parts.next().unwrap_or_default();
        let is_known = ELEMENTS.contains(&name) || ENDS.contains(&name);
        let has_handler = parts.any(|it| it.starts_with("on") && !tag.contains("rel=\"noopener"));
        let is_foreign_script = name == "script"
            && !["fold.js", "search/chats.js", "search.js"]
                .iter()
                .any(|it| *tag == format!("script src=\"{it}\""));
        let has_foreign_source = ["src=\"http", "src=\"//", "href=\"javascript", "href=\"data"]
            .iter()
            .any(|it| tag.contains(it));
        !is_known || has_handler || is_foreign_script || has_foreign_source
    })
    .map(str::to_owned)
    .collect()
}
