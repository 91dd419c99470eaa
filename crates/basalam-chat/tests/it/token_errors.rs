//! Failures of the token endpoint: OAuth errors by name, and which requests are sent again.

use std::time::Duration;

use basalam_chat::{Client, Error, PersonalToken, RetryLimit};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, TOKEN_OPERATION};
use serde_json::json;

use super::support::auth::{
    HOUR, advance, authorization_code, client, client_credentials, current_user, personal_token,
    start,
};
use super::support::clock::TestClock;
use super::support::refused_url;

fn add_token_fault(emulator: &Emulator, fault: Fault, times: u64) {
    let rule = FaultRule::new(fault)
        .operation(TOKEN_OPERATION)
        .times(times);
    emulator.add_fault(rule).unwrap();
}

fn token_requests(emulator: &Emulator) -> u64 {
    emulator.request_count(TOKEN_OPERATION).unwrap()
}

/// Returns the error of a request whose token request gets this response.
async fn error_for(status: u16, body: &str) -> Error {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, client_credentials(&emulator));
    emulator.queue_response(status, &[], body).unwrap();
    let error = current_user(&client).await.unwrap_err();
    assert_eq!(emulator.request_count("get_current_user"), Some(0));
    assert!(error.is_authentication(), "{error}");
    assert!(!error.may_have_succeeded());
    let shown = error.to_string();
    for wrong in [
        "access token, or",
        "may have",
        "check before",
        "..",
        ". .",
        "oauth_token",
    ] {
        assert!(!shown.contains(wrong), "{wrong}: {shown}");
    }
    error
}

#[tokio::test]
async fn oauth_errors_are_named_once_with_their_remedy() {
    for (status, name, remedy) in [
        (
            401,
            "invalid_client",
            "Copy both again from the developer panel",
        ),
        (
            400,
            "invalid_client",
            "Copy both again from the developer panel",
        ),
        (400, "invalid_grant", "Check the client id"),
        (400, "invalid_scope", "Request only scopes"),
        (200, "invalid_scope", "Request only scopes"),
        (403, "unauthorized_client", "another kind of login"),
        (400, "unsupported_grant_type", "another kind of login"),
        (400, "redirect_uri_mismatch", "registered"),
        (400, "invalid_request", "Check the client id"),
        (200, "temporarily_unavailable", "Try again later"),
        (418, "a_new_error", ""),
    ] {
        for description in [
            json!(null),
            json!("words of the service"),
            json!(name),
            json!([7]),
        ] {
            let body = json!({ "error": name, "error_description": description }).to_string();
            let error = error_for(status, &body).await;
            assert_eq!(error.oauth_error(), Some(name));
            let shown = error.to_string();
            assert_eq!(shown.matches(name).count(), 1, "{shown}");
            assert!(shown.contains(remedy), "{shown}");
            let is_shown = shown.contains("words of the service");
            assert_eq!(is_shown, description == "words of the service", "{shown}");
            assert_eq!(shown.contains("(status"), status != 200, "{shown}");
        }
    }
}

#[tokio::test]
async fn rejected_refresh_token_requires_a_new_login() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let used = PersonalToken::new("expired").refreshable("used", app.id(), app.secret());
    let error = current_user(&client(&emulator, &clock, used))
        .await
        .unwrap_err();
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    let shown = error.to_string();
    assert!(
        shown.contains("rejected the refresh token (status 400)"),
        "{shown}"
    );
    assert!(shown.contains("Log in again"), "{shown}");
    assert_eq!(shown.matches("invalid_grant").count(), 1, "{shown}");
    let unknown = PersonalToken::new("expired").refreshable("used", "no-such-client", "secret");
    let error = current_user(&client(&emulator, &clock, unknown))
        .await
        .unwrap_err();
    assert_eq!(error.oauth_error(), Some("invalid_client"));
}

#[tokio::test]
async fn rejected_authorization_code_requires_a_new_login() {
    let (emulator, clock) = start().await;
    let login = authorization_code(&emulator).code("no-such-code");
    let error = current_user(&client(&emulator, &clock, login))
        .await
        .unwrap_err();
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    assert!(error.to_string().contains("Start a new login"), "{error}");
}

