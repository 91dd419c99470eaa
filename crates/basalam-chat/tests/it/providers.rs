//! Tokens of the user's own code: stores and providers that fail, hang and share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::auth::{
    AuthFuture, Authentication, ClientCredentials, MemoryTokenStore, TokenProvider, TokenSet,
    TokenStore,
};
use basalam_chat::time::Clock;
use basalam_chat::{ChatId, PersonalToken, RequestOptions};
use basalam_chat_emulator::{Fault, FaultRule, TOKEN_OPERATION};

use super::clock::TestClock;
use super::logins::{HOUR, client, login, me, pass, start};

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
        let call = tokio::spawn(client.create_message(ChatId(1), "x").send());
        let error = let_pass(&clock, call).await.unwrap_err();
        assert!(
            error.to_string().contains("did not answer in 60 seconds"),
            "{error}"
        );
        assert!(!error.may_have_succeeded() && error.unconfirmed_message().is_none());
        clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_deadline_that_ends_before_there_is_a_token_leaves_nothing_unconfirmed() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, Authentication::provider(Silent));
    let hasty = RequestOptions::new().operation_timeout(Duration::from_secs(5));
    let request = client.create_message(ChatId(1), "x").options(hasty);
    let error = let_pass(&clock, tokio::spawn(request.send()))
        .await
        .unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(!error.may_have_succeeded() && error.unconfirmed_message().is_none());
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
    let hangs = FaultRule::new(Fault::hang()).operation(TOKEN_OPERATION);
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
    let end = clock.system_time() + Duration::from_secs(100);
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
