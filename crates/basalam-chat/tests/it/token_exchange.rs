//! Token requests of an OAuth application without a client.

use basalam_chat::Client;
use basalam_chat::auth::{AuthorizationCode, TokenSet};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, RefreshTokenPolicy, TOKEN_OPERATION};

use super::support::auth::{authorization_code, current_user};
use super::support::refused_url;

fn app(emulator: &Emulator) -> AuthorizationCode {
    authorization_code(emulator).auth_base_url(emulator.base_url())
}

fn code(emulator: &Emulator) -> String {
    let id = emulator.oauth_client().id();
    emulator.issue_code(id, emulator.seller().id).unwrap()
}

#[tokio::test]
async fn code_is_exchanged_and_tokens_are_refreshed_without_a_client() {
    let emulator = Emulator::start().await.unwrap();
    let app = app(&emulator);
    let code = code(&emulator);
    let tokens = app.exchange(&code).await.unwrap();
    assert!(tokens.expires_at().is_some());
    let first = tokens.expose_refresh_token().unwrap().to_owned();
    let refreshed = app.refresh(&tokens).await.unwrap();
    assert_ne!(
        refreshed.expose_access_token(),
        tokens.expose_access_token()
    );
    assert_ne!(refreshed.expose_refresh_token(), Some(&*first));
    let client = Client::builder(refreshed).base_url(emulator.base_url());
    let user = current_user(&client.build().unwrap()).await.unwrap();
    assert_eq!(user.0, emulator.seller().id);

    for (error, expected) in [
        (app.refresh(&tokens).await.unwrap_err(), "Log in again"),
        (app.exchange(&code).await.unwrap_err(), "Start a new login"),
    ] {
        assert!(error.is_authentication(), "{error}");
        assert_eq!(error.oauth_error(), Some("invalid_grant"));
        assert_eq!(error.status(), Some(400));
        assert_eq!(error.operation(), Some("oauth_token"));
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error} {error:?}").contains(&first));
    }
}

#[tokio::test]
async fn refresh_keeps_the_refresh_token_and_the_scopes_if_the_response_has_none() {
    let builder = Emulator::builder().refresh_token_policy(RefreshTokenPolicy::Reuse);
    let emulator = builder.start().await.unwrap();
    let app = app(&emulator);
    let tokens = app.exchange(code(&emulator)).await.unwrap();
    let tokens = tokens.with_scopes([basalam_chat::Scope::CustomerChatRead]);
    let refreshed = app.refresh(&tokens).await.unwrap();
    assert_eq!(
        refreshed.expose_refresh_token(),
        tokens.expose_refresh_token()
    );
    assert_eq!(refreshed.scopes(), tokens.scopes());
}

#[tokio::test]
async fn code_is_not_sent_again_once_it_may_be_used_up() {
    let emulator = Emulator::start().await.unwrap();
    let fault = FaultRule::new(Fault::status(503)).operation(TOKEN_OPERATION);
    emulator.add_fault(fault.times(1)).unwrap();
    let error = app(&emulator).exchange(code(&emulator)).await.unwrap_err();
    assert!(
        error.is_server_error() && error.may_have_succeeded(),
        "{error}"
    );
    assert!(error.to_string().contains("code may be used up"), "{error}");
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(1));
}

#[tokio::test]
async fn invalid_arguments_are_named_before_anything_is_sent() {
    let new = |id: &str, url: &str| {
        AuthorizationCode::new(id, "secret", "https://shop.example/callback").auth_base_url(url)
    };
    let url = refused_url();
    for (app, named) in [
        (new("", &url), "`client_id`"),
        (new("id", "http://auth.example.com"), "`auth_base_url`"),
        (new("id", "not a URL"), "`auth_base_url`"),
    ] {
        let error = app.exchange("code").await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
    let error = new("id", &url).refresh(&TokenSet::new("token")).await;
    let error = error.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(error.to_string().contains("no refresh token"), "{error}");
}
