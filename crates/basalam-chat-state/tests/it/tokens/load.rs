//! Requests of several processes whose tokens expire all the time.

use std::time::{Duration, Instant};

use basalam_chat_emulator::{Emulator, RefreshTokenPolicy, TOKEN_OPERATION};

use super::{Kind, Service};

/// Sets the number of requests of each process.
const REQUESTS: &str = "BASALAM_CHAT_STATE_TEST_REQUESTS";

/// Lets each request last long enough that tokens expire during a test.
const LATENCY: Duration = Duration::from_millis(25);

fn requests(kind: Kind) -> u64 {
    match (std::env::var(REQUESTS), kind) {
        (Ok(requests), _) => requests.parse().expect("an integer"),
        (Err(_), Kind::Files | Kind::Sqlite) => 200,
        (Err(_), Kind::Postgres | Kind::Redis) => 1000,
    }
}

fn requests_succeed_with_one_refresh_at_a_time(kind: Kind, policy: RefreshTokenPolicy) {
    let requests = requests(kind);
    let builder = Emulator::builder()
        .access_token_lifetime(Duration::from_secs(2))
        .refresh_token_policy(policy)
        .latency(LATENCY);
    let service = Service::start(kind, builder, Duration::from_secs(10));
    let started_at = Instant::now();
    let mut children: Vec<_> = (0..4).map(|_| service.spawn(requests)).collect();
    for child in &mut children {
        child.assert_success();
    }
    let refreshes = service.log.try_iter();
    let mut refreshes: Vec<_> = refreshes
        .filter(|it| it.operation == TOKEN_OPERATION)
        .collect();
    println!(
        "{kind:?} {policy:?}: 4 processes, {requests} requests each, {} refreshes, {:.1} s",
        refreshes.len(),
        started_at.elapsed().as_secs_f64()
    );
    refreshes.sort_by_key(|it| it.begin);
    assert!(refreshes.len() > 1);
    let are_all_successful = refreshes.iter().all(|it| it.status == Some(200));
    assert!(are_all_successful, "{refreshes:?}");
    let is_one_at_a_time = refreshes
        .windows(2)
        .all(|pair| pair[0].end <= pair[1].begin);
    assert!(is_one_at_a_time, "{refreshes:?}");
}

fn requests_succeed_with_single_use_refresh_tokens(kind: Kind) {
    requests_succeed_with_one_refresh_at_a_time(kind, RefreshTokenPolicy::Rotate);
}

fn requests_succeed_if_reuse_revokes_the_login(kind: Kind) {
    requests_succeed_with_one_refresh_at_a_time(kind, RefreshTokenPolicy::RevokeOnReuse);
}

on_each_store! {
    requests_succeed_with_single_use_refresh_tokens,
    requests_succeed_if_reuse_revokes_the_login,
}
