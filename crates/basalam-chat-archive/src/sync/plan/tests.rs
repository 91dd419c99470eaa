use std::collections::BTreeSet;

use super::*;

const PAGE_SIZE: u32 = 10;

/// A service with one chat.
struct Service {
    ids: BTreeSet<i64>,
    requests: usize,
}

impl Service {
    fn new(ids: impl IntoIterator<Item = i64>) -> Service {
        Service {
            ids: ids.into_iter().collect(),
            requests: 0,
        }
    }

    fn page(&mut self, part: &Part) -> PageOutcome {
        self.requests += 1;
        let before = part.before().unwrap_or(i64::MAX);
        let page: Vec<i64> = self
            .ids
            .range(..before)
            .rev()
            .take(PAGE_SIZE as usize)
            .copied()
            .collect();
        let ids = page.last().map(|low| Ids {
            low: *low,
            high: page[0],
        });
        let low = ids.map_or(FIRST_ID, |it| it.low);
        let high = match part {
            Part::Newest { known } => ids.map(|it| it.high).max(*known),
            Part::Recheck { before } => Some(before - 1),
            Part::Missing(range) => Some(range.high),
        };
        PageOutcome {
            ids,
            covered: high.and_then(|high| Ids::new(low, high)),
            oldest_at: ids.map(|it| format!("{:06}", it.low)),
        }
    }
}

/// Reads a chat with some requests at once, which complete in a random order.
fn read(service: &mut Service, mut plan: Plan, concurrency: usize, seed: u64) -> IdSet {
    let mut state = seed;
    let mut running: Vec<PageJob> = Vec::new();
    for _ in 0..100_000 {
        while running.len() < concurrency {
            match plan.next() {
                Some(job) => running.push(job),
                None if plan.split() => {}
                None => break,
            }
        }
        if let Some((_, _, covered)) = plan.take_completed().pop() {
            assert!(running.is_empty() && plan.is_empty());
            return covered;
        }
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let job = running.swap_remove((state >> 33) as usize % running.len());
        // Some requests fail.
        if (state >> 20).is_multiple_of(7) {
            plan.retry(job, true);
            continue;
        }
        let outcome = service.page(&job.part);
        plan.read(&job, &outcome);
    }
    panic!("the chat is not read to its end");
}

fn plan(covered: &[(i64, i64)], newest: bool) -> Plan {
    let covered = covered
        .iter()
        .map(|(low, high)| Ids {
            low: *low,
            high: *high,
        })
        .collect();
    let mut plan = Plan::new(PAGE_SIZE);
    plan.add(7, ChatTimes::default(), covered, newest, None);
    plan
}

#[test]
fn every_chat_is_covered_from_its_first_to_its_newest_message() {
    let chats: [Vec<i64>; 7] = [
        vec![5],
        (1..=35).collect(),
        (1..=1000).collect(),
        (500_000..=501_000).collect(),
        (1..=800).map(|it| it * 977).collect(),
        (1..=200).chain(900_000..=900_300).collect(),
        (1..=20).map(|it| 1 << it).collect(),
    ];
    for ids in chats {
        for concurrency in [1, 2, 16, 128] {
            for seed in 1..4 {
                let mut service = Service::new(ids.clone());
                let covered = read(&mut service, plan(&[], true), concurrency, seed);
                let newest = *ids.last().unwrap();
                assert_eq!(
                    covered.ranges(),
                    [Ids {
                        low: 1,
                        high: newest
                    }]
                );
                let pages = ids.len().div_ceil(PAGE_SIZE as usize) + 1;
                assert!(
                    service.requests <= pages * 2 + 8,
                    "{} of {pages}",
                    service.requests
                );
            }
        }
    }
}

