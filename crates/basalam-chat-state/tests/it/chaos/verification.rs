//! Comparison of what was answered with what was sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use basalam_chat_emulator::Emulator;

use super::disturbance::{Answer, Pause};

/// A message of a customer.
pub(super) struct Sent {
    pub(super) chat: i64,
    pub(super) id: i64,
    pub(super) text: String,
    /// It became visible after later ones, so it can be answered after them.
    pub(super) is_late: bool,
}

/// Returns the number of messages that were answered.
pub(super) fn count_answered(emulator: &Emulator, sent: &[Sent]) -> usize {
    answers("", emulator, sent).len()
}

/// Checks that each message is answered once and in order, and nothing else. Returns the number of answers that were
/// sent twice since a process was paused right before it sent them.
pub(super) fn check(name: &str, emulator: &Emulator, sent: &[Sent], pauses: &[Pause]) -> usize {
    let answers = answers(name, emulator, sent);
    let mut duplicates = 0;
    for (id, answers) in &answers {
        let (first, others) = answers.split_first().unwrap();
        for other in others {
            let is_explained = pauses.iter().any(|it| it.explains(*first, *other));
            assert!(
                is_explained,
                "{name}: {id} was answered twice: {answers:?}, {pauses:?}"
            );
            duplicates += 1;
        }
    }
    let mut last = HashMap::new();
    for Sent {
        chat, id, is_late, ..
    } in sent
    {
        let answer = answers.get(id);
        let answer = answer.unwrap_or_else(|| panic!("{name}: {id} in {chat} is unanswered"));
        if !is_late {
            let earlier = last.insert(chat, answer[0].0);
            assert!(
                earlier < Some(answer[0].0),
                "{name}: {id} in {chat} was answered early"
            );
        }
    }
    duplicates
}

/// Returns the answers in the order of their ids, by the message that they answer.
fn answers(name: &str, emulator: &Emulator, sent: &[Sent]) -> BTreeMap<i64, Vec<Answer>> {
    let seller = emulator.seller().id;
    let texts: HashMap<i64, &str> = sent.iter().map(|it| (it.id, it.text.as_str())).collect();
    let chats: BTreeSet<i64> = sent.iter().map(|it| it.chat).collect();
    let mut answers: BTreeMap<i64, Vec<Answer>> = BTreeMap::new();
    for message in chats.iter().flat_map(|chat| emulator.messages(*chat)) {
        // Other messages of the seller answer nothing.
        let Some(answered) = message.replied_message_id else {
            continue;
        };
        assert_eq!(message.sender_id, seller);
        let text = message.text().and_then(|it| it.strip_prefix("re: "));
        let (text, process) = text.and_then(|it| it.rsplit_once(' ')).unwrap();
        assert_eq!(
            texts.get(&answered),
            Some(&text),
            "{name}: {answered} was answered"
        );
        let answer = (message.id, process.parse().unwrap());
        answers.entry(answered).or_default().push(answer);
    }
    answers
}
