//! Bots that are killed again and again while requests fail. This test binary runs itself as the bots.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use basalam_chat::random::RandomSource;
use basalam_chat::state::FileState;
use basalam_chat::{Client, PersonalToken};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, SeedChat, SeedMessage, User};

use super::setup::{SECOND, answer};
use crate::support::virtual_clock::SeededRandom;

/// Has the URL, the token and the directory of the state, for a bot's process.
const VARIABLE: &str = "BASALAM_CHAT_TEST_BOT";
/// Longer than any message is late.
const RESYNC: Duration = Duration::from_secs(4);
const LATE_SECONDS: u64 = 2;
const LEASE: Duration = Duration::from_secs(3);

/// What happens to the bots.
#[derive(Clone, Copy, PartialEq)]
enum Disturbance {
    Kill,
    #[cfg(unix)]
    KillOrPause,
}

#[derive(Clone, Copy)]
struct Size {
    chats: usize,
    messages: usize,
    kills: usize,
}

/// A small size, or that of `BASALAM_CHAT_CHAOS=full`.
fn size() -> Size {
    match std::env::var("BASALAM_CHAT_CHAOS").as_deref() {
        Ok("full") => Size {
            chats: 50,
            messages: 2_000,
            kills: 20,
        },
        _ => Size {
            chats: 10,
            messages: 200,
            kills: 5,
        },
    }
}

/// A bot. Does nothing unless a test has started it.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn bot() {
    let Ok(task) = std::env::var(VARIABLE) else {
        return;
    };
    let [url, token, directory] = task.splitn(3, ',').collect::<Vec<_>>()[..] else {
        panic!("{VARIABLE} is invalid");
    };
    let client = Client::builder(PersonalToken::new(token))
        .base_url(url)
        .attempt_timeout(SECOND)
        .operation_timeout(SECOND * 3)
        .build()
        .unwrap();
    let store = FileState::open(directory).await.unwrap();
    let watch = client
        .watch(store)
        .from_the_beginning()
        .poll_interval(Duration::from_millis(200))
        .idle_interval(Duration::from_millis(500))
        .resync_interval(RESYNC)
        .lease_duration(LEASE)
        // A reply may be listed late, too.
        .visibility_lag(SECOND * (LATE_SECONDS as u32 + 1))
        .max_attempts(1_000);
    watch.run(answer).await.unwrap();
}

fn start_bot(emulator: &Emulator, directory: &Path) -> Child {
    let (url, token) = (emulator.base_url(), emulator.seller().token());
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "watch::chaos::bot", "--ignored"])
        .env(VARIABLE, format!("{url},{token},{}", directory.display()))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills a process when it is dropped.
struct Bot(Child);

impl Bot {
    fn assert_running(&mut self) {
        let exit = self.0.try_wait().unwrap();
        assert!(exit.is_none(), "the bot ended by itself: {exit:?}");
    }

    /// Pauses the process for longer than its lease.
    #[cfg(unix)]
    async fn pause(&mut self) {
        self.assert_running();
        let process = self.0.id().to_string();
        for signal in ["-STOP", "-CONT"] {
            let status = Command::new("kill").args([signal, &process]).status();
            assert!(status.unwrap().success());
            if signal == "-STOP" {
                tokio::time::sleep(LEASE * 2).await;
            }
        }
    }

    fn kill(&mut self) {
        self.assert_running();
        // SIGKILL on Unix.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
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
        "override_status,status=500",
        "truncated_body",
        "oversized_body,bytes=100000",
        "invalid_json",
        "empty_body",
        "unknown_fields",
        "unknown_values",
    ];
    let probability = 0.05 / faults.len() as f64;
    for (seed, fault) in faults.iter().enumerate() {
        let rule = format!("{fault},probability={probability},random_seed={seed}");
        emulator.add_fault(rule.parse().unwrap()).unwrap();
    }
    let late =
        format!("late_messages,seconds={LATE_SECONDS},operation=create_message,probability=0.05");
    emulator.add_fault(late.parse().unwrap()).unwrap();
}

struct Sent {
    chat: i64,
    text: String,
    is_late: bool,
}

