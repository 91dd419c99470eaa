//! Tokens: where they come from, and how they are renewed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::auth::{
    AuthFuture, Authentication, AuthorizationCode, ClientCredentials, FileTokenStore,
    MemoryTokenStore, TokenProvider, TokenSet, TokenStore,
};
use basalam_chat::{Client, Error, PersonalToken, Scope, UserId};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, RefreshTokens, TOKEN_OPERATION};

use super::clock::TestClock;

const HOUR: Duration = Duration::from_secs(3600);

/// An emulator whose access tokens live for an hour, and the clock of its clients.
async fn start() -> (Emulator, TestClock) {
    let builder = Emulator::builder().access_token_lifetime(HOUR);
    (builder.start().await.unwrap(), TestClock::new())
}

/// Lets time pass for both sides.
fn pass(emulator: &Emulator, clock: &TestClock, time: Duration) {
    clock.advance(time);
    emulator.advance_clock(time).unwrap();
}

fn client(
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
fn login(emulator: &Emulator) -> PersonalToken {
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

async fn me(client: &Client) -> Result<UserId, Error> {
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
        Fault::altered(|answer| answer["scope"] = "customer.chat.read,customer.chat.write".into());
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
    emulator.answer_next(201, &[], odd).unwrap();
    let client_ = client(&emulator, &clock, login());
    assert_eq!(me(&client_).await.unwrap().0, emulator.seller().id);
    let grant = client_.authenticate().await.unwrap();
    assert_eq!(grant.expires_at, None);

    for body in ["", "<html>", "[]", r#"{"access_token":"two words canary"}"#] {
        emulator.answer_next(200, &[], body).unwrap();
        let client = client(&emulator, &clock, login());
        let error = me(&client).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(!format!("{error}{error:?}").contains("canary"));
    }
}

/// A store that fails as often as it is told to.
#[derive(Clone, Debug, Default)]
struct Failing {
    tokens: MemoryTokenStore,
    failures: Arc<AtomicUsize>,
}

impl TokenStore for Failing {
    fn load(&self) -> AuthFuture<'_, Option<TokenSet>> {
        self.tokens.load()
    }

    fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()> {
        let count = |left: usize| left.checked_sub(1);
        match self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, count)
        {
            Ok(_) => Box::pin(async { Err("the disk is full".into()) }),
            Err(_) => self.tokens.save(tokens),
        }
    }
}

#[tokio::test]
async fn new_tokens_are_used_once_the_store_has_taken_them_and_are_not_asked_for_again() {
    let (emulator, clock) = start().await;
    let store = Failing::default();
    let client = client(&emulator, &clock, login(&emulator).store(store.clone()));
    me(&client).await.unwrap();
    pass(&emulator, &clock, HOUR);
    store.failures.store(1, Ordering::SeqCst);
    let error = me(&client).await.unwrap_err();
    assert!(error.is_authentication());
    assert!(error.to_string().contains("the disk is full"), "{error}");
    clock.advance(Duration::from_secs(2));
    me(&client).await.unwrap();
    assert_eq!(emulator.token_requests("refresh_token"), 1);
    assert!(store.tokens.tokens().is_some());
}

