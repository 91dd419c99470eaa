use basalam_chat_emulator::Emulator;
use reqwest::Method;

use super::send;
use crate::support::Service;

#[tokio::test]
async fn page_and_files_have_a_strict_policy() {
    let service = Service::start().await;
    let base = service.emulator.base_url();
    for path in [
        "console",
        "console/",
        "console/index.html",
        "console/nothing.js",
    ] {
        let url = format!("{base}/_emulator/{path}");
        let response = service.client.get(url).send().await.unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        for directive in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        for source in ["unsafe", "http", "*", "data:"] {
            assert!(!policy.contains(source), "{policy}");
        }
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(
            response.headers()["cross-origin-resource-policy"],
            "same-origin"
        );
        assert_eq!(response.headers()["cache-control"], "no-store");
        match path {
            "console/nothing.js" => assert_eq!(response.status(), 404),
            _ => {
                let media_type = response.headers()["content-type"].to_str().unwrap();
                assert_eq!(media_type, "text/html; charset=utf-8");
                assert!(response.url().path().starts_with("/_emulator/console/"));
                assert!(response.text().await.unwrap().contains("<html"));
            }
        }
    }
}

#[tokio::test]
async fn is_neither_counted_nor_logged() {
    let service = Service::start().await;
    for path in ["console/", "chats", "requests", "webhooks", "settings"] {
        send(&service, Method::GET, path, None).await;
    }
    assert_eq!(service.emulator.total_request_count(), 0);
    assert!(service.emulator.request_log().is_empty());
}

#[tokio::test]
async fn is_off_without_control() {
    let service = Service::start_with(Emulator::builder().control(false)).await;
    for path in ["console/", "events", "chats", "requests.har"] {
        let response = send(&service, Method::GET, path, None).await;
        response.assert_unknown_route();
    }
}
