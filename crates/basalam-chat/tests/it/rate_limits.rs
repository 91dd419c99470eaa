//! Rate limits: all calls of a login wait for one pause.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::auth::TokenStore;
use basalam_chat::{ChatId, Client, Error, PersonalToken, RequestOptions, RetryLimit, RetryPolicy};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, SeedChat};

use super::retries::{add_fault, seller_builder, start};
use super::support::builder;
use super::support::clock::TestClock;
use super::support::virtual_clock::{SeededRandom, VirtualClock};
use super::support::{no_retries, open_chat};

const CHATS: usize = 300;
const WORKERS: usize = 32;
/// The messages of each chat, which are more than a page.
const MESSAGES: usize = 3;
const PAGE_SIZE: u32 = 2;

/// Starts an emulator on which the seller has `CHATS` chats.
async fn start_with_chats(messages: usize) -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    let seller = emulator.seller().id;
    for _ in 0..CHATS {
        let customer = emulator.add_user("Customer").id;
        let chat = SeedChat::private(seller, customer);
        let chat = emulator.seed_chat(chat).unwrap();
        let texts = (0..messages).map(|number| number.to_string());
        emulator.seed_messages(chat, customer, texts).unwrap();
        // A list of chats is complete only if few of them share a second.
        emulator.advance_clock(Duration::from_secs(1)).unwrap();
    }
    emulator
}

/// Reads all chats and then all messages with `WORKERS` workers, with the default retry policy. Returns the
/// number of messages.
async fn read_everything(emulator: &Emulator, clock: &VirtualClock) -> usize {
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .random_source(SeededRandom::new(7))
        .build()
        .unwrap();
    clock.run(read_with(&client)).await
}

async fn read_with(client: &Client) -> usize {
    let mut chats = Vec::new();
    let mut stream = client.get_chats().stream();
    while let Some(chat) = stream.try_next().await.unwrap() {
        chats.push(chat.id);
    }
    assert_eq!(chats.len(), CHATS);
    let chats = Arc::new(Mutex::new(chats));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| tokio::spawn(read_chats(client.clone(), chats.clone())))
        .collect();
    let mut messages = 0;
    for worker in workers {
        messages += worker.await.unwrap().unwrap();
    }
    messages
}

async fn read_chats(client: Client, chats: Arc<Mutex<Vec<ChatId>>>) -> Result<usize, Error> {
    let mut messages = 0;
    loop {
        let Some(chat) = chats.lock().unwrap().pop() else {
            return Ok(messages);
        };
        let mut stream = client.get_messages(chat).limit(PAGE_SIZE).stream();
        while stream.try_next().await?.is_some() {
            messages += 1;
        }
    }
}

/// Reads everything without and with a fault, and returns both numbers of requests.
async fn requests_without_and_with(
    emulator: &Emulator,
    messages: usize,
    clock: &VirtualClock,
    rule: FaultRule,
) -> (u64, u64) {
    let read = read_everything(emulator, &VirtualClock::new()).await;
    assert_eq!(read, CHATS * messages);
    let minimum = emulator.total_request_count();
    emulator.add_fault(rule).unwrap();
    assert_eq!(read_everything(emulator, clock).await, CHATS * messages);
    emulator.clear_faults();
    (minimum, emulator.total_request_count() - minimum)
}

fn assert_at_most_1_6_times(minimum: u64, requests: u64) {
    let ratio = requests as f64 / minimum as f64;
    assert!(
        ratio <= 1.6,
        "{requests} requests instead of {minimum}: {ratio}"
    );
}

#[tokio::test]
async fn thirty_percent_429_with_retry_after_delay_32_workers_and_fail_none() {
    let emulator = start_with_chats(MESSAGES).await;
    let clock = VirtualClock::new();
    let fault = Fault::status(429).retry_after("1");
    let rule = FaultRule::new(fault).seeded_probability(0.3, 1);
    let (minimum, requests) = requests_without_and_with(&emulator, MESSAGES, &clock, rule).await;
    assert_at_most_1_6_times(minimum, requests);
}

#[tokio::test]
async fn thirty_percent_429_without_retry_after_delay_32_workers_and_fail_none() {
    let emulator = start_with_chats(MESSAGES).await;
    let clock = VirtualClock::new();
    let rule = FaultRule::new(Fault::status(429)).seeded_probability(0.3, 3);
    let (minimum, requests) = requests_without_and_with(&emulator, MESSAGES, &clock, rule).await;
    assert_at_most_1_6_times(minimum, requests);
}

