//! Many logins in one process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::watch::{RequestBudget, Watch};
use basalam_chat_emulator::{Emulator, SeedChat};

use super::setup::{MINUTE, SECOND, Setup, client, setup, wait};

/// Runs watchers of several logins for a while, and returns the times of their polls.
async fn polls(setup: &Setup, logins: usize, configure: impl Fn(Watch) -> Watch) -> Vec<Duration> {
    let times = Arc::new(Mutex::new(Vec::new()));
    let (log, clock) = (times.clone(), setup.clock.clone());
    let hook = move |_: &Emulator| log.lock().unwrap().push(clock.elapsed());
    for operation in ["get_chats", "get_messages", "get_current_user"] {
        let hook = hook.clone();
        setup.emulator.on_request(operation, hook).unwrap();
    }
    let run = async {
        let mut watchers = Vec::new();
        for index in 0..logins {
            let user = setup.emulator.add_user(format!("Login {index}"));
            let customer = setup.emulator.customer().id;
            let chat = SeedChat::private(user.id, customer);
            setup.emulator.seed_chat(chat).unwrap();
            let client = client(&setup.emulator, &setup.clock, &user);
            let watch = client.watch(setup.store.clone());
            watchers.push(configure(watch).start().unwrap());
        }
        wait(&setup.clock, MINUTE * 3).await;
    };
    setup.clock.run(run).await;
    times.lock().unwrap().clone()
}

#[tokio::test]
async fn logins_share_a_budget_of_requests() {
    let setup = setup().await;
    let budget = RequestBudget::new(5, SECOND);
    let configure = |watch: Watch| watch.request_budget(&budget);
    let times = polls(&setup, 30, configure).await;
    for requests in times.windows(6) {
        // The sixth is a second later, except that a task may run after the next one is due.
        let took = requests[5] - requests[0];
        assert!(took >= Duration::from_millis(799), "{requests:?}");
    }
    // Each login polls nevertheless, at least every 20 seconds.
    assert!(times.len() >= 30 * 3 * 3, "{}", times.len());
}

#[tokio::test]
async fn polls_of_logins_that_start_together_are_spread() {
    let setup = setup().await;
    let times = polls(&setup, 20, |watch| watch).await;
    let late = times.iter().filter(|time| **time > MINUTE);
    let mut per_instant = BTreeMap::<Duration, usize>::new();
    for time in late {
        *per_instant.entry(*time).or_default() += 1;
    }
    let most = per_instant.values().max().copied().unwrap_or_default();
    assert!(most <= 2, "{most} polls at once");
    let seconds: BTreeSet<u64> = per_instant.keys().map(|time| time.as_secs() % 15).collect();
    assert!(seconds.len() >= 3, "{seconds:?}");
}

#[tokio::test]
async fn invalid_budget_is_rejected() {
    let setup = setup().await;
    for budget in [
        RequestBudget::new(0, SECOND),
        RequestBudget::new(1, Duration::ZERO),
    ] {
        let watch = setup.watch().request_budget(&budget);
        let error = watch.start().unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains("request_budget"), "{error}");
    }
}
