//! Random arrivals, compared with a model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::random::RandomSource;
use basalam_chat_emulator::{Emulator, SeedMessage, TimeBound, User};

use super::setup::{HandlerResult, SECOND, Setup, service_time, wait};
use crate::support::virtual_clock::SeededRandom;

/// The number of seeds; `WATCH_MODEL_CASES` sets another one.
const CASES: u64 = 3;
const RESYNC: Duration = Duration::from_secs(60);

struct Random(SeededRandom);

impl Random {
    fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u64::from(u32::from_le_bytes(bytes)) % limit
    }

    fn one_in(&self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}

/// What was sent and what was acknowledged.
#[derive(Default)]
struct Model {
    /// The messages by id: their chat, and whether they are late.
    sent: BTreeMap<i64, (i64, bool)>,
    /// The acknowledged messages in the order of their acknowledgement.
    acknowledged: Vec<i64>,
    /// Those whose acknowledgement a crash may have lost.
    unstored: BTreeSet<i64>,
    handed_out: BTreeMap<i64, u32>,
}

impl Model {
    /// Records that the last acknowledgement in each chat may not be stored.
    fn crash(&mut self) {
        let mut chats = BTreeSet::new();
        for id in self.acknowledged.iter().rev() {
            if chats.insert(self.sent[id].0) {
                self.unstored.insert(*id);
            }
        }
    }

    fn check(&self, seed: u64) {
        let mut positions = BTreeMap::new();
        for (position, id) in self.acknowledged.iter().enumerate() {
            let earlier = positions.insert(*id, position);
            assert!(
                earlier.is_none() || self.unstored.contains(id),
                "seed {seed}: {id} was repeated after its acknowledgement"
            );
        }
        for id in self.sent.keys() {
            assert!(positions.contains_key(id), "seed {seed}: {id} was missed");
        }
        assert_eq!(
            positions.len(),
            self.sent.len(),
            "seed {seed}: unknown messages"
        );
        let mut latest = BTreeMap::<i64, (i64, usize)>::new();
        let mut first = BTreeMap::new();
        for (position, id) in self.acknowledged.iter().enumerate() {
            first.entry(*id).or_insert(position);
        }
        // A message that is not late is acknowledged before all larger ids of its chat.
        for (id, (chat, is_late)) in self.sent.iter().rev() {
            let position = first[id];
            if !is_late && let Some((larger, earliest)) = latest.get(chat) {
                assert!(
                    position < *earliest,
                    "seed {seed}: {larger} came before {id}"
                );
            }
            let earliest = latest.get(chat).map_or(position, |it| it.1.min(position));
            latest.insert(*chat, (*id, earliest));
        }
    }
}

#[tokio::test]
async fn random_arrivals_are_neither_missed_nor_repeated_nor_reordered() {
    let cases = std::env::var("WATCH_MODEL_CASES").ok();
    let cases = cases.map_or(CASES, |it| it.parse().unwrap());
    for seed in 0..cases {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let random = Random(SeededRandom::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let bounds = [TimeBound::Inclusive, TimeBound::Exclusive];
    let mut builder = Emulator::builder()
        .from_bound(*random.pick(&bounds))
        .before_bound(*random.pick(&bounds));
    // The service's default page has 30 items, so its maximum is not below that.
    if let Some(max) = random.pick(&[None, Some(30), Some(37)]) {
        builder = builder.max_page_size(*max);
    }
    let setup = Setup::start(builder).await;
    let chats = setup.add_chats(*random.pick(&[2, 7, 35]));
    let model = Arc::new(Mutex::new(Model::default()));
    // Creates the state.
    let start = async {
        wait(&setup.clock, SECOND * 5).await;
        false
    };
    drive(&setup, &model, seed, start).await;
    for _ in 0..3 {
        drive(
            &setup,
            &model,
            seed,
            arrivals(&setup, &model, &chats, &random),
        )
        .await;
    }
    let rest = async {
        // The latest message, two resyncs, and the backoff of handlers that fail.
        wait(&setup.clock, RESYNC * 4).await;
        false
    };
    drive(&setup, &model, seed, rest).await;
    model.lock().unwrap().check(seed);
}

/// Sends messages, and returns whether the process crashes afterwards.
async fn arrivals(
    setup: &Setup,
    model: &Mutex<Model>,
    chats: &[(i64, User)],
    random: &Random,
) -> bool {
    for _ in 0..7 {
        let now = service_time(setup.clock.elapsed());
        let count = match random.one_in(5) {
            // Most chats change in the same second.
            true => chats.len() as u64,
            false => 1 + random.below(4),
        };
        for index in 0..count {
            let (chat, user) = match count == chats.len() as u64 {
                true => &chats[index as usize],
                false => random.pick(chats),
            };
            let is_late = random.one_in(4);
            let mut message = SeedMessage::text("hello");
            if is_late {
                let late_by = 1 + random.below(RESYNC.as_secs() - 10);
                message = message.visible_after(Duration::from_secs(late_by));
            } else if random.one_in(3) {
                // In the second of the last messages.
                message = message.created_at(now);
            }
            let ids = setup.emulator.seed_messages(*chat, user.id, [message]);
            let sent = &mut model.lock().unwrap().sent;
            sent.insert(ids.unwrap()[0], (*chat, is_late));
        }
        let pause = match random.one_in(3) {
            true => Duration::from_millis(random.below(900)),
            false => Duration::from_millis(random.below(25_000)),
        };
        wait(&setup.clock, pause).await;
    }
    random.one_in(2)
}

/// Runs a watcher while a future runs, which decides whether the watcher is killed or shut down.
async fn drive(
    setup: &Setup,
    model: &Arc<Mutex<Model>>,
    seed: u64,
    until: impl Future<Output = bool>,
) {
    let watch = setup.watch().resync_interval(RESYNC).max_attempts(10);
    let watcher = watch.start().unwrap();
    let handle = watcher.handle();
    let handled = model.clone();
    let run = watcher.run(move |delivery| {
        let id = delivery.event().received().map(|message| message.id.0);
        let result = id.map_or(Ok(()), |id| receive(&mut handled.lock().unwrap(), id, seed));
        async { result }
    });
    let both = async {
        let mut run = std::pin::pin!(run);
        let is_crash = tokio::select! {
            result = &mut run => panic!("seed {seed}: {result:?}"),
            is_crash = until => is_crash,
        };
        if is_crash {
            model.lock().unwrap().crash();
        } else {
            handle.shutdown();
            run.await.unwrap();
        }
    };
    setup.clock.run(both).await;
}

/// Handles a message: some fail at first.
fn receive(model: &mut Model, id: i64, seed: u64) -> HandlerResult {
    let attempts = model.handed_out.entry(id).or_default();
    *attempts += 1;
    if *attempts == 1 && (id as u64).wrapping_add(seed).is_multiple_of(7) {
        return Err("on purpose".into());
    }
    model.acknowledged.push(id);
    Ok(())
}
