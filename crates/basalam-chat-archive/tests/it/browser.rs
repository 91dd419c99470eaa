//! The pages of an HTML export in a browser.
//!
//! The tests need Chromium, which `cargo xtask ci` installs: `cargo test -p basalam-chat-archive --test it -- --ignored
//! browser::` runs them. `CHROMIUM` names the program, `chromium` by default. With `SCREENSHOTS` set to a directory, they
//! save screenshots there.

use std::env;
use std::fs;
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use basalam_chat_archive::fold;
use serde_json::json;

use super::persian::PAIRS;
use super::support::Fixture;

/// A page as a browser shows it.
struct Rendered {
    dom: String,
    /// The hosts that the page has tried to reach.
    hosts: Vec<String>,
}

/// Runs Chromium with a page. Its proxy is a listener, so that every attempt to use the network is noticed.
fn chromium(profile: &Path, url: &str, arguments: &[&str]) -> Rendered {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let program = env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let output = Command::new(program)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-extensions",
        ])
        .args([
            "--virtual-time-budget=5000",
            "--window-size=412,900",
            "--lang=fa",
        ])
        .arg(format!("--proxy-server=http://{proxy}"))
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(arguments)
        .arg(url)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    let mut hosts = Vec::new();
    loop {
        match listener.accept() {
            Ok((stream, _)) => hosts.extend(requested_host(stream)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    Rendered {
        dom: String::from_utf8(output.stdout).unwrap(),
        hosts,
    }
}

/// Returns the host of a request to a proxy, unless the browser itself has sent it, to its vendor.
fn requested_host(mut stream: TcpStream) -> Option<String> {
    stream.set_nonblocking(false).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let mut request = [0; 512];
    // A connection without a request has no host.
    let length = stream.read(&mut request).unwrap_or_default();
    let request = String::from_utf8_lossy(&request[..length]);
    let target = request.split(' ').nth(1)?;
    let host = target
        .trim_start_matches("http://")
        .split(['/', ':'])
        .next()?;
    let is_of_vendor = [".google.com", ".googleapis.com", ".gstatic.com"]
        .iter()
        .any(|it| host.ends_with(it));
    (!is_of_vendor).then(|| host.to_owned())
}

/// Percent-encodes everything.
fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn search_of_the_pages_finds_messages_without_network() {
    let fixture = Fixture::new().await;
    let mut texts: Vec<String> = (0..1200)
        .map(|it| format!("پیام شماره {it} درباره سفارش"))
        .collect();
    texts[700] = "مي\u{200c}خواهم كتاب\u{200c}ها را بخرم".to_owned();
    texts[701] = "price is ۱٬۲۵۰ تومان for PDF فایل".to_owned();
    texts.push(
        "<img src=http://evil.example/a.png> <script src=http://evil.example/a.js></script>"
            .to_owned(),
    );
    texts.push("http://evil.example/link".to_owned());
    let chat = fixture.chat("سارا <b>", texts.iter().map(String::as_str));
    let own = [
        "سلام، سفارش شما فردا ارسال می‌شود.\nممنون از خرید شما",
        "Hello, it was sent (کد رهگیری ۱۲۳).",
    ];
    fixture
        .emulator
        .seed_messages(chat, fixture.emulator.seller().id, own)
        .unwrap();
    let mixed = fixture.chat(
        "Reza رضا",
        [
            "سلام، محصول iPhone 15 Pro موجود است؟",
            "Hello, is کتاب‌ها available?",
            "https://basalam.com/p/123",
            "قیمت: ۱٬۲۵۰٬۰۰۰ تومان (+۱۰٪)",
        ],
    );
    let reply = ["بله، موجود است.\nارسال: 2 روز", "Yes, it is."];
    fixture
        .emulator
        .seed_messages(mixed, fixture.emulator.seller().id, reply)
        .unwrap();
    let ids = fixture.ids(chat);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let site = fixture.path("site");
    fixture
        .archive
        .export()
        .title("غرفه سارا")
        .html(&site)
        .unwrap();
    let profile = fixture.path("profile");
    let start = format!("file://{}/index.html", site.display());
    let open = |query: &str| {
        chromium(
            &profile,
            &format!("{start}?q={}", encode(query)),
            &["--dump-dom"],
        )
    };

    // A message, the page that it is on, and queries that find it.
    for (index, page, queries) in [
        (700, 1, vec!["میخواهم كتاب ها"]),
        (701, 1, vec!["1250 pdf"]),
        (1202, 2, vec!["سفارش ارسال مي‌شو"]),
    ] {
        for query in queries {
            let Rendered { dom, hosts } = open(query);
            let link = format!("href=\"chats/{chat}/{page}.html#m{}\"", ids[index]);
            assert!(dom.contains(&link), "{query}: {dom}");
            assert!(dom.contains("data-found=\"1\""), "{query}: {dom}");
            assert!(dom.contains("<html lang=\"fa\" dir=\"rtl\">"));
            assert_eq!(hosts, [""; 0], "{query}");
        }
    }
    let Rendered { dom, .. } = open("ناموجود");
    assert!(
        dom.contains("چیزی پیدا نشد") && dom.contains("data-found=\"0\""),
        "{dom}"
    );
    let Rendered { dom, hosts } = open("<img src=x onerror=alert(1)>");
    assert!(!dom.contains("<img") && hosts.is_empty(), "{dom}");
    // All of many results can be listed.
    assert!(open("سفارش").dom.contains("data-found=\"1199\""));

    let last = format!("file://{}/chats/{chat}/2.html", site.display());
    let Rendered { dom, hosts } = chromium(&profile, &last, &["--dump-dom"]);
    assert_eq!(hosts, [""; 0]);
    assert!(
        !dom.contains("<img") && dom.contains("&lt;img src=http://evil.example/a.png&gt;"),
        "{dom}"
    );

    let probe = measure(&site, chat, &profile);
    assert_eq!(probe["folded_differently"], json!([]));
    assert_eq!(
        probe["overflow"],
        json!(0),
        "the page is wider than a phone"
    );
    let directions = probe["directions"].as_object().unwrap();
    let direction = |start: &str| {
        let mut texts = directions.iter();
        let text = texts.find(|(text, _)| text.starts_with(start));
        text.unwrap().1["runs"].as_str().unwrap().to_owned()
    };
    for start in ["پیام شماره", "سلام"] {
        assert_eq!(direction(start), "right to left", "{start}");
    }
    for start in ["Hello", "http://evil.example"] {
        assert_eq!(direction(start), "left to right", "{start}");
    }
    // Messages of others are on the right, and the user's on the left.
    let side = |start: &str| {
        let mut texts = directions.iter();
        let text = texts.find(|(text, _)| text.starts_with(start)).unwrap().1;
        (text["space_left"].as_f64().unwrap() - text["space_right"].as_f64().unwrap()).signum()
    };
    assert_eq!([side("پیام شماره"), side("سلام")], [1.0, -1.0]);

    if let Ok(directory) = env::var("SCREENSHOTS") {
        let mixed = format!("file://{}/chats/{mixed}/1.html", site.display());
        let pages = [
            ("start", start.clone()),
            ("chat", last),
            ("mixed", mixed),
            ("search", format!("{start}?q={}", encode("می خواهم"))),
        ];
        for (name, url) in pages {
            chromium(
                &profile,
                &url,
                &[&format!("--screenshot={directory}/{name}.png")],
            );
        }
    }
}

/// Texts of other scripts, numbers and symbols.
const OTHER_TEXTS: [&str; 14] = [
    "ΟΔΟΣ και οδός",
    "Straße STRASSE İstanbul",
    "１２３ ｆｕｌｌ ﬁne",
    "1,234,567 and 1,2345 and 12,34",
    "x1,234,5678",
    "½ kg, 3² m",
    "日本語とカタカナ",
    "👍🏽👍 ok👍",
    "a\u{200e}b a\u{ad}b a\u{200b}b",
    "کتاب, ها | ها",
    "می-خواهم می خواهم",
    "شيءٌ ماء سماءِ",
    "naïve Ångström \u{130}",
    "",
];

/// Measures a page of messages with a script that is added to a copy of it, and compares how the scripts of the pages
/// fold the table of Persian spelling with how the archive does.
fn measure(site: &Path, chat: i64, profile: &Path) -> serde_json::Value {
    let texts = PAIRS.iter().flat_map(|(query, text, _)| [*query, *text]);
    let texts = texts.chain(OTHER_TEXTS);
    let folded = texts.map(|text| {
        let folded = fold(text);
        json!([text, folded.body, folded.joined])
    });
    let folded = serde_json::Value::from_iter(folded);
    fs::write(
        site.join("probe.js"),
        PROBE.replace("FOLDED", &folded.to_string()),
    )
    .unwrap();
    let page = fs::read_to_string(site.join(format!("chats/{chat}/2.html"))).unwrap();
    let scripts =
        r#"<script src="../../fold.js"></script><script src="../../probe.js"></script></body>"#;
    let probe = site.join(format!("chats/{chat}/probe.html"));
    fs::write(&probe, page.replace("</body>", scripts)).unwrap();
    let url = format!("file://{}", probe.display());
    let Rendered { dom, .. } = chromium(profile, &url, &["--dump-dom"]);
    let result = dom.split_once("<pre id=\"probe\">").unwrap().1;
    let result = result.split_once("</pre>").unwrap().0;
    serde_json::from_str(
        &result
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
    .unwrap()
}

/// Describes the text of each message: where its first and its last letter are, and the space beside the message.
const PROBE: &str = r#"
"use strict";
var different = FOLDED.filter(function (it) {
  var folded = archive.fold(it[0]);
  return folded.body.join(" ") !== it[1] || folded.joined.join(" ") !== it[2];
});
var directions = {}, list = document.querySelector(".messages").getBoundingClientRect();
document.querySelectorAll(".message p").forEach(function (text) {
  var walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT), node = walker.nextNode(), range = document.createRange();
  function position(index) {
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    return range.getBoundingClientRect();
  }
  // Two letters of the first word, which are on the same line.
  var first = position(0), second = position(2), message = text.closest(".message").getBoundingClientRect();
  directions[text.textContent.slice(0, 20)] = {
    runs: first.left > second.left ? "right to left" : "left to right",
    space_left: message.left - list.left,
    space_right: list.right - message.right
  };
});
var result = document.createElement("pre");
result.id = "probe";
result.textContent = JSON.stringify({
  folded_differently: different,
  overflow: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
  directions: directions
});
document.body.append(result);
"#;
