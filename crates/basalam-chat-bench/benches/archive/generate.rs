//! Messages of realistic length, which depend on their number only.

use std::io::{self, BufReader, Read};

const WORDS: [&str; 24] = [
    "سلام",
    "وقت",
    "بخیر",
    "لطفا",
    "قیمت",
    "این",
    "کالا",
    "را",
    "می‌خواهم",
    "ارسال",
    "رایگان",
    "است",
    "کتاب‌ها",
    "رنگ",
    "آبی",
    "موجود",
    "دارید",
    "فردا",
    "پست",
    "تهران",
    "ممنون",
    "سفارش",
    "تخفیف",
    "۱۲۵۰",
];

/// Returns the text of a message: 4 to 15 words, and one that few messages have.
pub(crate) fn text(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state >> 33
    };
    let count = 4 + next() % 12;
    let mut text = format!("کد{}", number % 5000);
    for _ in 0..count {
        text.push(' ');
        text.push_str(WORDS[next() as usize % WORDS.len()]);
    }
    text
}

/// An export with some chats and messages, which is generated while it is read.
pub(crate) fn export(chats: u64, messages: u64) -> impl io::BufRead {
    let per_chat = messages / chats;
    let mut lines = std::iter::once(
        "{\"format\":\"basalam-chat-archive\",\"version\":1}\n".to_owned(),
    )
    .chain((0..chats).flat_map(move |chat| {
        let head = format!(
            "{{\"kind\":\"chat\",\"id\":{},\"chat\":{{\"id\":{0}}}}}\n",
            chat + 1
        );
        std::iter::once(head)
            .chain((0..per_chat).map(move |number| line(chat + 1, chat * per_chat + number + 1)))
    }));
    let mut pending: Vec<u8> = Vec::new();
    let mut start = 0;
    BufReader::with_capacity(
        1 << 16,
        FromFn(move |buffer: &mut [u8]| {
            if start == pending.len() {
                pending = lines.next().unwrap_or_default().into_bytes();
                start = 0;
            }
            let length = buffer.len().min(pending.len() - start);
            buffer[..length].copy_from_slice(&pending[start..start + length]);
            start += length;
            length
        }),
    )
}

fn line(chat: u64, id: u64) -> String {
    let text = text(id);
    let sender = 430 + id % 2 * chat;
    format!(
        "{{\"kind\":\"message\",\"chat_id\":{chat},\"id\":{id},\"message\":{{\"id\":{id},\"chat_id\":{chat},\"seen_at\":null,\"created_at\":\"2026-07-22 10:28:23\",\"updated_at\":\"2026-07-22 10:28:23\",\"message_type\":\"text\",\"sender\":{{\"id\":{sender},\"hash_id\":\"nRy8K\",\"name\":\"سارا\",\"avatar\":null,\"badge\":null,\"verified\":false,\"vendor\":null}},\"content\":{{\"links\":null,\"files\":null,\"text\":\"{text}\",\"entity_id\":null,\"metadata\":null,\"reply_markup\":null}},\"forward_from\":null,\"replied_message\":null}}}}\n"
    )
}

struct FromFn<F>(F);

impl<F: FnMut(&mut [u8]) -> usize> Read for FromFn<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok((self.0)(buffer))
    }
}
