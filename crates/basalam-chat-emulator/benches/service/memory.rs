//! How much memory messages take.

use basalam_chat_emulator::{Emulator, SeedChat};

/// What a million messages may take.
pub(crate) const PROMISED_BYTES: u64 = 1024 * 1024 * 1024;

const MESSAGES: usize = 1_000_000;

/// Gives the memory of this process with a million messages in it, in bytes, where the
/// system tells.
pub(crate) fn of_a_million_messages() -> Option<u64> {
    let before = resident_bytes();
    let emulator = Emulator::builder()
        .start_blocking()
        .expect("the loopback address has a free port");
    let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    let chat_id = emulator
        .seed_chat(SeedChat::private(seller, customer))
        .expect("the two have no chat yet");
    // In pieces: what is seeded is in memory twice while it is.
    for piece in 0..10 {
        let texts = (0..MESSAGES / 10).map(|number| {
            format!(
                "Message {number} of {piece}: سلام، سفارش شما فردا صبح با پست پیشتاز ارسال می‌شود."
            )
        });
        emulator
            .seed_messages(chat_id, customer, texts)
            .expect("the chat is there");
    }
    assert_eq!(emulator.messages_stored(), MESSAGES);
    let Some((before, after)) = before.zip(resident_bytes()) else {
        println!("memory: this system does not tell how much a process uses");
        return None;
    };
    println!(
        "memory: {} MiB with {MESSAGES} messages, {} MiB without; {} bytes a message",
        after >> 20,
        before >> 20,
        after.saturating_sub(before) / MESSAGES as u64,
    );
    Some(after)
}

/// As Linux tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|it| it.starts_with("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
