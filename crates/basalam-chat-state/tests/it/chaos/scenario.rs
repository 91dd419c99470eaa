//! Messages that arrive while bots are disturbed.

// A summary for those who run it with `--nocapture`.
#![allow(clippy::print_stdout)]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use basalam_chat::webhooks::WebhookEventId;
use basalam_chat::{Client, PersonalToken};
use basalam_chat_emulator::{DELIVER_WEBHOOK, Emulator, SeedChat, SeedMessage, User};
use tokio::sync::watch;

use super::bot::{LEASE, RESYNC, Settings, WEBHOOK_PATH, WEBHOOK_SECRET};
use super::disturbance::{Bot, Pause};
use super::faults::{self, LONGEST_DELAY};
use super::verification::{self, Sent};
use crate::support::free_port;

/// How long a bot needs to go on after a kill, about.
const ROUND: Duration = Duration::from_millis(3_500);
/// How long the messages that are left at the end are waited for.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Copy)]
pub(super) struct Scenario<'a> {
    /// The URL of the store.
    pub(super) store: &'a str,
    pub(super) name: &'static str,
    pub(super) seed: u64,
    /// The number of processes.
    pub(super) bots: usize,
    /// Processes are also paused.
    pub(super) is_paused: bool,
    pub(super) has_webhooks: bool,
}

struct Size {
    chats: usize,
    messages: usize,
    kills: usize,
    pauses: usize,
    longest_pause: Duration,
}

impl Size {
    /// A small size, or that of `BASALAM_CHAT_CHAOS=full`.
    fn of(scenario: &Scenario<'_>) -> Size {
        let is_full = std::env::var("BASALAM_CHAT_CHAOS").is_ok_and(|it| it == "full");
        let (chats, messages, kills, longest_pause) = match is_full {
            // Some pauses are so long that the other bot sends what it looks for.
            true => (50, 2_000, 20, LEASE * 3),
            false => (10, 200, 2, LEASE * 2),
        };
        let pauses = if scenario.is_paused { kills } else { 0 };
        Size {
            chats,
            messages,
            kills,
            pauses,
            longest_pause,
        }
    }
}

impl Scenario<'_> {
    pub(super) async fn run(self) {
        let size = Size::of(&self);
        let (bots, kills, name) = (self.bots, size.kills, self.name);
        let started = Instant::now();
        let run = Run::start(self, size).await;
        let mut processes = Vec::new();
        for _ in 0..bots {
            let settings = run.settings().await;
            processes.push(Bot::start(&settings));
        }
        faults::add(&run.emulator, run.scenario.seed);
        let ((), pauses) = tokio::join!(run.send_messages(), run.disturb(&mut processes));
        run.emulator.clear_faults();
        let sent = run.sent.take();
        let deadline = Instant::now() + PATIENCE;
        while verification::count_answered(&run.emulator, &sent) < sent.len()
            && Instant::now() < deadline
        {
            processes.iter_mut().for_each(Bot::assert_running);
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        // Shows whether something is repeated.
        tokio::time::sleep(RESYNC + LONGEST_DELAY).await;
        processes.iter_mut().for_each(Bot::kill);
        let duplicates = verification::check(name, &run.emulator, &sent, &pauses);
        println!(
            "{name}: {} messages, {kills} kills, {} pauses, {} requests, {} faults, {} deliveries of webhooks, \
             {duplicates} duplicates, {:.0} s",
            sent.len(),
            pauses.len(),
            run.emulator.total_request_count(),
            run.faults.load(Ordering::SeqCst),
            run.emulator.request_count(DELIVER_WEBHOOK).unwrap_or(0),
            started.elapsed().as_secs_f64(),
        );
    }
}

struct Run<'a> {
    scenario: Scenario<'a>,
    size: Size,
    random: Random,
    emulator: Arc<Emulator>,
    /// The seller's chat with a user who never writes.
    quiet_chat: i64,
    /// The chats that were opened so far, and the users who write there.
    chats: RefCell<HashMap<usize, (i64, User)>>,
    sent: RefCell<Vec<Sent>>,
    /// The number of requests that bots have made to send a reply.
    replies: watch::Receiver<u64>,
    /// The number of requests with a fault.
    faults: Arc<AtomicUsize>,
}

