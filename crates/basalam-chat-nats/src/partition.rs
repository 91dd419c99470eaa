//! The partition of a chat.

use basalam_chat::{ChatId, UserId};
use sha2::{Digest, Sha256};

/// Returns the partition of a chat, from 0 to `partitions` - 1; zero if there are none.
///
/// It is the first eight bytes of the SHA-256 of `<user>.<chat>`, as a big-endian integer, modulo the number of
/// partitions. Workers need not compute it: they read it from the subject.
pub fn partition(user: UserId, chat: ChatId, partitions: u32) -> u32 {
    let hash = Sha256::digest(format!("{}.{}", user.0, chat.0));
    let mut number = [0; 8];
    number.copy_from_slice(&hash[..8]);
    let remainder = u64::from_be_bytes(number).checked_rem(u64::from(partitions));
    // Less than the number of partitions.
    remainder.unwrap_or(0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_stable() {
        // Other programs compute them, and chats must not move.
        for (user, chat, expected) in PARTITIONS {
            assert_eq!(
                partition(UserId(user), ChatId(chat), 64),
                expected,
                "{user}.{chat}"
            );
        }
        assert_eq!(partition(UserId(1), ChatId(2), 1), 0);
        assert_eq!(partition(UserId(1), ChatId(2), 0), 0);
    }

    #[test]
    fn chats_are_spread_evenly() {
        let mut counts = [0; 64];
        for chat in 0..6_400 {
            counts[partition(UserId(430), ChatId(chat), 64) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (60..150).contains(count)),
            "{counts:?}"
        );
    }

    const PARTITIONS: [(i64, i64, u32); 3] = [(430, 1, 27), (430, 183583802, 15), (431, 1, 38)];
}
