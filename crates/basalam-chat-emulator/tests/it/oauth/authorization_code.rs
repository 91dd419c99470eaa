use std::time::Duration;

use basalam_chat_emulator::{Emulator, OAuthClient};
use reqwest::redirect::Policy;
use serde_json::json;

use super::{
    assert_invalid_grant, assert_oauth_error, field, request_tokens, start_with_fixed_clock,
};
use crate::support::{BufferedResponse, Service};

#[tokio::test]
async fn code_is_single_use_expires_and_is_bound_to_its_client() {
    let service = start_with_fixed_clock(Emulator::builder()).await;
    let customer = service.emulator.customer();
    let client_id = service.emulator.oauth_client().id().to_owned();
    let issue = || {
        service
            .emulator
            .issue_code(&client_id, customer.id)
            .unwrap()
    };
    let exchange = async |code: &str| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", "https://example.com/back"),
        ];
        request_tokens(&service, &pairs).await
    };
    let code = issue();
    let tokens = exchange(&code).await.ok();
    let me = service
        .current_user(field(&tokens, "access_token"))
        .await
        .ok();
    assert_eq!(me["id"], customer.id);
    assert!(!field(&tokens, "refresh_token").is_empty());
    assert_invalid_grant(&exchange(&code).await);
    assert_invalid_grant(&exchange("nonsense").await);

    let code = issue();
    service
        .emulator
        .advance_clock(Duration::from_secs(600))
        .unwrap();
    assert_invalid_grant(&exchange(&code).await);

    service
        .emulator
        .add_oauth_client(OAuthClient::new("other", "s"))
        .unwrap();
    let code = service.emulator.issue_code("other", customer.id).unwrap();
    assert_invalid_grant(&exchange(&code).await);
}

#[tokio::test]
async fn authorization_page_redirects_with_code_and_state() {
    let service = Service::start().await;
    let client = OAuthClient::new("app", "s")
        .redirect_uri("https://example.com/back?x=1")
        .scopes(["customer.chat.read"]);
    service.emulator.add_oauth_client(client).unwrap();
    let browser = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let visit = async |scope: &str, redirect_uri: &str, user_id: &str| {
        let query = [
            ("client_id", "app"),
            ("scope", scope),
            ("redirect_uri", redirect_uri),
            ("state", "a b&c"),
            ("user_id", user_id),
        ];
        let request = browser.get(service.emulator.authorize_url()).query(&query);
        request.send().await.unwrap()
    };
    let back = "https://example.com/back?x=1";

    let page = visit("customer.chat.read", back, "").await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Customer"));

    let user_id = service.emulator.customer().id.to_string();
    let redirect = visit("customer.chat.read", back, &user_id).await;
    assert_eq!(redirect.status(), 302);
    let location = reqwest::Url::parse(redirect.headers()["location"].to_str().unwrap()).unwrap();
    let pairs: Vec<_> = location.query_pairs().into_owned().collect();
    assert_eq!(pairs[0], ("x".to_owned(), "1".to_owned()));
    assert_eq!(pairs[2], ("state".to_owned(), "a b&c".to_owned()));

    let code = pairs[1].1.as_str();
    for (redirect_uri, error) in [
        ("https://example.com/other", Some("redirect_uri_mismatch")),
        (back, None),
    ] {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "app"),
            ("client_secret", "s"),
            ("code", code),
            ("redirect_uri", redirect_uri),
        ];
        let request = service.client.post(service.emulator.token_url());
        let response = BufferedResponse::send(request.form(&form)).await;
        match error {
            Some(error) => assert_oauth_error(&response, 400, error),
            None => {
                // The token has only the requested scope.
                let tokens = response.ok();
                let token = field(&tokens, "access_token");
                let chats = format!("{}/v1/chats", service.emulator.base_url());
                let request = service.client.get(&chats).bearer_auth(token);
                assert_eq!(BufferedResponse::send(request).await.status, 200);
                let body = json!({ "user_id": service.emulator.seller().id });
                let request = service.client.post(&chats).bearer_auth(token).json(&body);
                assert_eq!(BufferedResponse::send(request).await.status, 403);
            }
        }
    }

    let denied = visit("customer.chat.write", back, &user_id).await;
    assert!(
        denied.headers()["location"]
            .to_str()
            .unwrap()
            .contains("error=invalid_scope")
    );
    assert_eq!(
        visit("*", "https://elsewhere.example", &user_id)
            .await
            .status(),
        400
    );
    assert_eq!(visit("customer.chat.read", back, "1").await.status(), 400);
}
