use super::*;

#[test]
fn redacts_bot_tokens_and_file_names_in_paths() {
    for (target, path) in [
        ("/v1/bots/1:secret/getMe", "/v1/bots/***/getMe"),
        ("/v1/bots/1%3Asecret/getMe?x=1", "/v1/bots/***/getMe?x=1"),
        ("/v1/bots/secret/unknown", "/v1/bots/***/unknown"),
        ("/bot1:secret/getMe", "/***/getMe"),
        ("/bot1%3asecret", "/***"),
        ("/files/78000000/a.jpg", "/files/78000000/***"),
        ("/v1/chats?limit=2", "/v1/chats?limit=2"),
        ("/v1/chats/12:/x", "/v1/chats/12:/x"),
    ] {
        assert_eq!(redact_path(target, true), path);
    }
}

fn log_of(count: u64, path: &str) -> RequestLog {
    let mut log = RequestLog::default();
    for _ in 0..count {
        let number = log.next_number();
        log.push(Entry {
            number,
            started_at: SystemTime::UNIX_EPOCH,
            method: Method::GET,
            target: target(&path.parse().unwrap()),
            operation: None,
            user_id: None,
            status: Some(200),
            duration: Duration::ZERO,
            error: None,
            fault: None,
        });
    }
    log
}

fn numbers(requests: &[LoggedRequest]) -> Vec<u64> {
    requests.iter().map(|it| it.number).collect()
}

#[test]
fn batch_contains_the_latest_requests_after_a_position() {
    let log = log_of(3, "/");
    let batch = log.since(1);
    assert_eq!((numbers(&batch.requests), batch.skipped), (vec![2, 3], 0));
    assert_eq!(log.since(3).requests, []);
    let log = log_of(10_000, "/");
    let batch = log.since(1);
    assert_eq!(batch.requests.len(), MAX_BATCH);
    assert_eq!(batch.skipped, 9_999 - MAX_BATCH as u64);
    assert_eq!(batch.requests.last().unwrap().number, 10_000);
    assert_eq!(batch.finished, 10_000);
}

#[test]
fn batch_of_long_paths_is_bounded() {
    let log = log_of(100, &format!("/{}", "a".repeat(60_000)));
    let batch = log.since(0);
    assert_eq!((batch.requests.len(), batch.skipped), (64, 36));
}

#[test]
fn long_values_are_cut() {
    let mut entry = log_of(1, "/").entries.remove(0).unwrap();
    let long = format!("/{}?token=a", "پ".repeat(30_000));
    entry.target = target(&long.parse().unwrap());
    entry.method = Method::from_bytes(&[b'M'; 100]).unwrap();
    entry.error = Some("پ".repeat(3_000));
    entry.fault = Some("a".repeat(5_000));
    let mut log = RequestLog::default();
    log.push(entry);
    let logged = log.entries().next().unwrap();
    assert_eq!(logged.path, format!("/{}", "پ".repeat(2_047)));
    assert_eq!(logged.method.len(), MAX_METHOD_LENGTH);
    assert_eq!(logged.error.unwrap().len(), MAX_LENGTH);
    assert_eq!(logged.fault.unwrap().len(), MAX_LENGTH);
}

#[test]
fn pages_resume_at_their_position_and_skip_dropped_entries() {
    let log = log_of(CAPACITY as u64 + 10, "/");
    let (requests, next) = log.page(0, 2);
    assert_eq!((numbers(&requests), next), (vec![11, 12], 12));
    let (requests, next) = log.page(next, 1);
    assert_eq!((numbers(&requests), next), (vec![13], 13));
    let (requests, next) = log.page(u64::MAX, 1);
    assert_eq!((numbers(&requests), next), (vec![], CAPACITY as u64 + 10));
}

#[test]
fn reset_restarts_numbers_but_not_positions() {
    let mut log = log_of(3, "/");
    log.reset();
    assert_eq!((log.total(), log.finished()), (0, 3));
    assert_eq!(log.next_number(), 1);
}

#[test]
fn drops_queries_outside_operations() {
    assert_eq!(
        redact_path("/accounts/sso?state=secret", false),
        "/accounts/sso"
    );
}

#[test]
fn displays_request_as_one_line() {
    let mut request = LoggedRequest {
        number: 1,
        started_at: SystemTime::UNIX_EPOCH,
        method: "POST".to_owned(),
        path: "/v1/chats".to_owned(),
        operation: Some("create_chat".to_owned()),
        user_id: Some(430),
        status: Some(422),
        duration: Duration::from_micros(1_250),
        error: Some("body.user_id: int_type".to_owned()),
        fault: None,
    };
    assert_eq!(
        request.to_string(),
        "422 POST   /v1/chats  create_chat  1.2 ms  error: body.user_id: int_type"
    );
    request.status = None;
    request.error = None;
    request.fault = Some("disconnect".to_owned());
    assert!(request.to_string().starts_with("--- "));
}
