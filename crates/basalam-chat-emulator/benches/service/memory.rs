//! The memory of stored messages.

/// The maximum memory of a process with a million messages.
pub(crate) const MAX_BYTES: u64 = 1024 * 1024 * 1024;

const MESSAGES: usize = 1_000_000;
const BATCHES: usize = 10;

/// Returns the resident memory of this process with a million messages in bytes, or `None` if
/// the operating system does not report it.
pub(crate) fn with_a_million_messages() -> Option<u64> {
    let before = resident_bytes();
    let (emulator, chat_id) = super::emulator_with_chat();
    let customer = emulator.customer().id;
    // In batches, since messages are in memory twice while they are seeded.
    for batch in 0..BATCHES {
        let texts = (0..MESSAGES / BATCHES).map(|index| {
            format!(
                "Message {index} of {batch}: سلام، سفارش شما فردا صبح با پست پیشتاز ارسال می‌شود."
            )
        });
        emulator
            .seed_messages(chat_id, customer, texts)
            .expect("the chat exists");
    }
    assert_eq!(emulator.message_count(), MESSAGES);
    let Some((before, after)) = before.zip(resident_bytes()) else {
        println!("memory: not reported by this operating system");
        return None;
    };
    println!(
        "memory: {} MiB with {MESSAGES} messages, {} MiB without; {} bytes per message",
        after >> 20,
        before >> 20,
        after.saturating_sub(before) / MESSAGES as u64,
    );
    Some(after)
}

/// Reads the resident memory from procfs, which only Linux has.
pub(crate) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|it| it.starts_with("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
