use std::time::Duration;

use basalam_chat_emulator::{
    Emulator, EmulatorBuilder, Fault, FaultRule, OAuthClient, RefreshTokenPolicy, TOKEN_OPERATION,
};
use jiff::civil::date;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::support::{Answer, Service};

/// A form, and the status and the error that refuse it.
type Case<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

/// Asks for tokens by a form, with the client's own id and secret.
async fn ask(service: &Service, pairs: &[(&str, &str)]) -> Answer {
    let client = service.emulator.oauth_client();
    let mut form = vec![
        ("client_id", client.id()),
        ("client_secret", client.secret()),
    ];
    form.extend_from_slice(pairs);
    let request = service.client.post(service.emulator.token_url());
    Answer::of(request.form(&form)).await
}

async fn refresh(service: &Service, token: &str) -> Answer {
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
    ask(service, &pairs).await
}

/// Tells who an access token belongs to.
async fn who(service: &Service, token: &str) -> Answer {
    let url = format!("{}/v1/users/me", service.emulator.base_url());
    Answer::of(service.client.get(url).bearer_auth(token)).await
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap()
}

fn assert_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["error"], error, "{answer:?}");
    assert!(!text(&body, "error_description").is_empty());
}

async fn stopped(builder: EmulatorBuilder) -> Service {
    let service = Service::with(builder).await;
    service
        .emulator
        .set_clock(date(2026, 7, 22).at(10, 0, 0, 0));
    service
}

#[tokio::test]
async fn a_client_with_its_own_credentials_acts_for_the_seller_or_whom_it_was_given() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let answer = ask(
        &service,
        &[("grant_type", "client_credentials"), ("scope", "*")],
    );
    let tokens = answer.await.ok();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 31_622_400);
    assert_eq!(tokens.get("refresh_token"), None);
    let me = who(&service, text(&tokens, "access_token")).await.ok();
    assert_eq!(me["id"], seller.id);

    let client = OAuthClient::new("7", "s").user_id(customer.id);
    service.emulator.add_oauth_client(client).unwrap();
    let body = json!({ "grant_type": "client_credentials", "client_id": 7, "client_secret": "s" });
    let request = service.client.post(service.emulator.token_url());
    let tokens = Answer::of(request.json(&body)).await.ok();
    let me = who(&service, text(&tokens, "access_token")).await.ok();
    assert_eq!(me["id"], customer.id);
}

#[tokio::test]
async fn a_code_is_exchanged_once_by_its_client_at_its_address_in_its_time() {
    let service = stopped(Emulator::builder()).await;
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
        ask(&service, &pairs).await
    };
    let code = issue();
    let tokens = exchange(&code).await.ok();
    let me = who(&service, text(&tokens, "access_token")).await.ok();
    assert_eq!(me["id"], customer.id);
    assert!(!text(&tokens, "refresh_token").is_empty());
    assert_refused(&exchange(&code).await, 400, "invalid_grant");
    assert_refused(&exchange("nonsense").await, 400, "invalid_grant");

    let code = issue();
    service
        .emulator
        .advance_clock(Duration::from_secs(600))
        .unwrap();
    assert_refused(&exchange(&code).await, 400, "invalid_grant");

    service
        .emulator
        .add_oauth_client(OAuthClient::new("other", "s"))
        .unwrap();
    let code = service.emulator.issue_code("other", customer.id).unwrap();
    assert_refused(&exchange(&code).await, 400, "invalid_grant");
}