#[tokio::test]
async fn denied_login_has_the_name_of_its_error() {
    let (emulator, _) = start().await;
    let app = authorization_code(&emulator);
    let denied = app
        .callback("s", "state=s&error=access_denied")
        .unwrap_err();
    assert_eq!(denied.oauth_error(), Some("access_denied"));
    let sentence = app.callback("s", "state=s&error=not+today").unwrap_err();
    assert_eq!(sentence.oauth_error(), None);
}

#[tokio::test]
async fn personal_token_without_client_is_refreshed_if_the_service_allows_it() {
    let (emulator, clock) = start().await;
    let token = PersonalToken::new("expired").refresh_token("refresh-token-1");
    let error = current_user(&client(&emulator, &clock, token))
        .await
        .unwrap_err();
    assert_eq!(token_requests(&emulator), 1);
    // The emulator requires a client id.
    assert_eq!(error.oauth_error(), Some("invalid_request"), "{error}");
    assert!(
        error.to_string().contains("`PersonalToken::refreshable`"),
        "{error}"
    );

    let server = httpmock::MockServer::start();
    let refresh = server.mock(|when, then| {
        when.path("/oauth/token")
            .body("grant_type=refresh_token&refresh_token=refresh-token-1");
        then.status(200)
            .json_body(json!({ "access_token": "new-token" }));
    });
    let expired = server.mock(|when, then| {
        when.path("/v1/users/me")
            .header("authorization", "Bearer expired");
        then.status(401);
    });
    server.mock(|when, then| {
        when.path("/v1/users/me")
            .header("authorization", "Bearer new-token");
        then.status(200).json_body(json!({ "id": 7 }));
    });
    let token = PersonalToken::new("expired").refresh_token("refresh-token-1");
    let client = Client::builder(token)
        .base_url(server.base_url())
        .clock(clock)
        .build();
    let id = current_user(&client.unwrap()).await.unwrap();
    assert_eq!(id.0, 7);
    refresh.assert();
    expired.assert();
}

#[tokio::test]
async fn unusual_rejections_have_no_name_and_show_no_secret() {
    let long = "long ".repeat(2_000);
    for (status, body) in [
        (400, "<html><body>canary</body></html>".to_owned()),
        (401, String::new()),
        (401, json!({ "error": "Not allowed, sorry" }).to_string()),
        (404, "404 page not found".to_owned()),
        (200, json!({ "refresh_token": "canary" }).to_string()),
        (200, json!({ "error": { "message": "canary" } }).to_string()),
        (200, String::new()),
        (
            400,
            json!({ "error": "x".repeat(65), "error_description": long }).to_string(),
        ),
    ] {
        let error = error_for(status, &body).await;
        assert_eq!(error.oauth_error(), None, "{status} {body}");
        let shown = format!("{error} {error:?}");
        assert!(shown.len() < 3_000, "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("URL of the token endpoint"), "{shown}");
    }
}

#[tokio::test]
async fn hostile_description_is_one_short_line_without_secrets() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let description = format!("line\r\n\u{1b}[31m {} {}", app.secret(), "x".repeat(5_000));
    let body = json!({ "error": "invalid_client", "error_description": description });
    for status in [200, 401] {
        let client = client(&emulator, &clock, client_credentials(&emulator));
        emulator
            .queue_response(status, &[], body.to_string())
            .unwrap();
        let error = current_user(&client).await.unwrap_err();
        assert_eq!(error.oauth_error(), Some("invalid_client"));
        let shown = error.to_string();
        assert!(
            shown.len() < 1_000 && !shown.contains(char::is_control),
            "{shown}"
        );
        assert!(!shown.contains(app.secret()), "{shown}");
    }
}