impl<'a> Run<'a> {
    async fn start(scenario: Scenario<'a>, size: Size) -> Run<'a> {
        let faults = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&faults);
        let emulator = Emulator::builder()
            .webhook_retries(1)
            .webhook_retry_delay(Duration::from_millis(50))
            .on_request_logged(move |request| {
                if request.fault.is_some() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        let emulator = emulator.start().await.unwrap();
        let (sender, replies) = watch::channel(0);
        let hook = move |_: &Emulator| sender.send_modify(|count| *count += 1);
        emulator.on_request("create_message", hook).unwrap();
        let members = (emulator.seller().id, emulator.customer().id);
        let quiet_chat = emulator.seed_chat(SeedChat::private(members.0, members.1));
        Run {
            random: Random(Cell::new(scenario.seed)),
            quiet_chat: quiet_chat.unwrap(),
            emulator: Arc::new(emulator),
            scenario,
            size,
            chats: RefCell::default(),
            sent: RefCell::default(),
            replies,
            faults,
        }
    }

    /// Returns the settings of another bot, whose webhook is registered if it has one.
    async fn settings(&self) -> Settings {
        let emulator = &self.emulator;
        let seller = emulator.seller();
        let webhook_port = self.scenario.has_webhooks.then(free_port);
        if let Some(port) = webhook_port {
            let client = Client::builder(PersonalToken::new(seller.token()));
            let client = client.base_url(emulator.base_url()).build().unwrap();
            let events = [
                WebhookEventId::CHAT_RECEIVED_MESSAGE,
                WebhookEventId::CHAT_SEND_MESSAGE,
            ];
            let url = format!("http://127.0.0.1:{port}{WEBHOOK_PATH}");
            let webhooks = client.webhooks();
            let webhook = webhooks.create_webhook(url, events);
            webhook
                .header("Authorization", WEBHOOK_SECRET)
                .await
                .unwrap();
        }
        Settings {
            service: emulator.base_url().to_owned(),
            token: seller.token().to_owned(),
            user: seller.id,
            store: self.scenario.store.to_owned(),
            name: self.scenario.name.to_owned(),
            webhook_port,
        }
    }

    /// Sends messages for as long as the bots are disturbed, about.
    async fn send_messages(&self) {
        let rounds = self.size.kills + self.size.pauses;
        let duration = ROUND * u32::try_from(rounds).unwrap();
        let pause = duration / u32::try_from(self.size.messages).unwrap();
        for number in 0..self.size.messages {
            self.send_message(number);
            tokio::time::sleep(self.random.duration(pause * 2)).await;
        }
    }

    fn send_message(&self, number: usize) {
        let emulator = &self.emulator;
        let seller = emulator.seller().id;
        let mut chats = self.chats.borrow_mut();
        let index = self.random.below(self.size.chats);
        let (chat, user) = chats.entry(index).or_insert_with(|| {
            let user = emulator.add_user(format!("User {index}"));
            let chat = SeedChat::private(seller, user.id);
            (emulator.seed_chat(chat).unwrap(), user)
        });
        let chat = *chat;
        if self.random.one_in(20) {
            // The seller writes on another device.
            emulator.seed_messages(chat, seller, ["own"]).unwrap();
        }
        let is_late = self.random.one_in(20);
        let text = number.to_string();
        let mut message = SeedMessage::text(text.as_str());
        if is_late {
            message = message.visible_after(LONGEST_DELAY);
        }
        let ids = emulator.seed_messages(chat, user.id, [message]).unwrap();
        self.sent.borrow_mut().push(Sent {
            chat,
            id: ids[0],
            text,
            is_late,
        });
    }

    /// Kills and pauses bots, and returns the pauses.
    async fn disturb(&self, bots: &mut [Bot]) -> Vec<Pause> {
        let (mut kills, mut pauses) = (self.size.kills, Vec::new());
        while kills > 0 || pauses.len() < self.size.pauses {
            self.wait_for_a_moment().await;
            faults::add_burst(&self.emulator);
            let bot = &mut bots[self.random.below(self.scenario.bots)];
            if pauses.len() < self.size.pauses && (kills == 0 || self.random.one_in(2)) {
                // Some are shorter than a lease.
                let duration = self.random.duration(self.size.longest_pause);
                let (emulator, chat) = (Arc::clone(&self.emulator), self.quiet_chat);
                let now = move || {
                    let sender = emulator.seller().id;
                    emulator.seed_messages(chat, sender, ["own"]).unwrap()[0]
                };
                pauses.push(bot.pause(duration, now));
            } else {
                bot.restart();
                kills -= 1;
            }
        }
        let mut ended = Vec::new();
        for pause in pauses {
            ended.push(pause.await.unwrap());
        }
        ended
    }

    /// Waits until a bot sends a reply, and then for a while, which is often as short as a request.
    async fn wait_for_a_moment(&self) {
        let mut replies = self.replies.clone();
        replies.mark_unchanged();
        // The bots that are left may all be paused.
        let _ = tokio::time::timeout(LEASE * 2, replies.changed()).await;
        let longest = match self.random.one_in(3) {
            true => Duration::from_secs(2),
            false => Duration::from_millis(20),
        };
        tokio::time::sleep(self.random.duration(longest)).await;
    }
}

/// A pseudorandom sequence that depends on the seed only.
struct Random(Cell<u64>);

impl Random {
    fn below(&self, limit: usize) -> usize {
        // The upper bits of a linear congruential generator.
        let next = self.0.get().wrapping_mul(6_364_136_223_846_793_005);
        self.0.set(next.wrapping_add(1_442_695_040_888_963_407));
        (self.0.get() >> 33) as usize % limit
    }

    fn one_in(&self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// Returns a duration below this one.
    fn duration(&self, limit: Duration) -> Duration {
        Duration::from_micros(self.below(limit.as_micros() as usize + 1) as u64)
    }
}
