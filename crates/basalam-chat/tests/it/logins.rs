//! Tokens: where they come from, and how they are renewed.

use std::time::Duration;

use basalam_chat::auth::{
    Authentication, AuthorizationCode, ClientCredentials, FileTokenStore, MemoryTokenStore,
    TokenSet,
};
use basalam_chat::{Client, Error, PersonalToken, Scope, UserId};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, RefreshTokens, TOKEN_OPERATION};

use super::clock::TestClock;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// An emulator whose access tokens live for an hour, and the clock of its clients.
pub(crate) async fn start() -> (Emulator, TestClock) {
    let builder = Emulator::builder().access_token_lifetime(HOUR);
    (builder.start().await.unwrap(), TestClock::new())
}

/// Lets time pass for both sides.
pub(crate) fn pass(emulator: &Emulator, clock: &TestClock, time: Duration) {
    clock.advance(time);
    emulator.advance_clock(time).unwrap();
}

pub(crate) fn client(
    emulator: &Emulator,
    clock: &TestClock,
    authentication: impl Into<Authentication>,
) -> Client {
    Client::builder(authentication)
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// A login of the seller's whose tokens the emulator has just given.
pub(crate) fn login(emulator: &Emulator) -> PersonalToken {
    let app = emulator.oauth_client();
    let issued = emulator
        .issue_tokens(app.id(), emulator.seller().id)
        .unwrap();
    PersonalToken::new(issued.access_token()).refreshable(
        issued.refresh_token(),
        app.id(),
        app.secret(),
    )
}

fn app(emulator: &Emulator) -> AuthorizationCode {
    let app = emulator.oauth_client();
    AuthorizationCode::new(app.id(), app.secret(), "https://shop.example/callback")
        .authorization_url(emulator.authorize_url())
}

pub(crate) async fn me(client: &Client) -> Result<UserId, Error> {
    Ok(client.get_current_user().await?.id)
}

#[tokio::test]
async fn a_person_logs_in_with_a_code_and_the_client_goes_on_from_its_store() {
    let (emulator, clock) = start().await;
    let directory = tempfile::tempdir().unwrap();
    let store = FileTokenStore::new(directory.path().join("tokens.json"));
    let app = app(&emulator);
    let scopes = [Scope::CustomerChatRead, Scope::CustomerChatWrite];
    let request = app.authorize_url(scopes.clone()).unwrap();
    // The person's browser, which picks the seller.
    let http = basalam_chat::reqwest::Client::builder()
        .redirect(basalam_chat::reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = format!("{}&user_id={}", request.url(), emulator.seller().id);
    let answer = http.get(url).send().await.unwrap();
    let back = answer.headers()["location"].to_str().unwrap().to_owned();

    let login = app.callback(request.state(), &back).unwrap();
    let first = client(&emulator, &clock, login.store(store.clone()));
    let named =
        Fault::map_body(|answer| answer["scope"] = "customer.chat.read,customer.chat.write".into());
    let named = FaultRule::new(named).operation(TOKEN_OPERATION).times(1);
    emulator.add_fault(named).unwrap();
    let grant = first.authenticate().await.unwrap();
    assert_eq!(grant.allows(&Scope::CustomerChatWrite), Some(true));
    assert_eq!(grant.allows(&Scope::CustomerWalletRead), Some(false));
    assert_eq!(me(&first).await.unwrap().0, emulator.seller().id);
    assert_eq!(emulator.token_requests("authorization_code"), 1);

    let again = client(&emulator, &clock, app.resume(store.clone()));
    assert_eq!(me(&again).await.unwrap().0, emulator.seller().id);
    pass(&emulator, &clock, HOUR);
    assert_eq!(me(&again).await.unwrap().0, emulator.seller().id);
    assert_eq!(emulator.requests(TOKEN_OPERATION), Some(2));
    // The other client finds what its sibling has renewed, and asks nobody.
    assert_eq!(me(&first).await.unwrap().0, emulator.seller().id);
    assert_eq!(emulator.requests(TOKEN_OPERATION), Some(2));
}

#[tokio::test]
async fn a_code_that_was_refused_is_told_and_an_empty_store_too() {
    let (emulator, clock) = start().await;
    let used = client(&emulator, &clock, app(&emulator).code("no-such-code"));
    let error = me(&used).await.unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(
        error.messages().iter().any(|it| it == "invalid_grant"),
        "{error}"
    );
    assert_eq!(error.operation(), Some("get_current_user"));
    let empty = client(
        &emulator,
        &clock,
        app(&emulator).resume(MemoryTokenStore::new()),
    );
    let error = me(&empty).await.unwrap_err();
    assert!(error.is_authentication() && error.to_string().contains("Log in again"));
    assert_eq!(emulator.requests("get_current_user"), Some(0));
}

#[tokio::test]
async fn a_client_acts_for_itself_and_asks_anew_before_its_token_ends() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let credentials = ClientCredentials::new(app.id(), app.secret()).scopes([Scope::All]);
    let client = client(&emulator, &clock, credentials);
    me(&client).await.unwrap();
    let grant = client.authenticate().await.unwrap();
    // Where the answer names no scopes, those that were asked for are granted.
    assert_eq!(grant.allows(&Scope::VendorParcelRead), Some(true));
    assert_eq!(emulator.token_requests("client_credentials"), 1);
    // Five minutes before the end.
    pass(&emulator, &clock, HOUR - Duration::from_secs(300));
    me(&client).await.unwrap();
    assert_eq!(emulator.token_requests("client_credentials"), 2);
}

#[tokio::test]
async fn a_renewal_ahead_of_time_that_fails_leaves_the_token_in_use_until_its_end() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let credentials = ClientCredentials::new(app.id(), app.secret());
    let client = client(&emulator, &clock, credentials);
    client.get_chats().await.unwrap();
    emulator
        .add_fault(FaultRule::new(Fault::status(503)).operation(TOKEN_OPERATION))
        .unwrap();
    pass(&emulator, &clock, HOUR - Duration::from_secs(200));
    client.get_chats().await.unwrap();
    pass(&emulator, &clock, Duration::from_secs(200));
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(error.to_string().contains("status 503"), "{error}");
}