/// Responds with 429 to all but ten requests of each second.
fn ten_requests_per_second(clock: &VirtualClock, retry_after: Option<&str>) -> FaultRule {
    let (clock, mut second, mut requests) = (clock.clone(), 0, 0);
    let source = move || {
        let now = clock.elapsed().as_secs();
        if now != second {
            (second, requests) = (now, 0);
        }
        requests += 1;
        if requests > 10 { 0.0 } else { 0.9 }
    };
    let fault = Fault::status(429);
    let fault = match retry_after {
        Some(retry_after) => fault.retry_after(retry_after),
        None => fault,
    };
    FaultRule::new(fault).probability(0.5, source)
}

#[tokio::test]
async fn limit_of_ten_requests_per_second_is_kept_with_few_requests_in_vain() {
    let emulator = start_with_chats(1).await;
    let clock = VirtualClock::new();
    let rule = ten_requests_per_second(&clock, Some("1"));
    let (minimum, requests) = requests_without_and_with(&emulator, 1, &clock, rule).await;
    assert_at_most_1_6_times(minimum, requests);
}

#[tokio::test]
async fn limit_of_ten_requests_per_second_without_retry_after_fails_no_worker() {
    let emulator = start_with_chats(1).await;
    let clock = VirtualClock::new();
    let rule = ten_requests_per_second(&clock, None);
    let (minimum, requests) = requests_without_and_with(&emulator, 1, &clock, rule).await;
    // The client cannot know when the second ends.
    assert!(requests <= 3 * minimum, "{requests} instead of {minimum}");
}

#[tokio::test]
async fn after_a_pause_one_rejected_request_holds_back_the_others() {
    let emulator = start_with_chats(1).await;
    let clock = VirtualClock::new();
    let now = clock.clone();
    let is_limited = move || match now.elapsed() < Duration::from_secs(30) {
        true => 0.0,
        false => 0.9,
    };
    // The first request is one for chats, alone.
    let rule = FaultRule::new(Fault::status(429).retry_after("5"))
        .operation("get_messages")
        .probability(0.5, is_limited);
    let (minimum, requests) = requests_without_and_with(&emulator, 1, &clock, rule).await;
    // All workers meet the first 429, and about one each of the following.
    let rejected = usize::try_from(requests - minimum).unwrap();
    assert!((WORKERS..WORKERS + 20).contains(&rejected), "{rejected}");
}

/// Returns a client of another login on the same emulator.
fn customer(emulator: &Emulator, clock: &TestClock) -> Client {
    let customer = builder(emulator.base_url(), emulator.customer().token(), clock);
    customer.build().unwrap()
}

#[tokio::test]
async fn pause_applies_to_clones_and_options_of_the_login_only() {
    let (emulator, clock, client) = start().await;
    add_fault(&emulator, Fault::status(429).retry_after("30"), 1);
    let limited = client.get_chats().options(no_retries());
    assert!(limited.await.unwrap_err().is_rate_limited());
    customer(&emulator, &clock).get_chats().await.unwrap();
    assert_eq!(clock.backoffs(), []);

    let hasty = RequestOptions::new().operation_timeout(Duration::from_secs(20));
    let hasty = client.with_options(hasty).unwrap();
    let error = hasty.get_current_user().await.unwrap_err();
    assert!(
        error.is_rate_limited() && !error.may_have_succeeded(),
        "{error}"
    );
    assert_eq!(error.attempts(), 0);
    assert_eq!(error.status(), Some(429));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(error.retry_limit(), Some(RetryLimit::OperationTimeout));
    assert!(error.to_string().contains("was not sent"), "{error}");
    assert_eq!(emulator.request_count("get_current_user"), Some(0));

    client.clone().get_current_user().await.unwrap();
    let waited = clock.backoffs();
    assert_eq!(waited.len(), 1);
    assert!(waited[0] >= Duration::from_secs(30), "{waited:?}");
    // The pause is over, also for the hasty one.
    hasty.get_current_user().await.unwrap();
}

#[tokio::test]
async fn pause_applies_to_all_operations_of_the_login_but_not_to_bot_methods() {
    let (emulator, clock, client) = start().await;
    let chat = open_chat(&client, &emulator).await;
    add_fault(&emulator, Fault::status(429).retry_after("30"), 1);
    let limited = client.get_chats().options(no_retries());
    limited.await.unwrap_err();
    let bot = client.bot(emulator.bot().token()).unwrap();
    bot.get_me().await.unwrap();
    assert_eq!(clock.backoffs(), []);
    client.create_message(chat, "hello").await.unwrap();
    assert_eq!(clock.backoffs().len(), 1);
    assert_eq!(emulator.messages(chat.0).len(), 1);
}

