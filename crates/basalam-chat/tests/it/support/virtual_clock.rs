//! A clock that advances on its own while all tasks wait.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use basalam_chat::random::RandomSource;
use basalam_chat::time::{Clock, Sleep, SleepReason};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A clock for many concurrent calls: time passes only while every one of them waits for a backoff or a scheduled action, so no
/// request takes time. Timeouts never end.
#[derive(Clone, Debug)]
pub(crate) struct VirtualClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started_at: Instant,
    state: Mutex<State>,
    /// A timeout exists for as long as its attempt runs.
    timeouts: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    backoffs: BTreeMap<(Duration, usize), oneshot::Sender<()>>,
    count: usize,
}

/// How often other tasks run before the clock advances.
const TURNS: usize = 10;

impl VirtualClock {
    pub(crate) fn new() -> VirtualClock {
        VirtualClock(Arc::new(Inner {
            started_at: Instant::now(),
            state: Mutex::default(),
            timeouts: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.state.lock().unwrap().elapsed
    }

    /// Lets time pass while nothing runs, as a pause of the process does.
    pub(crate) fn pause(&self, duration: Duration) {
        self.0.state.lock().unwrap().elapsed += duration;
    }

    /// Runs a future and advances the clock whenever no attempt is running.
    pub(crate) async fn run<T>(&self, future: impl Future<Output = T>) -> T {
        // In its own task, so that the future is polled only if it is woken. Ends when it is dropped.
        let mut advance = JoinSet::new();
        advance.spawn(self.clone().advance());
        tokio::select! {
            output = future => output,
            result = advance.join_next() => panic!("the clock has stopped: {result:?}"),
        }
    }

    async fn advance(self) {
        let mut turns = 0;
        loop {
            tokio::task::yield_now().await;
            turns = match self.0.timeouts.load(Ordering::SeqCst) {
                0 => turns + 1,
                _ => 0,
            };
            if turns >= TURNS {
                turns = 0;
                self.end_next_backoff();
            }
        }
    }

    fn end_next_backoff(&self) {
        let mut state = self.0.state.lock().unwrap();
        if let Some(((end, _), sleeper)) = state.backoffs.pop_first() {
            state.elapsed = state.elapsed.max(end);
            // Nobody waits for it if its call was dropped.
            let _ = sleeper.send(());
        }
    }
}

impl Clock for VirtualClock {
    fn instant(&self) -> Instant {
        self.0.started_at + self.elapsed()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000) + self.elapsed()
    }

    fn sleep(&self, duration: Duration, reason: SleepReason) -> Sleep {
        if reason == SleepReason::Timeout {
            let timeout = RunningTimeout::new(self.clone());
            return Box::pin(async move {
                let _timeout = timeout;
                std::future::pending().await
            });
        }
        let (sender, receiver) = oneshot::channel();
        let mut state = self.0.state.lock().unwrap();
        state.count += 1;
        let key = (state.elapsed + duration, state.count);
        state.backoffs.insert(key, sender);
        drop(state);
        Box::pin(async {
            let _ = receiver.await;
        })
    }
}

/// Counts as a running attempt until it is dropped.
struct RunningTimeout(VirtualClock);

impl RunningTimeout {
    fn new(clock: VirtualClock) -> RunningTimeout {
        clock.0.timeouts.fetch_add(1, Ordering::SeqCst);
        RunningTimeout(clock)
    }
}

impl Drop for RunningTimeout {
    fn drop(&mut self) {
        self.0.0.timeouts.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A pseudorandom sequence that depends on the seed only.
#[derive(Debug)]
pub(crate) struct SeededRandom(pub(crate) Mutex<u64>);

impl SeededRandom {
    pub(crate) fn new(seed: u64) -> SeededRandom {
        SeededRandom(Mutex::new(seed))
    }
}

impl RandomSource for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for byte in bytes {
            // The upper bits of a linear congruential generator.
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (*state >> 56) as u8;
        }
    }
}
