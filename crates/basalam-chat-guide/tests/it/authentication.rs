use std::sync::Arc;

use basalam_chat::auth::{Authentication, AuthorizationCode, TokenSet, TokenStore};
use basalam_chat::state::FileState;
use basalam_chat::{Client, UserId};
use basalam_chat_emulator::Emulator;
use basalam_chat_guide::authentication::sellers::Sellers;
use basalam_chat_guide::authentication::token_file::TokenFile;
use basalam_chat_guide::authentication::{authorization_code, bot, client_credentials, personal};

use super::support::shared;

fn app() -> AuthorizationCode {
    let client = shared().oauth_client();
    AuthorizationCode::new(
        client.id(),
        client.secret(),
        "https://shop.example/callback",
    )
    .authorization_url(shared().authorize_url())
}

fn without_login() -> Client {
    let builder = Client::builder(Authentication::none());
    builder.base_url(shared().base_url()).build().unwrap()
}

#[tokio::test]
async fn personal_token_logs_in() {
    let user = shared().add_user("Shop");
    let client = personal::connect(user.token().to_owned(), Some(shared().base_url())).unwrap();
    assert_eq!(client.current_user_id().await.unwrap(), UserId(user.id));
    // Without a URL, it is the production environment.
    let client = personal::connect("a-token".to_owned(), None).unwrap();
    assert_eq!(client.base_url(), "https://openapi.basalam.com");
}

#[tokio::test]
async fn client_credentials_get_a_token() {
    let app = shared().oauth_client();
    let (id, secret) = (app.id().to_owned(), app.secret().to_owned());
    let client = client_credentials::connect(id, secret, Some(shared().base_url())).unwrap();
    client.authenticate().await.unwrap();
    let wrong = client_credentials::connect("x".into(), "y".into(), Some(shared().base_url()));
    assert!(
        wrong
            .unwrap()
            .authenticate()
            .await
            .unwrap_err()
            .is_authentication()
    );
}

#[tokio::test]
async fn bot_token_needs_no_login() {
    let token = shared().bot().token().to_owned();
    let name = bot::bot_name(&without_login(), &token).await.unwrap();
    assert!(name.is_some());
    let unknown = "1:this-is-no-token-of-any-bot-that-exists";
    assert!(bot::bot_name(&without_login(), unknown).await.is_err());
}

#[tokio::test]
async fn person_logs_in_with_a_code() {
    let user = shared().add_user("Shop");
    let request = authorization_code::start(&app()).unwrap();
    assert!(request.url().starts_with(&shared().authorize_url()));
    let code = shared()
        .issue_code(shared().oauth_client().id(), user.id)
        .unwrap();
    let query = format!("code={code}&state={}", request.state());
    let tokens = TokenStore::in_memory();
    let (app, shared_client) = (app(), without_login());

    // A link from elsewhere, with which somebody could log the person into another account.
    let forged = authorization_code::finish(
        &shared_client,
        &app,
        "the-state-of-another-session",
        &query,
        tokens.clone(),
    );
    assert!(forged.await.is_err());

    let login = authorization_code::finish(
        &shared_client,
        &app,
        request.state(),
        &query,
        tokens.clone(),
    );
    let client = login.await.unwrap();
    assert_eq!(client.current_user_id().await.unwrap(), UserId(user.id));
    assert!(tokens.tokens().await.unwrap().is_some());
}

#[tokio::test]
async fn processes_share_tokens_and_one_of_them_refreshes() {
    // Counts token requests, so it is not shared.
    let emulator = Emulator::start().await.unwrap();
    let app = emulator.oauth_client();
    let seller = emulator.seller().id;
    let tokens = emulator.issue_tokens(app.id(), seller).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let process = || async {
        let builder = Client::builder(Authentication::none()).base_url(emulator.base_url());
        Sellers {
            app: AuthorizationCode::new(app.id(), app.secret(), "https://shop.example/callback"),
            shared: builder.build().unwrap(),
            store: Arc::new(FileState::open(directory.path()).await.unwrap()),
        }
    };
    let (first, second) = (process().await, process().await);
    let saved = TokenSet::new(tokens.access_token()).with_refresh_token(tokens.refresh_token());
    let store = first.tokens(UserId(seller)).unwrap();
    store.save(&saved).await.unwrap();

    emulator.revoke_token(tokens.access_token());
    let clients = [
        first.client(UserId(seller)).unwrap(),
        second.client(UserId(seller)).unwrap(),
    ];
    let (one, two) = tokio::join!(clients[0].current_user_id(), clients[1].current_user_id());
    assert_eq!((one.unwrap().0, two.unwrap().0), (seller, seller));
    assert_eq!(emulator.token_request_count("refresh_token"), 1);
    // Another seller has not logged in.
    let stranger = first.client(UserId(seller + 1)).unwrap();
    assert!(stranger.current_user_id().await.unwrap_err().needs_login());
}

#[tokio::test]
async fn token_file_is_read_again_after_a_401() {
    let user = shared().add_user("Shop");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{}\n", user.token())).unwrap();
    let provider = Authentication::provider(TokenFile(file.path().into()));
    let builder = Client::builder(provider).base_url(shared().base_url());
    let client = builder.build().unwrap();
    assert_eq!(client.current_user_id().await.unwrap(), UserId(user.id));

    let app = shared().oauth_client();
    let tokens = shared().issue_tokens(app.id(), user.id).unwrap();
    std::fs::write(file.path(), tokens.access_token()).unwrap();
    shared().revoke_token(user.token());
    client.get_unseen_chat_count().await.unwrap();
}