#[tokio::test]
async fn a_thousand_requests_with_a_token_that_has_ended_cause_one_refresh_and_succeed() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, login(&emulator));
    pass(&emulator, &clock, HOUR);
    // Its end is not known to the client, so that the service refuses first.
    let calls = (0..1000).map(|_| tokio::spawn(client.get_unseen_chat_count().send()));
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(emulator.token_requests("refresh_token"), 1);
    assert_eq!(emulator.requests(TOKEN_OPERATION), Some(1));
    // And once more, where it is known.
    pass(&emulator, &clock, HOUR);
    let calls = (0..1000).map(|_| tokio::spawn(client.get_unseen_chat_count().send()));
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(emulator.requests(TOKEN_OPERATION), Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_that_fails_fails_all_who_wait_once_with_its_cause() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let stale = PersonalToken::new("ended-long-ago").refreshable(
        "used-up-long-ago",
        app.id(),
        app.secret(),
    );
    let client = client(&emulator, &clock, stale);
    let calls = (0..1000).map(|_| tokio::spawn(client.get_unseen_chat_count().send()));
    for call in calls.collect::<Vec<_>>() {
        let error = call.await.unwrap().unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(error.messages().iter().any(|it| it == "invalid_grant"));
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(emulator.requests(TOKEN_OPERATION), Some(1));
    // Later on, somebody asks again.
    clock.advance(Duration::from_secs(2));
    client.get_unseen_chat_count().await.unwrap_err();
    assert_eq!(emulator.requests(TOKEN_OPERATION), Some(2));
}

#[tokio::test]
async fn dropping_the_request_that_carries_the_refresh_harms_no_other() {
    let (emulator, clock) = start().await;
    let store = MemoryTokenStore::new();
    let login = login(&emulator).store(store.clone());
    let client = client(&emulator, &clock, login);
    me(&client).await.unwrap();
    pass(&emulator, &clock, HOUR);
    let (reached, is_reached) = tokio::sync::oneshot::channel();
    let mut reached = Some(reached);
    emulator
        .on_request(TOKEN_OPERATION, move |_| {
            if let Some(reached) = reached.take() {
                reached.send(()).unwrap();
            }
        })
        .unwrap();
    let first = tokio::spawn(client.get_unseen_chat_count().send());
    is_reached.await.unwrap();
    let others: Vec<_> = (0..10)
        .map(|_| tokio::spawn(client.get_unseen_chat_count().send()))
        .collect();
    first.abort();
    assert!(first.await.is_err());
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(emulator.requests(TOKEN_OPERATION), Some(1));
    assert!(store.tokens().is_some());
}

#[tokio::test]
async fn a_request_that_a_token_was_refused_for_is_sent_once_more_whatever_it_does() {
    let (emulator, clock) = start().await;
    let seller = client(&emulator, &clock, login(&emulator));
    let chat = seller
        .create_chat(UserId(emulator.customer().id))
        .await
        .unwrap();
    pass(&emulator, &clock, HOUR);
    let seller = super::hasty(&seller);
    seller.create_message(chat.id, "hello").await.unwrap();
    assert_eq!(emulator.requests("create_message"), Some(2));
    assert_eq!(emulator.messages(chat.id.0).len(), 1);
    // A service that refuses whatever comes is asked no more than that.
    emulator
        .add_fault(FaultRule::new(Fault::status(401)).operation("create_message"))
        .unwrap();
    clock.advance(Duration::from_secs(31));
    let error = seller.create_message(chat.id, "hello").await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(error.attempts(), 2);
    assert_eq!(emulator.requests("create_message"), Some(4));
    // And its tokens are not used up by that.
    seller.create_message(chat.id, "hello").await.unwrap_err();
    assert_eq!(emulator.token_requests("refresh_token"), 2);
    assert_eq!(emulator.messages(chat.id.0).len(), 1);
}

#[tokio::test]
async fn a_bare_token_that_is_refused_is_an_error_at_once() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, PersonalToken::new("nobodys-token"));
    let error = me(&client).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(emulator.requests("get_current_user"), Some(1));
    let grant = client.authenticate().await.unwrap();
    assert_eq!((grant.scopes, grant.expires_at), (None, None));
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let builder = Emulator::builder().access_token_lifetime(HOUR);
    let builder = builder.refresh_tokens(RefreshTokens::Kept);
    let (emulator, clock) = (builder.start().await.unwrap(), TestClock::new());
    let store = MemoryTokenStore::new();
    let client = client(&emulator, &clock, login(&emulator).store(store.clone()));
    for _ in 0..3 {
        pass(&emulator, &clock, HOUR);
        me(&client).await.unwrap();
    }
    assert_eq!(emulator.token_requests("refresh_token"), 3);
    let tokens = store.tokens().unwrap();
    assert!(tokens.expose_refresh_token().is_some());
}

