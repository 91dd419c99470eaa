//! Relays, workers and the server are killed again and again while requests fail.

use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use basalam_chat_emulator::{Emulator, SeedChat, SeedMessage, User};

use super::process::{Process, SECOND, open};
use super::server::{PATIENCE, Server, until};

struct Size {
    chats: usize,
    messages: usize,
    kills: usize,
    /// The pause before a kill, in milliseconds.
    pause: Range<usize>,
}

/// A small size, or that of `BASALAM_CHAT_CHAOS=full`.
fn size() -> Size {
    match std::env::var("BASALAM_CHAT_CHAOS").as_deref() {
        Ok("full") => Size {
            chats: 200,
            messages: 5_000,
            kills: 32,
            pause: 500..1_500,
        },
        _ => Size {
            chats: 200,
            messages: 1_200,
            kills: 30,
            pause: 200..600,
        },
    }
}

/// A small generator of reproducible numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Lets 5 % of all requests fail in one of many ways.
fn add_faults(emulator: &Emulator) {
    let faults = [
        "503",
        "500,after_handling",
        "429,retry_after=1",
        "html,status=502",
        "html,status=504,after_handling",
        "disconnect",
        "disconnect,after_handling",
        "hang",
        "hang,after_handling",
        "latency,delay_ms=300",
        "truncated_body",
        "invalid_json",
        "empty_body",
    ];
    let probability = 0.05 / faults.len() as f64;
    for (seed, fault) in faults.iter().enumerate() {
        let rule = format!("{fault},probability={probability},random_seed={seed}");
        emulator.add_fault(rule.parse().unwrap()).unwrap();
    }
    let late = "late_messages,seconds=2,operation=create_message,probability=0.05";
    emulator.add_fault(late.parse().unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn killed_processes_answer_each_message_once_and_in_order() {
    let (size, seed) = (size(), 104_729);
    let mut random = Random(seed);
    let (emulator, server) = (Emulator::start().await.unwrap(), Server::start());
    let seller = emulator.seller().id;
    let chats: Vec<(i64, User)> = (0..size.chats)
        .map(|index| {
            let user = emulator.add_user(format!("User {index}"));
            let chat = SeedChat::private(seller, user.id);
            (emulator.seed_chat(chat).unwrap(), user)
        })
        .collect();
    let start = |role| Process::start(role, &emulator, &server);
    let roles = ["worker", "worker", "worker", "relay", "relay"];
    let mut processes: Vec<Process> = roles.into_iter().map(start).collect();
    add_faults(&emulator);
    let mut sent: HashMap<i64, Vec<String>> = HashMap::new();
    let mut count = 0;
    let mut kills = [0; 6];
    for kill in 0..=size.kills {
        // The number of messages that have been sent by then.
        let target = size.messages * (kill + 1) / (size.kills + 1);
        while count < target {
            let (chat, user) = &chats[random.below(chats.len())];
            let text = count.to_string();
            let message = SeedMessage::text(text.as_str());
            emulator.seed_messages(*chat, user.id, [message]).unwrap();
            sent.entry(*chat).or_default().push(text);
            count += 1;
        }
        let pause = size.pause.start + random.below(size.pause.len());
        tokio::time::sleep(Duration::from_millis(pause as u64)).await;
        if kill < size.kills {
            let victim = random.below(processes.len() + 1);
            kills[victim] += 1;
            match processes.get_mut(victim) {
                Some(process) => {
                    process.kill();
                    *process = start(roles[victim]);
                }
                None => {
                    server.kill();
                    server.launch();
                }
            }
        }
    }
    emulator.clear_faults();
    let total = || -> usize { chats.iter().map(|it| answers(&emulator, it.0).len()).sum() };
    let start = Instant::now();
    while total() < size.messages && start.elapsed() < PATIENCE * 4 {
        tokio::time::sleep(SECOND / 4).await;
    }
    println!(
        "seed {seed}: kills {kills:?}, {} answers {:?} after the last kill",
        total(),
        start.elapsed()
    );
    // Until nothing is delivered again, which could be answered twice.
    let (_nats, _store, queue) = open(server.options()).await;
    until("all events are handled", async || {
        let lag = queue.lag().await.unwrap();
        lag.iter().all(|it| it.pending + it.in_flight == 0)
    })
    .await;
    tokio::time::sleep(SECOND).await;
    processes.iter_mut().for_each(Process::kill);
    for (chat, texts) in &sent {
        let expected: Vec<_> = texts.iter().map(|text| format!("re: {text}")).collect();
        assert_eq!(
            answers(&emulator, *chat),
            expected,
            "seed {seed}, chat {chat}"
        );
    }
    assert_eq!(total(), size.messages, "seed {seed}");
}

/// Returns what was answered in a chat.
fn answers(emulator: &Emulator, chat: i64) -> Vec<String> {
    let seller = emulator.seller().id;
    let messages = emulator.messages(chat).into_iter();
    let own = messages.filter(|it| it.sender_id == seller);
    own.map(|it| it.text().unwrap_or_default().to_owned())
        .collect()
}