#[test]
fn chats_take_turns() {
    let mut service = Service::new(1001..=1030);
    let mut plan = Plan::new(PAGE_SIZE);
    for chat in [1, 2, 3] {
        plan.add(chat, ChatTimes::default(), IdSet::default(), true, None);
    }
    let mut order = Vec::new();
    while let Some(job) = plan.next() {
        order.push(job.chat);
        let outcome = service.page(&job.part);
        plan.read(&job, &outcome);
    }
    assert_eq!(order, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
}

#[test]
fn one_request_at_a_time_wastes_none() {
    for count in [1, 10, 11, 100, 995] {
        let mut service = Service::new(1..=count);
        let requests_for = |service: &mut Service| {
            service.requests = 0;
            read(service, plan(&[], true), 1, 1);
            service.requests
        };
        // One more finds the end, unless the last page has the smallest possible id.
        let pages = (count as usize).div_ceil(10);
        assert_eq!(requests_for(&mut service), pages, "{count}");
        let mut service = Service::new(1001..=1000 + count);
        assert_eq!(requests_for(&mut service), pages + 1, "{count}");
    }
}

#[test]
fn long_chat_is_read_in_parallel() {
    let mut plan = plan(&[], true);
    let mut service = Service::new(1..=10_000);
    let (mut rounds, mut widest) = (0, 0);
    loop {
        let mut running = Vec::new();
        while running.len() < 16 {
            match plan.next() {
                Some(job) => running.push(job),
                None if plan.split() => {}
                None => break,
            }
        }
        widest = widest.max(running.len());
        rounds += 1;
        for job in running {
            let outcome = service.page(&job.part);
            plan.read(&job, &outcome);
        }
        if !plan.take_completed().is_empty() {
            break;
        }
    }
    assert_eq!(widest, 16);
    assert!(rounds < 1000 / 10, "{rounds} rounds for 1000 pages");
    assert!(service.requests < 1000 + 100, "{}", service.requests);
}

#[test]
fn only_missing_ranges_are_read() {
    let mut service = Service::new(1..=1000);
    let covered = read(&mut service, plan(&[(1, 300), (401, 950)], false), 4, 1);
    assert_eq!(covered.ranges(), [Ids { low: 1, high: 950 }]);
    assert!(
        (10..=14).contains(&service.requests),
        "{}",
        service.requests
    );
    let mut service = Service::new(1..=1000);
    read(&mut service, plan(&[(1, 950)], true), 4, 1);
    assert!((5..=7).contains(&service.requests), "{}", service.requests);
    let mut service = Service::new(1..=1000);
    read(&mut service, plan(&[(1, 1000)], true), 4, 1);
    assert_eq!(service.requests, 1);
}

#[test]
fn chat_with_nothing_to_read_is_completed_at_once() {
    let mut plan = plan(&[(1, 1000)], false);
    assert_eq!(plan.next(), None);
    assert_eq!(plan.take_completed().len(), 1);
}

#[test]
fn recheck_reads_the_window_again() {
    let covered: IdSet = [Ids { low: 1, high: 1000 }].into_iter().collect();
    let mut service = Service::new(1..=1000);
    let mut plan = Plan::new(PAGE_SIZE);
    plan.add(
        7,
        ChatTimes::default(),
        covered,
        true,
        Some("000955".to_owned()),
    );
    read(&mut service, plan, 4, 1);
    // The pages from 1000 down to 955, and no further.
    assert_eq!(service.requests, 5);
}

#[test]
fn failed_chat_is_forgotten() {
    let mut plan = plan(&[], true);
    let job = plan.next().unwrap();
    assert!(plan.fail(7));
    assert!(!plan.fail(7));
    plan.read(&job, &PageOutcome::default());
    plan.retry(job, true);
    assert_eq!(plan.next(), None);
    assert!(plan.is_empty());
}

#[test]
fn changed_chats_are_recognized_by_their_times_and_newest_message() {
    let times = |time: &str| ChatTimes {
        updated_at: Some(time.to_owned()),
        modified_at: None,
    };
    let covered: IdSet = [Ids { low: 1, high: 9 }].into_iter().collect();
    assert!(!is_changed(
        &times("1"),
        Some(&times("1")),
        Some(9),
        &covered
    ));
    assert!(!is_changed(&times("1"), Some(&times("1")), None, &covered));
    assert!(is_changed(
        &times("2"),
        Some(&times("1")),
        Some(9),
        &covered
    ));
    assert!(is_changed(
        &times("1"),
        Some(&times("1")),
        Some(10),
        &covered
    ));
    assert!(is_changed(&times("1"), None, Some(9), &covered));
}

#[test]
fn window_has_the_format_of_the_service() {
    let start = |newest, seconds| window_start(newest, seconds);
    assert_eq!(
        start("2026-07-22 10:28:23", 86_400).as_deref(),
        Some("2026-07-21 10:28:23")
    );
    assert_eq!(
        start("2026-01-01T00:00:00Z", 1).as_deref(),
        Some("2025-12-31T23:59:59Z")
    );
    assert_eq!(start("soon", 1), None);
}