#[tokio::test]
async fn an_odd_answer_is_read_and_one_without_a_token_is_an_error_that_shows_nothing() {
    let (emulator, clock) = start().await;
    let token = emulator.seller().token().to_owned();
    let login = || {
        let app = emulator.oauth_client();
        ClientCredentials::new(app.id(), app.secret())
    };
    let odd = format!(r#"{{"access_token":"{token}","token_type":"bEARER","expires_in":"x"}}"#);
    emulator.queue_response(201, &[], odd).unwrap();
    let client_ = client(&emulator, &clock, login());
    assert_eq!(me(&client_).await.unwrap().0, emulator.seller().id);
    let grant = client_.authenticate().await.unwrap();
    assert_eq!(grant.expires_at, None);

    for body in ["", "<html>", "[]", r#"{"access_token":"two words canary"}"#] {
        emulator.queue_response(200, &[], body).unwrap();
        let client = client(&emulator, &clock, login());
        let error = me(&client).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(!format!("{error}{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_login_that_cannot_work_is_refused_by_name() {
    let refused = |authentication: Authentication, named: &str| {
        let error = Client::new(authentication).unwrap_err();
        assert!(
            error.is_invalid_input() && error.to_string().contains(named),
            "{error}"
        );
    };
    refused(ClientCredentials::new("", "secret").into(), "`client_id`");
    refused(ClientCredentials::new("id", "").into(), "`client_secret`");
    refused(
        ClientCredentials::new("id", "secret").scopes([]).into(),
        "`scopes`",
    );
    refused(TokenSet::new("two words").into(), "`token`");
    let error = Client::builder(ClientCredentials::new("id", "secret"))
        .auth_base_url("http://auth.example.com")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("`auth_base_url`"), "{error}");
}
