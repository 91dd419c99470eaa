//! Processes that are killed.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use basalam_chat::auth::TokenSet;
use basalam_chat_emulator::{Emulator, RefreshTokenPolicy, TOKEN_OPERATION};

use super::super::processes::KINDS;
use super::{Process, Service, UNFINISHED};

const LEASE: Duration = Duration::from_millis(500);

/// Returns the number in a token of the emulator, which counts the tokens that it has issued.
fn issue_number(token: &str) -> u64 {
    token.rsplit('-').next().unwrap().parse().unwrap()
}

/// A small generator, so that a failure can be repeated with its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % bound
    }
}

/// Returns `true` if the service has issued tokens that were not saved.
fn has_unsaved_tokens(stored: &TokenSet, next: &TokenSet) -> bool {
    issue_number(next.expose_access_token())
        > issue_number(stored.expose_refresh_token().unwrap()) + 1
}

fn killed_processes_lose_no_login_without_a_report(kind: &'static str, seed: u64) {
    let mut random = Random(seed);
    let builder = Emulator::builder()
        .access_token_lifetime(Duration::from_secs(2))
        .refresh_token_policy(RefreshTokenPolicy::RevokeOnReuse)
        .latency(Duration::from_millis(20));
    let service = Service::start(kind, builder, LEASE);
    // Some refreshes last until their process is killed, after the service has handled them.
    let rule = format!(
        "hang,operation={TOKEN_OPERATION},probability=0.5,random_seed={seed},after_handling"
    );
    service.emulator.add_fault(rule.parse().unwrap()).unwrap();
    let mut children: Vec<_> = (0..4).map(|_| service.spawn(u64::MAX)).collect();
    let (mut kills, mut lost_logins) = (0, 0);
    let end = Instant::now() + Duration::from_secs(12);
    while Instant::now() < end {
        std::thread::sleep(Duration::from_millis(200 + random.below(1000)));
        let ended = |it: &mut Process| it.0.try_wait().unwrap();
        if let Some(status) = children.iter_mut().find_map(ended) {
            assert_eq!(status.code(), Some(UNFINISHED), "{kind}, seed {seed}");
            children.iter_mut().for_each(Process::kill);
            let stored = service.stored();
            let next = service.log_in();
            assert!(has_unsaved_tokens(&stored, &next), "{kind}, seed {seed}");
            lost_logins += 1;
            children = (0..4).map(|_| service.spawn(u64::MAX)).collect();
            continue;
        }
        let victim = random.below(4) as usize;
        children[victim].kill();
        children[victim] = service.spawn(u64::MAX);
        kills += 1;
    }
    drop(children);
    service.emulator.clear_faults();
    let stored = service.stored();
    match service.request() {
        Ok(()) => {}
        Err(error) => {
            assert!(error.is_unfinished_refresh(), "{kind}, {seed}: {error}");
            lost_logins += 1;
            assert!(has_unsaved_tokens(&stored, &service.log_in()));
        }
    }
    let refreshes = service.emulator.token_request_count("refresh_token");
    println!(
        "{kind}, seed {seed}: {kills} kills, {refreshes} refreshes, {lost_logins} lost logins"
    );
    assert!(refreshes > 1, "{kind}, seed {seed}");
}

#[test]
fn killed_processes_lose_no_login_in_files_without_a_report() {
    killed_processes_lose_no_login_without_a_report("file", 7_919);
}

#[test]
fn killed_processes_lose_no_login_in_sqlite_without_a_report() {
    killed_processes_lose_no_login_without_a_report("sqlite", 104_729);
}

/// Kills a process while its refresh is in flight, and returns the service.
fn killed_in_refresh(kind: &'static str, is_handled: bool) -> Service {
    let service = Service::start(kind, Emulator::builder(), LEASE);
    let handled = if is_handled { ",after_handling" } else { "" };
    let rule = format!("hang,operation={TOKEN_OPERATION},times=1{handled}");
    service.emulator.add_fault(rule.parse().unwrap()).unwrap();
    let (sender, reached) = mpsc::channel();
    let mut sender = Some(sender);
    let hook = move |_: &Emulator| {
        sender.take().map(|it| it.send(()));
    };
    service.emulator.on_request(TOKEN_OPERATION, hook).unwrap();
    let mut child = service.spawn(1);
    reached.recv_timeout(Duration::from_secs(30)).unwrap();
    if is_handled {
        // The service has handled the request.
        let end = Instant::now() + Duration::from_secs(10);
        while service.emulator.token_request_count("refresh_token") == 0 {
            assert!(Instant::now() < end);
            std::thread::yield_now();
        }
    }
    child.kill();
    service
}

#[test]
fn process_killed_before_the_service_handled_its_refresh_loses_nothing() {
    for kind in KINDS {
        killed_in_refresh(kind, false).request().unwrap();
    }
}

#[test]
fn process_killed_between_the_response_and_the_write_is_reported() {
    for kind in KINDS {
        let service = killed_in_refresh(kind, true);
        for _ in 0..2 {
            let error = service.request().unwrap_err();
            assert!(error.is_unfinished_refresh(), "{kind}: {error}");
            assert!(error.needs_login(), "{kind}: {error}");
        }
        service.log_in();
        service.request().unwrap();
    }
}

#[test]
fn process_killed_after_the_write_loses_nothing() {
    for kind in KINDS {
        let service = Service::start(kind, Emulator::builder(), LEASE);
        let (sender, reached) = mpsc::channel();
        let hook = move |_: &Emulator| {
            let _ = sender.send(());
        };
        // Sent with the new tokens.
        service
            .emulator
            .on_request("get_current_user", hook)
            .unwrap();
        let mut child = service.spawn(u64::MAX);
        reached.recv_timeout(Duration::from_secs(30)).unwrap();
        child.kill();
        service.request().unwrap();
        let refreshes = service.emulator.token_request_count("refresh_token");
        assert_eq!(refreshes, 1, "{kind}");
    }
}
