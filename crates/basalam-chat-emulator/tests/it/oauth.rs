mod authorization_code;
mod token_lifetime;

use std::time::Duration;

use basalam_chat_emulator::{
    Emulator, EmulatorBuilder, Fault, FaultRule, OAuthClient, TOKEN_OPERATION,
};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::support::{BufferedResponse, Service, assert_invalid_argument};

/// A form, and the expected status and OAuth error.
type ErrorCase<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

/// Requests tokens with a form that includes the client's id and secret.
async fn request_tokens(service: &Service, pairs: &[(&str, &str)]) -> BufferedResponse {
    let client = service.emulator.oauth_client();
    let mut form = vec![
        ("client_id", client.id()),
        ("client_secret", client.secret()),
    ];
    form.extend_from_slice(pairs);
    let request = service.client.post(service.emulator.token_url());
    BufferedResponse::send(request.form(&form)).await
}

async fn refresh(service: &Service, token: &str) -> BufferedResponse {
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
    request_tokens(service, &pairs).await
}

fn field<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap()
}

fn assert_oauth_error(response: &BufferedResponse, status: u16, error: &str) {
    assert_eq!(response.status, status, "{response:?}");
    let body = response.json();
    assert_eq!(body["error"], error, "{response:?}");
    assert!(!field(&body, "error_description").is_empty());
}

fn assert_invalid_grant(response: &BufferedResponse) {
    assert_oauth_error(response, 400, "invalid_grant");
}

async fn start_with_fixed_clock(builder: EmulatorBuilder) -> Service {
    let service = Service::start_with(builder).await;
    service
        .emulator
        .set_clock(date(2026, 7, 22).at(10, 0, 0, 0));
    service
}

#[tokio::test]
async fn client_credentials_act_for_the_seller_or_the_configured_user() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let tokens = request_tokens(
        &service,
        &[("grant_type", "client_credentials"), ("scope", "*")],
    )
    .await
    .ok();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 31_622_400);
    assert_eq!(tokens.get("refresh_token"), None);
    let me = service
        .current_user(field(&tokens, "access_token"))
        .await
        .ok();
    assert_eq!(me["id"], seller.id);

    let client = OAuthClient::new("7", "s").user_id(customer.id);
    service.emulator.add_oauth_client(client).unwrap();
    let body = json!({ "grant_type": "client_credentials", "client_id": 7, "client_secret": "s" });
    let request = service.client.post(service.emulator.token_url());
    let tokens = BufferedResponse::send(request.json(&body)).await.ok();
    let me = service
        .current_user(field(&tokens, "access_token"))
        .await
        .ok();
    assert_eq!(me["id"], customer.id);
}

#[tokio::test]
async fn invalid_token_requests_return_oauth_errors() {
    let service = Service::start().await;
    let client = OAuthClient::new("reader", "s").scopes(["customer.chat.read"]);
    service.emulator.add_oauth_client(client).unwrap();
    let cases: [ErrorCase<'_>; 6] = [
        (&[], 400, "invalid_request"),
        (
            &[("client_id", "reader"), ("client_secret", "t")],
            401,
            "invalid_client",
        ),
        (
            &[("client_id", "nobody"), ("client_secret", "s")],
            401,
            "invalid_client",
        ),
        (
            &[("client_id", "reader"), ("client_secret", "s")],
            400,
            "invalid_request",
        ),
        (
            &[
                ("client_id", "reader"),
                ("client_secret", "s"),
                ("grant_type", "password"),
            ],
            400,
            "unsupported_grant_type",
        ),
        (
            &[
                ("client_id", "reader"),
                ("client_secret", "s"),
                ("grant_type", "client_credentials"),
                ("scope", "customer.chat.read customer.chat.write"),
            ],
            400,
            "invalid_scope",
        ),
    ];
    let url = service.emulator.token_url();
    for (form, status, error) in cases {
        let response = BufferedResponse::send(service.client.post(&url).form(form)).await;
        assert_oauth_error(&response, status, error);
    }
    let response = BufferedResponse::send(service.client.post(&url).body("a=b")).await;
    assert_oauth_error(&response, 400, "invalid_request");
    let response = BufferedResponse::send(service.client.post(&url).json(&json!([]))).await;
    assert_oauth_error(&response, 400, "invalid_request");
}

#[tokio::test]
async fn faults_apply_to_the_token_endpoint_only_by_operation() {
    let service = Service::start().await;
    let ask = async || request_tokens(&service, &[("grant_type", "client_credentials")]).await;
    service.emulator.fail_next(Fault::status(500)).unwrap();
    ask().await.ok();
    let rule = FaultRule::new(Fault::status(503).retry_after("1"))
        .operation(TOKEN_OPERATION)
        .times(1);
    service.emulator.add_fault(rule).unwrap();
    assert_eq!(ask().await.status, 503);
    ask().await.ok();
    assert_eq!(
        service
            .current_user(service.emulator.seller().token())
            .await
            .status,
        500
    );
    // Failed requests are counted, too.
    assert_eq!(service.emulator.request_count(TOKEN_OPERATION), Some(3));
    assert_eq!(service.emulator.total_request_count(), 4);
}

#[tokio::test]
async fn rejects_invalid_oauth_setup_and_redacts_secrets() {
    let service = Service::start().await;
    let emulator = &service.emulator;
    for client in [
        OAuthClient::new("", "s"),
        OAuthClient::new("a", ""),
        OAuthClient::new(emulator.oauth_client().id(), "s"),
        OAuthClient::new("a", "s").user_id(1),
    ] {
        assert_invalid_argument(emulator.add_oauth_client(client));
    }
    let client_id = emulator.oauth_client().id();
    let user_id = emulator.seller().id;
    assert_invalid_argument(emulator.issue_code("nobody", user_id));
    assert_invalid_argument(emulator.issue_tokens(client_id, 1));
    let zero_lifetime = Emulator::builder().access_token_lifetime(Duration::ZERO);
    assert_invalid_argument(zero_lifetime.start_blocking());

    let tokens = emulator.issue_tokens(client_id, user_id).unwrap();
    let texts = [
        format!("{tokens:?}"),
        format!("{:?}", emulator.oauth_client()),
    ];
    for text in texts {
        assert!(
            !text.contains("token-") && !text.contains("client-secret"),
            "{text}"
        );
    }
}