#[tokio::test]
async fn client_credentials_are_sent_again_after_server_errors_and_disconnects() {
    for (fault, backoff) in [
        (Fault::status(503), None),
        (Fault::status(502), None),
        (Fault::status(504), None),
        (Fault::status(503).retry_after("7"), Some(7)),
        (Fault::disconnect(), None),
        (Fault::disconnect().after_handling(), None),
        (Fault::truncated_body(), None),
    ] {
        let (emulator, clock) = start().await;
        let client = client(&emulator, &clock, client_credentials(&emulator));
        add_token_fault(&emulator, fault, 2);
        client.get_chats().await.unwrap();
        assert_eq!(token_requests(&emulator), 3);
        let backoffs = clock.backoffs();
        assert_eq!(backoffs.len(), 2);
        if let Some(seconds) = backoff {
            assert_eq!(backoffs, [Duration::from_secs(seconds); 2]);
        }
    }
}

#[tokio::test]
async fn refresh_tokens_and_codes_are_not_sent_again_once_they_may_be_spent() {
    for fault in [
        Fault::status(500),
        Fault::status(502),
        Fault::status(503).retry_after("1"),
        Fault::status(504),
        Fault::disconnect(),
        Fault::disconnect().after_handling(),
        Fault::truncated_body(),
    ] {
        let (emulator, clock) = start().await;
        let refreshable = client(&emulator, &clock, personal_token(&emulator));
        advance(&emulator, &clock, HOUR);
        add_token_fault(&emulator, fault.clone(), 1);
        let error = current_user(&refreshable).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert_eq!(token_requests(&emulator), 1);
        let shown = error.to_string();
        assert!(shown.contains("refresh token may be used up"), "{shown}");

        let app = authorization_code(&emulator);
        let code = emulator.issue_code(emulator.oauth_client().id(), emulator.seller().id);
        let login = client(&emulator, &clock, app.code(code.unwrap()));
        add_token_fault(&emulator, fault, 1);
        let error = current_user(&login).await.unwrap_err();
        assert!(error.to_string().contains("code may be used up"), "{error}");
        assert_eq!(token_requests(&emulator), 2);
        assert_eq!(clock.backoffs(), []);
    }
}

#[tokio::test]
async fn rate_limited_token_requests_are_sent_again_for_every_grant() {
    let (emulator, clock) = start().await;
    let limited = || Fault::status(429).retry_after("7");
    let refreshable = client(&emulator, &clock, personal_token(&emulator));
    advance(&emulator, &clock, HOUR);
    add_token_fault(&emulator, limited(), 2);
    current_user(&refreshable).await.unwrap();
    assert_eq!(token_requests(&emulator), 3);
    let app = authorization_code(&emulator);
    let code = emulator.issue_code(emulator.oauth_client().id(), emulator.seller().id);
    let login = client(&emulator, &clock, app.code(code.unwrap()));
    add_token_fault(&emulator, limited(), 2);
    current_user(&login).await.unwrap();
    let backoffs = clock.backoffs();
    assert_eq!(backoffs.len(), 4);
    assert!(
        backoffs.iter().all(|it| *it >= Duration::from_secs(7)),
        "{backoffs:?}"
    );
    // Beyond the limits, the error says when to come back.
    add_token_fault(&emulator, Fault::status(429).retry_after("3600"), 1);
    let credentials = client(&emulator, &clock, client_credentials(&emulator));
    let error = current_user(&credentials).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(error.retry_limit(), Some(RetryLimit::RetryAfter));
    assert!(error.to_string().contains("status 429"), "{error}");
}

#[tokio::test]
async fn refused_connections_to_the_token_endpoint_are_retried_for_every_grant() {
    let (emulator, _) = start().await;
    for login in [
        basalam_chat::auth::Authentication::from(client_credentials(&emulator)),
        personal_token(&emulator).into(),
        authorization_code(&emulator).code("code").into(),
    ] {
        let clock = TestClock::new();
        let client = Client::builder(login)
            .base_url(emulator.base_url())
            .auth_base_url(refused_url())
            .clock(clock.clone())
            .build()
            .unwrap();
        advance(&emulator, &clock, HOUR);
        let error = current_user(&client).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(error.to_string().contains("after 3 attempts"), "{error}");
        assert_eq!(clock.backoffs().len(), 2);
    }
}
