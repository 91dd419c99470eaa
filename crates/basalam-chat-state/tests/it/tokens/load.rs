//! Requests of several processes whose tokens expire all the time.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use basalam_chat_emulator::{Emulator, RefreshTokenPolicy, TOKEN_OPERATION};

use super::Service;

/// The number of requests of each process can be set, up to 1,000 or more.
const REQUESTS: &str = "BASALAM_CHAT_STATE_TEST_REQUESTS";

/// Lets each request last long enough that tokens expire during a test.
const LATENCY: Duration = Duration::from_millis(25);

fn requests_succeed_with_one_refresh_at_a_time(kind: &'static str, policy: RefreshTokenPolicy) {
    let requests: u64 = std::env::var(REQUESTS).map_or(200, |it| it.parse().expect("an integer"));
    // The begin and the end of each token request, and its status.
    let refreshes = Arc::new(Mutex::new(Vec::new()));
    let log = refreshes.clone();
    let builder = Emulator::builder()
        .access_token_lifetime(Duration::from_secs(2))
        .refresh_token_policy(policy)
        .latency(LATENCY)
        .on_request_logged(move |request| {
            if request.operation.as_deref() == Some(TOKEN_OPERATION) {
                let end = Instant::now();
                let begin = end.checked_sub(request.duration).unwrap();
                log.lock().unwrap().push((begin, end, request.status));
            }
        });
    let service = Service::start(kind, builder, Duration::from_secs(10));
    let started_at = Instant::now();
    let mut children: Vec<_> = (0..4).map(|_| service.spawn(requests)).collect();
    for child in &mut children {
        child.assert_success();
    }
    let mut refreshes = refreshes.lock().unwrap();
    println!(
        "{kind} {policy:?}: 4 processes, {requests} requests each, {} refreshes, {:.1} s",
        refreshes.len(),
        started_at.elapsed().as_secs_f64()
    );
    refreshes.sort_by_key(|it| it.0);
    assert!(refreshes.len() > 1, "{kind} {policy:?}");
    assert!(
        refreshes.iter().all(|it| it.2 == Some(200)),
        "{refreshes:?}"
    );
    let is_one_at_a_time = refreshes.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    assert!(is_one_at_a_time, "{kind} {policy:?}: {refreshes:?}");
}

#[test]
fn requests_succeed_with_single_use_refresh_tokens_in_files() {
    requests_succeed_with_one_refresh_at_a_time("file", RefreshTokenPolicy::Rotate);
}

#[test]
fn requests_succeed_with_single_use_refresh_tokens_in_sqlite() {
    requests_succeed_with_one_refresh_at_a_time("sqlite", RefreshTokenPolicy::Rotate);
}

#[test]
fn requests_succeed_in_files_if_reuse_revokes_the_login() {
    requests_succeed_with_one_refresh_at_a_time("file", RefreshTokenPolicy::RevokeOnReuse);
}

#[test]
fn requests_succeed_in_sqlite_if_reuse_revokes_the_login() {
    requests_succeed_with_one_refresh_at_a_time("sqlite", RefreshTokenPolicy::RevokeOnReuse);
}