/// Gives one token after the other, and notes what was refused.
#[derive(Debug, Default)]
struct Vault {
    tokens: Mutex<Vec<TokenSet>>,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

impl TokenProvider for Vault {
    fn token(&self, refused: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        let refused = refused.map(|it| it.expose_access_token().to_owned());
        self.asked.lock().unwrap().push(refused);
        let next = self.tokens.lock().unwrap().pop();
        Box::pin(async { next.ok_or_else(|| "the vault is empty".into()) })
    }
}

#[tokio::test]
async fn a_provider_is_asked_once_and_told_what_was_refused() {
    let (emulator, clock) = start().await;
    let asked = Arc::default();
    let good = TokenSet::new(emulator.seller().token());
    let vault = Vault {
        tokens: Mutex::new(vec![good, TokenSet::new("refused-token")]),
        asked: Arc::clone(&asked),
    };
    let client = client(&emulator, &clock, Authentication::provider(vault));
    assert_eq!(me(&client).await.unwrap().0, emulator.seller().id);
    me(&client).await.unwrap();
    let expected = [None, Some("refused-token".to_owned())];
    assert_eq!(*asked.lock().unwrap(), expected);
    // A token that is refused as soon as it has taken another's place is not put down to its age.
    emulator.revoke_token(emulator.seller().token());
    assert!(me(&client).await.unwrap_err().is_unauthorized());
    clock.advance(Duration::from_secs(31));
    let error = me(&client).await.unwrap_err();
    assert!(error.to_string().contains("the vault is empty"), "{error}");
}

#[derive(Debug)]
struct Panics;

impl TokenProvider for Panics {
    fn token(&self, _: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        Box::pin(async { std::panic::resume_unwind(Box::new("a mistake of the user's")) })
    }
}

#[tokio::test]
async fn a_provider_that_panics_fails_the_requests_and_nobody_waits_for_ever() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, Authentication::provider(Panics));
    for _ in 0..2 {
        assert!(me(&client).await.unwrap_err().is_authentication());
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

/// Never answers.
#[derive(Debug)]
struct Silent;

impl TokenProvider for Silent {
    fn token(&self, _: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        Box::pin(std::future::pending())
    }
}

/// Lets time pass until a task is over that waits for nothing else.
async fn let_pass<T>(clock: &TestClock, task: tokio::task::JoinHandle<T>) -> T {
    while !task.is_finished() {
        if clock.waiting() > 0 {
            clock.advance(Duration::from_millis(100));
        }
        tokio::task::yield_now().await;
    }
    task.await.unwrap()
}

#[tokio::test]
async fn a_provider_that_never_answers_fails_the_requests_and_is_asked_again() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, Authentication::provider(Silent));
    for _ in 0..2 {
        let call = tokio::spawn(client.create_message(basalam_chat::ChatId(1), "x").send());
        let error = let_pass(&clock, call).await.unwrap_err();
        assert!(
            error.to_string().contains("did not answer in 60 seconds"),
            "{error}"
        );
        assert!(!error.may_have_been_done() && error.unconfirmed_message().is_none());
        clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_deadline_that_ends_before_there_is_a_token_leaves_nothing_unconfirmed() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, Authentication::provider(Silent));
    let hasty = basalam_chat::RequestOptions::new().deadline(Duration::from_secs(5));
    let request = client
        .create_message(basalam_chat::ChatId(1), "x")
        .options(hasty);
    let error = let_pass(&clock, tokio::spawn(request.send()))
        .await
        .unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(!error.may_have_been_done() && error.unconfirmed_message().is_none());
    assert_eq!(emulator.total_requests(), 0);
}

#[tokio::test]
async fn a_renewal_ahead_of_time_that_hangs_holds_nobody_up_for_long() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let client = client(
        &emulator,
        &clock,
        ClientCredentials::new(app.id(), app.secret()),
    );
    client.get_chats().await.unwrap();
    let hangs = FaultRule::new(Fault::never_answers()).operation(TOKEN_OPERATION);
    emulator.add_fault(hangs).unwrap();
    pass(&emulator, &clock, HOUR - Duration::from_secs(250));
    let call = tokio::spawn(client.get_chats().send());
    while emulator.requests(TOKEN_OPERATION) < Some(2) || clock.waiting() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(emulator.requests("get_chats"), Some(1));
    clock.advance(Duration::from_secs(5));
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn two_clients_of_one_store_that_renew_at_once_both_go_on() {
    let (emulator, clock) = start().await;
    let store = MemoryTokenStore::new();
    let login = login(&emulator).store(store.clone());
    let one = client(&emulator, &clock, login.clone());
    let other = client(&emulator, &clock, login);
    me(&one).await.unwrap();
    me(&other).await.unwrap();
    pass(&emulator, &clock, HOUR);
    let (one, other) = tokio::join!(me(&one), me(&other));
    assert_eq!(one.unwrap(), other.unwrap());
}

#[tokio::test]
async fn a_token_given_for_a_short_while_is_not_asked_for_with_every_request() {
    let (emulator, clock) = start().await;
    let asked: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let end = basalam_chat::runtime::Clock::system_time(&clock) + Duration::from_secs(100);
    let short = TokenSet::new(emulator.seller().token()).with_expiry(end);
    let vault = Vault {
        tokens: Mutex::new(vec![short.clone(), short]),
        asked: Arc::clone(&asked),
    };
    let client = client(&emulator, &clock, Authentication::provider(vault));
    for _ in 0..5 {
        me(&client).await.unwrap();
    }
    assert_eq!(*asked.lock().unwrap(), [None]);
    // A tenth of its life before its end another one is asked for, and the old one was not refused.
    clock.advance(Duration::from_secs(91));
    me(&client).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [None, None]);
}

#[tokio::test]
async fn a_new_token_goes_on_where_the_store_has_an_old_one_that_is_refused() {
    let (emulator, clock) = start().await;
    let store = MemoryTokenStore::from(TokenSet::new("of-last-year"));
    let token = PersonalToken::new(emulator.seller().token()).store(store);
    let client = client(&emulator, &clock, token);
    assert_eq!(me(&client).await.unwrap().0, emulator.seller().id);
}