#[tokio::test]
async fn the_page_sends_a_chosen_user_back_with_a_code_and_the_state() {
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
    let sent_back = visit("customer.chat.read", back, &user_id).await;
    assert_eq!(sent_back.status(), 302);
    let location = reqwest::Url::parse(sent_back.headers()["location"].to_str().unwrap()).unwrap();
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
        let answer = Answer::of(request.form(&form)).await;
        match error {
            Some(error) => assert_refused(&answer, 400, error),
            None => {
                // The scope was asked for, and is all that there is.
                let tokens = answer.ok();
                let token = text(&tokens, "access_token");
                let chats = format!("{}/v1/chats", service.emulator.base_url());
                let request = service.client.get(&chats).bearer_auth(token);
                assert_eq!(Answer::of(request).await.status, 200);
                let body = json!({ "user_id": service.emulator.seller().id });
                let request = service.client.post(&chats).bearer_auth(token).json(&body);
                assert_eq!(Answer::of(request).await.status, 403);
            }
        }
    }

    let refused = visit("customer.chat.write", back, &user_id).await;
    assert!(
        refused.headers()["location"]
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

#[tokio::test]
async fn a_refresh_token_is_used_up_and_takes_the_old_access_token_with_it() {
    let service = Service::start().await;
    let client_id = service.emulator.oauth_client().id();
    let customer = service.emulator.customer().id;
    let first = service.emulator.issue_tokens(client_id, customer).unwrap();
    who(&service, first.access_token()).await.ok();

    let second = refresh(&service, first.refresh_token()).await.ok();
    assert_eq!(who(&service, first.access_token()).await.status, 401);
    who(&service, text(&second, "access_token")).await.ok();
    assert_refused(
        &refresh(&service, first.refresh_token()).await,
        400,
        "invalid_grant",
    );
    refresh(&service, text(&second, "refresh_token")).await.ok();
    assert_eq!(service.emulator.token_request_count("refresh_token"), 3);
    assert_eq!(service.emulator.request_count(TOKEN_OPERATION), Some(3));
    assert_eq!(
        service.emulator.token_request_count("client_credentials"),
        0
    );
}

#[tokio::test]
async fn a_refresh_token_that_is_kept_stays_good_and_is_not_given_again() {
    let builder = Emulator::builder().refresh_token_policy(RefreshTokenPolicy::Reuse);
    let service = Service::with(builder).await;
    let client_id = service.emulator.oauth_client().id();
    let seller = service.emulator.seller().id;
    let first = service.emulator.issue_tokens(client_id, seller).unwrap();
    let mut before = first.access_token().to_owned();
    for _ in 0..2 {
        let tokens = refresh(&service, first.refresh_token()).await.ok();
        assert_eq!(tokens.get("refresh_token"), None);
        assert_eq!(who(&service, &before).await.status, 401);
        before = text(&tokens, "access_token").to_owned();
        who(&service, &before).await.ok();
    }
}

#[tokio::test]
async fn access_tokens_are_over_in_their_time_by_the_emulators_clock() {
    let builder = Emulator::builder().access_token_lifetime(Duration::from_secs(60));
    let service = stopped(builder).await;
    let tokens = ask(&service, &[("grant_type", "client_credentials")])
        .await
        .ok();
    assert_eq!(tokens["expires_in"], 60);
    let token = text(&tokens, "access_token");
    service
        .emulator
        .advance_clock(Duration::from_secs(59))
        .unwrap();
    who(&service, token).await.ok();
    service
        .emulator
        .advance_clock(Duration::from_secs(1))
        .unwrap();
    assert_eq!(who(&service, token).await.status, 401);
    // A user's own token is no token of that kind.
    who(&service, service.emulator.seller().token()).await.ok();
}

#[tokio::test]
async fn tokens_that_were_revoked_are_refused() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let client_id = service.emulator.oauth_client().id();
    let tokens = service.emulator.issue_tokens(client_id, seller.id).unwrap();
    for token in [
        seller.token(),
        tokens.access_token(),
        tokens.refresh_token(),
    ] {
        assert!(service.emulator.revoke_token(token));
        assert!(!service.emulator.revoke_token(token));
    }
    assert_eq!(who(&service, seller.token()).await.status, 401);
    assert_eq!(who(&service, tokens.access_token()).await.status, 401);
    assert_refused(
        &refresh(&service, tokens.refresh_token()).await,
        400,
        "invalid_grant",
    );
}

#[tokio::test]
async fn requests_that_ask_wrongly_are_refused_by_name() {
    let service = Service::start().await;
    let client = OAuthClient::new("reader", "s").scopes(["customer.chat.read"]);
    service.emulator.add_oauth_client(client).unwrap();
    let cases: [Case<'_>; 6] = [
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
        let answer = Answer::of(service.client.post(&url).form(form)).await;
        assert_refused(&answer, status, error);
    }
    let answer = Answer::of(service.client.post(&url).body("a=b")).await;
    assert_refused(&answer, 400, "invalid_request");
    let answer = Answer::of(service.client.post(&url).json(&json!([]))).await;
    assert_refused(&answer, 400, "invalid_request");
}

#[tokio::test]
async fn faults_happen_to_the_token_endpoint_where_they_name_it_alone() {
    let service = Service::start().await;
    let ask = async || ask(&service, &[("grant_type", "client_credentials")]).await;
    service.emulator.fail_next(Fault::status(500)).unwrap();
    ask().await.ok();
    let rule = FaultRule::new(Fault::status(503).retry_after("1"))
        .operation(TOKEN_OPERATION)
        .times(1);
    service.emulator.add_fault(rule).unwrap();
    assert_eq!(ask().await.status, 503);
    ask().await.ok();
    assert_eq!(
        who(&service, service.emulator.seller().token())
            .await
            .status,
        500
    );
    // All of them reached the emulator.
    assert_eq!(service.emulator.request_count(TOKEN_OPERATION), Some(3));
    assert_eq!(service.emulator.total_request_count(), 4);
}

#[tokio::test]
async fn what_cannot_be_set_up_is_refused_and_nothing_secret_is_in_debug_output() {
    let service = Service::start().await;
    let emulator = &service.emulator;
    for client in [
        OAuthClient::new("", "s"),
        OAuthClient::new("a", ""),
        OAuthClient::new(emulator.oauth_client().id(), "s"),
        OAuthClient::new("a", "s").user_id(1),
    ] {
        assert!(
            emulator
                .add_oauth_client(client)
                .unwrap_err()
                .is_invalid_argument()
        );
    }
    let client_id = emulator.oauth_client().id();
    let user_id = emulator.seller().id;
    assert!(
        emulator
            .issue_code("nobody", user_id)
            .unwrap_err()
            .is_invalid_argument()
    );
    assert!(
        emulator
            .issue_tokens(client_id, 1)
            .unwrap_err()
            .is_invalid_argument()
    );
    let none = Emulator::builder().access_token_lifetime(Duration::ZERO);
    assert!(none.start_blocking().unwrap_err().is_invalid_argument());

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
