//! A database that crashes and is started again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use basalam_chat_emulator::{Emulator, RefreshTokenPolicy, TOKEN_OPERATION};

use super::{Kind, PATIENCE, Random, Service, issue_number};

const RESTARTS: u64 = 8;

/// Half of the restarts happen after a random number of requests. At the other half, the database crashes after a
/// process has sent a refresh, so that the tokens cannot be saved when the response arrives.
fn restarted_database_loses_no_login(kind: Kind) {
    let seed = 15_485_863;
    let mut random = Random(seed);
    let builder = Emulator::builder()
        .access_token_lifetime(Duration::from_secs(2))
        .refresh_token_policy(RefreshTokenPolicy::RevokeOnReuse)
        .latency(Duration::from_millis(20));
    let service = Service::start(kind, builder, Duration::from_secs(2));
    let crashes_at_refresh = Arc::new(AtomicBool::new(false));
    let (sender, crashed) = mpsc::channel();
    let (database, is_armed) = (service.database.clone(), crashes_at_refresh.clone());
    let hook = move |_: &Emulator| {
        if is_armed.swap(false, Ordering::SeqCst) {
            database.kill();
            sender.send(()).unwrap();
        }
    };
    service.emulator.on_request(TOKEN_OPERATION, hook).unwrap();
    let children: Vec<_> = (0..4).map(|_| service.spawn_tolerant()).collect();
    for restart in 0..RESTARTS {
        for _ in 0..50 + random.below(200) {
            service.log.recv_timeout(PATIENCE).unwrap();
        }
        match restart % 2 {
            0 => service.database.kill(),
            _ => {
                crashes_at_refresh.store(true, Ordering::SeqCst);
                crashed.recv_timeout(PATIENCE).unwrap();
                // The response is on its way.
                service.wait_for_token_request();
            }
        }
        service.database.launch();
    }
    // The last outage is over when tokens are refreshed again.
    let issued = |service: &Service| issue_number(service.stored().expose_access_token());
    let before = issued(&service);
    while issued(&service) == before {
        service.wait_for_token_request();
    }
    for child in children {
        child.finish();
    }
    service.request().unwrap();
    let refreshes = service.emulator.token_request_count("refresh_token");
    println!("{kind:?}, seed {seed}: {RESTARTS} restarts, {refreshes} refreshes");
}

on_each_server! { restarted_database_loses_no_login }
