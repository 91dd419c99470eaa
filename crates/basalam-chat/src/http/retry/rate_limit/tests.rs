use super::*;
use crate::random::SystemRandom;

const SECOND: Duration = Duration::from_secs(1);

fn ticket(gate: &RateLimitGate, now: Instant) -> Ticket {
    gate.enter(|| now, None).unwrap()
}

fn no_backoff(_: u32) -> Duration {
    panic!("`Retry-After` replaces the backoff")
}

#[test]
fn reads_no_clock_without_a_429() {
    let gate = RateLimitGate::default();
    let ticket = gate.enter(|| panic!("not needed"), None).unwrap();
    gate.accepted(ticket, || panic!("not needed"));
}

#[test]
fn one_429_pauses_every_call_until_retry_after() {
    let (gate, start) = (RateLimitGate::default(), Instant::now());
    let first = ticket(&gate, start);
    let pause = gate.limited(first, start, Some(7 * SECOND), no_backoff);
    assert_eq!(pause.remaining, 7 * SECOND);
    let other = gate.enter(|| start + 2 * SECOND, None).unwrap_err();
    assert_eq!(other.remaining, 5 * SECOND);
    gate.enter(|| start + 7 * SECOND, None).unwrap();
}

#[test]
fn requests_in_flight_do_not_prolong_the_pause() {
    let (gate, start) = (RateLimitGate::default(), Instant::now());
    let tickets = [(); 32].map(|()| ticket(&gate, start));
    for (milliseconds, ticket) in (0..).step_by(30).zip(tickets) {
        let now = start + Duration::from_millis(milliseconds);
        let pause = gate.limited(ticket, now, Some(SECOND), no_backoff);
        // Its own call waits for as long as the service asked.
        assert_eq!(pause.remaining, SECOND);
        assert_eq!(pause.window, 1);
    }
    gate.enter(|| start + SECOND, None).unwrap();
    // Without `Retry-After`, the backoff does not grow either.
    let gate = RateLimitGate::default();
    let tickets = [(); 32].map(|()| ticket(&gate, start));
    for ticket in tickets {
        let pause = gate.limited(ticket, start, None, |pauses| pauses * SECOND);
        assert_eq!(pause.remaining, SECOND);
    }
}

#[test]
fn longer_retry_after_of_a_request_in_flight_prolongs_the_pause() {
    let (gate, start) = (RateLimitGate::default(), Instant::now());
    let (first, second) = (ticket(&gate, start), ticket(&gate, start));
    gate.limited(first, start, Some(SECOND), no_backoff);
    gate.limited(second, start, Some(60 * SECOND), no_backoff);
    let pause = gate.enter(|| start + 2 * SECOND, Some(1)).unwrap_err();
    assert_eq!(pause.remaining, 58 * SECOND);
}

#[test]
fn backoff_grows_with_consecutive_429s_until_a_request_is_accepted() {
    let (gate, mut now) = (RateLimitGate::default(), Instant::now());
    let mut pauses = Vec::new();
    for accepted in [false, false, false, true, false] {
        let ticket = ticket(&gate, now);
        if accepted {
            gate.accepted(ticket, || now);
        }
        let pause = gate.limited(ticket, now, None, |pauses| pauses * SECOND);
        pauses.push(pause.remaining.as_secs());
        now += pause.remaining;
    }
    assert_eq!(pauses, [1, 2, 3, 1, 2]);
}

#[test]
fn call_that_waited_is_released_unless_a_new_pause_began() {
    let (gate, start) = (RateLimitGate::default(), Instant::now());
    let (first, second) = (ticket(&gate, start), ticket(&gate, start));
    let pause = gate.limited(first, start, Some(SECOND), no_backoff);
    // A clock that skips backoff has not moved.
    let released = gate.enter(|| start, Some(pause.window)).unwrap();
    gate.limited(released, start, Some(SECOND), no_backoff);
    gate.enter(|| start, Some(pause.window)).unwrap_err();
    // A late response to a request from before both pauses changes nothing.
    gate.limited(second, start, Some(SECOND), no_backoff);
    gate.enter(|| start + SECOND, None).unwrap();
}

#[test]
fn forgets_the_pause_once_all_calls_are_released_and_one_is_accepted() {
    let (gate, start) = (RateLimitGate::default(), Instant::now());
    gate.limited(ticket(&gate, start), start, Some(4 * SECOND), no_backoff);
    gate.accepted(ticket(&gate, start + 4 * SECOND), || start + 4 * SECOND);
    assert_eq!(gate.head.load(Ordering::Relaxed) & 1, 1);
    gate.accepted(ticket(&gate, start + 5 * SECOND), || start + 5 * SECOND);
    assert_eq!(gate.head.load(Ordering::Relaxed) & 1, 0);
}

#[test]
fn calls_are_released_in_the_order_in_which_they_came() {
    let gate = RateLimitGate::default();
    let delay = |place: &Place<'_>| place.delay(SECOND, &SystemRandom);
    let alone = gate.place();
    assert!(delay(&alone) <= SECOND);
    drop(alone);
    let places: Vec<_> = (0..10).map(|_| gate.place()).collect();
    for (number, place) in (0..).zip(&places) {
        let part = number * SECOND / 10..=(number + 1) * SECOND / 10;
        assert!(part.contains(&delay(place)), "{number}: {:?}", delay(place));
    }
    // Those that remain use the time of those that have ended.
    let last = places.into_iter().next_back().unwrap();
    assert!(delay(&last) <= SECOND);
    drop(last);
    assert!(gate.state().places.is_empty());
}

#[test]
fn absurd_retry_after_pauses_other_calls_for_a_day_at_most() {
    let (gate, start) = (RateLimitGate::default(), Instant::now());
    let pause = gate.limited(ticket(&gate, start), start, Some(Duration::MAX), no_backoff);
    assert_eq!(pause.remaining, Duration::MAX);
    let other = gate.enter(|| start, None).unwrap_err();
    assert_eq!(other.remaining, MAX_SHARED_PAUSE);
}

#[test]
fn spread_grows_while_most_requests_are_rejected_and_shrinks_otherwise() {
    let (gate, mut now) = (RateLimitGate::default(), Instant::now());
    let mut run = |accepted: usize, limited: usize| {
        let tickets: Vec<_> = (0..accepted + limited)
            .map(|_| ticket(&gate, now))
            .collect();
        let (first, last) = tickets.split_at(accepted);
        first.iter().for_each(|it| gate.accepted(*it, || now));
        let mut spread = Duration::ZERO;
        for ticket in last {
            spread = gate.limited(*ticket, now, Some(SECOND), no_backoff).spread;
        }
        now += SECOND;
        spread.as_millis()
    };
    // The first window is not counted, and each spread follows from the window before.
    let rejected: Vec<_> = (0..6).map(|_| run(1, 4)).collect();
    assert_eq!(rejected, [250, 250, 500, 1000, 1000, 1000]);
    let accepted: Vec<_> = (0..7).map(|_| run(7, 3)).collect();
    assert_eq!(accepted, [1000, 500, 250, 125, 62, 31, 15]);
}