#[tokio::test]
async fn bot_methods_obey_their_own_429() {
    let (emulator, clock, client) = start().await;
    let bot = client.bot(emulator.bot().token()).unwrap();
    add_fault(&emulator, Fault::status(429).retry_after("30"), 1);
    bot.get_me().await.unwrap();
    let waited = clock.backoffs();
    assert!(
        waited.len() == 1 && waited[0] >= Duration::from_secs(30),
        "{waited:?}"
    );
    client.get_chats().await.unwrap();
    assert_eq!(clock.backoffs().len(), 1);
}

#[tokio::test]
async fn pause_outlives_a_token_refresh() {
    let (emulator, clock, _) = start().await;
    let login = super::support::auth::personal_token(&emulator).store(TokenStore::in_memory());
    let client = super::support::auth::client(&emulator, &clock, login);
    add_fault(&emulator, Fault::status(429).retry_after("5"), 1);
    client.get_chats().await.unwrap();
    assert!(clock.backoffs()[0] >= Duration::from_secs(5));
}

#[tokio::test]
async fn retry_after_beyond_max_retry_after_fails_at_once() {
    for status in [429, 503] {
        let (emulator, clock, client) = start().await;
        for retry_after in [
            "61",
            "3600",
            "99999999999999999999",
            "Sun, 09 Sep 2001 01:48:00 GMT",
        ] {
            let clock = TestClock::new();
            let client = seller_builder(&emulator, &clock).build().unwrap();
            add_fault(&emulator, Fault::status(status).retry_after(retry_after), 1);
            let error = client.get_chats().await.unwrap_err();
            assert_eq!(error.status(), Some(status), "{error}");
            assert_eq!(error.attempts(), 1);
            assert!(
                error.retry_after() > Some(Duration::from_secs(60)),
                "{error:?}"
            );
            assert_eq!(error.retry_limit(), Some(RetryLimit::RetryAfter));
            let shown = error.to_string();
            assert!(
                shown.contains("longer than `max_retry_after` (60 s)"),
                "{shown}"
            );
            assert_eq!(clock.backoffs(), []);
        }
        let patient = RetryPolicy::new().max_retry_after(Duration::from_secs(70));
        let options = RequestOptions::new().retry_policy(patient);
        add_fault(&emulator, Fault::status(status).retry_after("61"), 1);
        client.get_chats().options(options).await.unwrap();
        assert!(clock.backoffs()[0] >= Duration::from_secs(61));
    }
}

#[tokio::test]
async fn ends_after_max_rate_limit_retries_without_using_up_the_budget() {
    let (emulator, _, _) = start().await;
    let policy = RetryPolicy::new().max_rate_limit_retries(30);
    let client = seller_builder(&emulator, &TestClock::new())
        .retry_policy(policy)
        .retry_budget(0)
        .build()
        .unwrap();
    add_fault(&emulator, Fault::status(429).retry_after("1"), 31);
    let error = client.get_chats().await.unwrap_err();
    assert_eq!(error.attempts(), 31);
    assert_eq!(error.retry_limit(), Some(RetryLimit::Attempts));
    assert!(error.to_string().contains("after 31 attempts"), "{error}");
    add_fault(&emulator, Fault::status(429).retry_after("1"), 30);
    client.get_chats().await.unwrap();
    // All ten retries of the reserve are left.
    emulator
        .add_fault(FaultRule::new(Fault::status(503)))
        .unwrap();
    for _ in 0..5 {
        let error = client.get_chats().await.unwrap_err();
        assert_eq!(error.attempts(), 3, "{error}");
    }
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_retry_budget_exhausted(), "{error}");
}

#[tokio::test]
async fn dropped_calls_do_not_hold_back_the_others() {
    let (emulator, clock, client) = start().await;
    add_fault(&emulator, Fault::status(429).retry_after("3"), 1);
    client.get_chats().options(no_retries()).await.unwrap_err();
    let waiting = client.get_chats().send();
    drop(waiting);
    add_fault(&emulator, Fault::hang(), 1);
    let hanging = tokio::spawn(client.get_chats().send());
    super::support::yield_until(|| emulator.request_count("get_chats") == Some(2)).await;
    hanging.abort();
    client.get_chats().await.unwrap();
    assert_eq!(clock.backoffs().len(), 1);
}
