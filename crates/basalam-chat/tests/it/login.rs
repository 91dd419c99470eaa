//! Logins: authorization code, client credentials and their validation.

use basalam_chat::auth::{Authentication, ClientCredentials, TokenSet, TokenStore};
use basalam_chat::{Client, Scope};
use basalam_chat_emulator::{Fault, FaultRule, TOKEN_OPERATION};

use super::support::auth::{
    HOUR, advance, authorization_code, client, client_credentials, current_user, start,
};

#[tokio::test]
async fn authorization_code_login_resumes_from_its_token_store() {
    let (emulator, clock) = start().await;
    let directory = tempfile::tempdir().unwrap();
    let store = TokenStore::directory(directory.path().join("tokens"));
    let app = authorization_code(&emulator);
    let scopes = [Scope::CustomerChatRead, Scope::CustomerChatWrite];
    let request = app.authorize_url(scopes.clone()).unwrap();
    // The browser, in which the seller logs in.
    let http = basalam_chat::reqwest::Client::builder()
        .redirect(basalam_chat::reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = format!("{}&user_id={}", request.url(), emulator.seller().id);
    let response = http.get(url).send().await.unwrap();
    let callback = response.headers()["location"].to_str().unwrap().to_owned();

    let login = app.callback(request.state(), &callback).unwrap();
    let first = client(&emulator, &clock, login.store(store.clone()));
    let scope = "customer.chat.read,customer.chat.write";
    let with_scope = Fault::map_body(|body| body["scope"] = scope.into());
    let with_scope = FaultRule::new(with_scope).operation(TOKEN_OPERATION);
    emulator.add_fault(with_scope.times(1)).unwrap();
    let info = first.authenticate().await.unwrap();
    assert_eq!(info.allows(&Scope::CustomerChatWrite), Some(true));
    assert_eq!(info.allows(&Scope::CustomerWalletRead), Some(false));
    assert_eq!(current_user(&first).await.unwrap().0, emulator.seller().id);
    assert_eq!(emulator.token_request_count("authorization_code"), 1);

    let resumed = client(&emulator, &clock, app.resume(store.clone()));
    assert_eq!(
        current_user(&resumed).await.unwrap().0,
        emulator.seller().id
    );
    advance(&emulator, &clock, HOUR);
    assert_eq!(
        current_user(&resumed).await.unwrap().0,
        emulator.seller().id
    );
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(2));
    // The first client loads the refreshed tokens from the store.
    assert_eq!(current_user(&first).await.unwrap().0, emulator.seller().id);
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(2));
}

#[tokio::test]
async fn rejected_code_and_empty_store_are_authentication_errors() {
    let (emulator, clock) = start().await;
    let app = authorization_code(&emulator);
    let rejected = client(&emulator, &clock, app.code("no-such-code"));
    let error = current_user(&rejected).await.unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(
        error.messages().iter().any(|it| it == "invalid_grant"),
        "{error}"
    );
    assert_eq!(error.operation(), Some("get_current_user"));
    let empty = client(&emulator, &clock, app.resume(TokenStore::in_memory()));
    let error = current_user(&empty).await.unwrap_err();
    assert!(error.is_authentication() && error.to_string().contains("Log in again"));
    assert_eq!(emulator.request_count("get_current_user"), Some(0));
}

#[tokio::test]
async fn token_response_is_decoded_leniently_and_errors_do_not_show_it() {
    let (emulator, clock) = start().await;
    let token = emulator.seller().token().to_owned();
    let new_client = || client(&emulator, &clock, client_credentials(&emulator));
    let unusual = format!(r#"{{"access_token":"{token}","token_type":"bEARER","expires_in":"x"}}"#);
    emulator.queue_response(201, &[], unusual).unwrap();
    let client = new_client();
    assert_eq!(current_user(&client).await.unwrap().0, emulator.seller().id);
    let info = client.authenticate().await.unwrap();
    assert_eq!(info.expires_at, None);

    for body in ["", "<html>", "[]", r#"{"access_token":"two words canary"}"#] {
        emulator.queue_response(200, &[], body).unwrap();
        let error = current_user(&new_client()).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(!format!("{error}{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn invalid_credentials_are_rejected_by_name() {
    let rejected = |authentication: Authentication, expected: &str| {
        let error = Client::new(authentication).unwrap_err();
        assert!(
            error.is_invalid_input() && error.to_string().contains(expected),
            "{error}"
        );
    };
    rejected(ClientCredentials::new("", "secret").into(), "`client_id`");
    rejected(ClientCredentials::new("id", "").into(), "`client_secret`");
    rejected(
        ClientCredentials::new("id", "secret").scopes([]).into(),
        "`scopes`",
    );
    rejected(TokenSet::new("two words").into(), "`token`");
    let error = Client::builder(ClientCredentials::new("id", "secret"))
        .auth_base_url("http://auth.example.com")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("`auth_base_url`"), "{error}");
}