/// Sends messages while bots are killed, and checks the answers.
async fn run(seed: u64, processes: usize, disturbance: Disturbance) {
    let size = size();
    let random = SeededRandom::new(seed);
    let below = |limit: usize| {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        u32::from_le_bytes(bytes) as usize % limit
    };
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state");
    let emulator = Emulator::start().await.unwrap();
    let seller = emulator.seller().id;
    let chats: Vec<(i64, User)> = (0..size.chats)
        .map(|index| {
            let user = emulator.add_user(format!("User {index}"));
            let chat = SeedChat::private(seller, user.id);
            (emulator.seed_chat(chat).unwrap(), user)
        })
        .collect();
    let start = || Bot(start_bot(&emulator, &state));
    let mut bots: Vec<Bot> = (0..processes).map(|_| start()).collect();
    add_faults(&emulator);
    let mut sent = Vec::new();
    let mut pauses = 0;
    for kill in 0..=size.kills {
        for _ in 0..10 {
            for _ in 0..size.messages.div_ceil((size.kills + 1) * 10) {
                if sent.len() < size.messages {
                    let (chat, user) = &chats[below(chats.len())];
                    let (text, is_late) = (sent.len().to_string(), below(20) == 0);
                    let mut message = SeedMessage::text(text.as_str());
                    if is_late {
                        message = message.visible_after(SECOND * LATE_SECONDS as u32);
                    }
                    let ids = emulator.seed_messages(*chat, user.id, [message]);
                    ids.unwrap();
                    let chat = *chat;
                    sent.push(Sent {
                        chat,
                        text,
                        is_late,
                    });
                }
            }
            tokio::time::sleep(Duration::from_millis(100 + below(400) as u64)).await;
        }
        if kill < size.kills {
            let burst = FaultRule::new(Fault::status(429).retry_after("1")).times(8);
            emulator.add_fault(burst).unwrap();
            let disturbed = below(bots.len());
            if disturbance != Disturbance::Kill && kill % 2 == 0 {
                #[cfg(unix)]
                bots[disturbed].pause().await;
                pauses += 1;
                continue;
            }
            bots[disturbed].kill();
            bots[disturbed] = start();
        }
    }
    assert_eq!(sent.len(), size.messages);
    emulator.clear_faults();
    let answers = || -> usize {
        let answers = |chat: &(i64, User)| answers(&emulator, chat.0).len();
        chats.iter().map(answers).sum()
    };
    let limit = Instant::now() + SECOND * 120;
    while answers() < sent.len() && Instant::now() < limit {
        tokio::time::sleep(SECOND / 4).await;
    }
    // What is repeated would be within two resyncs.
    tokio::time::sleep(RESYNC * 2).await;
    bots.iter_mut().for_each(Bot::kill);
    check(seed, &emulator, &sent, pauses);
}

/// Returns what was answered in a chat.
fn answers(emulator: &Emulator, chat: i64) -> Vec<String> {
    let seller = emulator.seller().id;
    let messages = emulator.messages(chat).into_iter();
    messages
        .filter(|it| it.sender_id == seller)
        .map(|it| it.text().unwrap_or_default().to_owned())
        .collect()
}

/// Checks that each message is answered once, and in order unless it was late. A process that was paused between the
/// look-up and sending may send an answer again.
fn check(seed: u64, emulator: &Emulator, sent: &[Sent], mut pauses: usize) {
    let mut positions = HashMap::new();
    let mut count = 0;
    let chats: BTreeSet<i64> = sent.iter().map(|it| it.chat).collect();
    for chat in chats {
        for answer in answers(emulator, chat) {
            let text = answer.strip_prefix("re: ").unwrap_or(&answer).to_owned();
            match positions.entry((chat, text)) {
                Entry::Vacant(entry) => {
                    count += 1;
                    entry.insert(count);
                }
                Entry::Occupied(_) if pauses > 0 => pauses -= 1,
                Entry::Occupied(_) => panic!("seed {seed}: {answer} was sent twice in {chat}"),
            }
        }
    }
    let mut last = HashMap::new();
    for Sent {
        chat,
        text,
        is_late,
    } in sent
    {
        let position = positions.get(&(*chat, text.clone()));
        let position =
            *position.unwrap_or_else(|| panic!("seed {seed}: {text} in {chat} is unanswered"));
        if !is_late {
            let earlier = last.insert(chat, position).unwrap_or(0);
            assert!(
                earlier < position,
                "seed {seed}: {text} in {chat} was answered early"
            );
        }
    }
    assert_eq!(
        count,
        sent.len(),
        "seed {seed}: something else was answered"
    );
}

#[tokio::test]
async fn killed_bot_answers_each_message_once() {
    run(1, 1, Disturbance::Kill).await;
}

#[tokio::test]
async fn two_bots_of_one_login_answer_each_message_once() {
    run(2, 2, Disturbance::Kill).await;
}

#[cfg(unix)]
#[tokio::test]
async fn paused_bots_lose_no_message() {
    run(3, 2, Disturbance::KillOrPause).await;
}
