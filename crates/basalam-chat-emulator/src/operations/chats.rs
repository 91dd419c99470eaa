//! Operations on chats.

use std::cmp::Reverse;

use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Writer, object};
use super::{Call, Items};
use crate::options::TimeBound;
use crate::problem::Problem;
use crate::state::State;
use crate::state::chats::Chat;

#[derive(Deserialize)]
struct CreateChatBody {
    user_id: Option<i64>,
    hash_id: Option<String>,
}

/// Gives the private chat with a user, and creates it where there is none.
///
/// Unknown, and chosen here: the user id wins where both ids are given, neither is a
/// violation, and so is one's own id.
pub(super) fn create_chat(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let own_id = call.user_id()?;
    let body: CreateChatBody = call.body()?;
    let (contact, named_by) = match (body.user_id, body.hash_id) {
        (Some(id), _) => (state.users.by_id(id), "user_id"),
        (None, Some(hash_id)) => (state.users.by_hash_id(&hash_id), "hash_id"),
        (None, None) => {
            return Err(Problem::invalid(
                ["body"],
                "needs `user_id` or `hash_id`",
                "value_error",
            ));
        }
    };
    let contact_id = contact.ok_or(Problem::NotFound)?.id;
    if contact_id == own_id {
        return Err(Problem::invalid(
            ["body", named_by],
            "must be another user than the token's own",
            "value_error",
        ));
    }
    let id = state.private_chat(own_id, contact_id, call.now);
    let writer = Writer {
        state,
        options: call.options,
    };
    let chat = state.chat(id).ok_or(Problem::NotFound)?;
    Ok(object([("data", writer.chat(chat, own_id))]))
}

/// Gives a page of the chats of a user, newest first.
///
/// Unknown, and chosen here: chats of the same second come with the larger id first.
pub(super) fn get_chats(state: &mut State, call: &Call<'_>) -> Items {
    let user_id = call.user_id()?;
    let limit = call.limit()?;
    let updated = Range::read(call, "updated_from", "updated_before")?;
    let modified = Range::read(call, "modified_from", "modified_before")?;
    let mut chats: Vec<_> = state
        .chats_of(user_id)
        .filter(|chat| {
            updated.holds(Some(chat.times.updated_at)) && modified.holds(chat.times.modified_at)
        })
        .filter(|chat| match call.query_text("filters") {
            Some("unseen") => chat.has_unseen(user_id),
            Some("order") => shows_an_order(state, chat),
            _ => true,
        })
        .collect();
    let by_modification = call.query_text("order_by") == Some("modified_at");
    chats.sort_by_key(|chat| {
        let time = if by_modification {
            chat.times.modified_at
        } else {
            Some(chat.times.updated_at)
        };
        Reverse((time, chat.id))
    });
    let writer = Writer {
        state,
        options: call.options,
    };
    let chats = chats.into_iter().take(limit);
    let list = call.list()?;
    chats
        .map(|it| writer.chat_item(it, user_id, list))
        .collect()
}

#[derive(Deserialize)]
struct DeleteChatsBody {
    chat_ids: Vec<i64>,
}

/// Deletes chats for the user who asks, and for nobody else.
///
/// Unknown, and chosen here: the chats come back as they were when somebody writes
/// into them or the user opens them again; ids of chats that the user does not have
/// are passed over, so that a repeated request does no harm.
pub(super) fn delete_chats(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let user_id = call.user_id()?;
    let body: DeleteChatsBody = call.body()?;
    for id in body.chat_ids {
        state.delete_chat_of(id, user_id);
    }
    Ok(json!({ "data": true }))
}

/// Counts the chats that have unseen messages, up to a cap where there is one.
pub(super) fn get_unseen_chat_count(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let user_id = call.user_id()?;
    let unseen = state.chats_of(user_id).filter(|it| it.has_unseen(user_id));
    let unseen = unseen.count();
    let cap = call.options.unseen_count_cap.unwrap_or(usize::MAX);
    Ok(json!({ "count": unseen.min(cap), "more_than_count": unseen > cap }))
}

/// Unknown: what makes the service count a chat as one about an order.
fn shows_an_order(state: &State, chat: &Chat) -> bool {
    state
        .messages_of(chat.id)
        .any(|message| message.message_type == "order")
}

/// A range of time.
struct Range {
    from: Option<(DateTime, TimeBound)>,
    before: Option<(DateTime, TimeBound)>,
}

impl Range {
    fn read(call: &Call<'_>, from: &str, before: &str) -> Result<Self, Problem> {
        let bound = |name: &str, bound: TimeBound| -> Result<_, Problem> {
            let Some(text) = call.query_text(name) else {
                return Ok(None);
            };
            let time = read_time(text).ok_or_else(|| {
                Problem::invalid(
                    ["query", name],
                    "must be a time such as \"2026-07-22 10:28:23\", without a zone",
                    "datetime_parsing",
                )
            })?;
            Ok(Some((time, bound)))
        };
        Ok(Self {
            from: bound(from, call.options.from_bound)?,
            before: bound(before, call.options.before_bound)?,
        })
    }

    /// Tells whether the range holds a time. A time that is missing is in no range
    /// that has a bound.
    fn holds(&self, time: Option<DateTime>) -> bool {
        let Some(time) = time else {
            return self.from.is_none() && self.before.is_none();
        };
        let late_enough = match self.from {
            None => true,
            Some((from, TimeBound::Inclusive)) => time >= from,
            Some((from, TimeBound::Exclusive)) => time > from,
        };
        let early_enough = match self.before {
            None => true,
            Some((before, TimeBound::Inclusive)) => time <= before,
            Some((before, TimeBound::Exclusive)) => time < before,
        };
        late_enough && early_enough
    }
}

/// Reads a time as the service writes it, or with a `T` or a fraction of a second.
///
/// A zone is refused: the zone of the service's own times is unknown, so nothing
/// could be compared with it.
fn read_time(text: &str) -> Option<DateTime> {
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|format| DateTime::strptime(format, text).ok())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn times_are_read_as_the_service_writes_them_with_some_tolerance() {
        let time = date(2026, 7, 22).at(10, 28, 23, 0);
        for text in [
            "2026-07-22 10:28:23",
            "2026-07-22T10:28:23",
            "2026-07-22 10:28:23.000",
        ] {
            assert_eq!(read_time(text), Some(time), "{text}");
        }
        for text in [
            "",
            "2026-07-22",
            "10:28:23",
            "2026-07-22 10:28",
            "2026-07-22 10:28:23Z",
            "2026-07-22T10:28:23+03:30",
            "2026-02-30 10:28:23",
            "۲۰۲۶-۰۷-۲۲ ۱۰:۲۸:۲۳",
            "1784716103",
        ] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }

    #[test]
    fn each_bound_takes_its_second_in_or_leaves_it_out() {
        let second = |second| date(2026, 7, 22).at(10, 28, second, 0);
        let holds = |from, before| {
            let range = Range {
                from: Some((second(1), from)),
                before: Some((second(3), before)),
            };
            let held = (0..5).filter(|it| range.holds(Some(second(*it))));
            held.collect::<Vec<_>>()
        };
        use TimeBound::{Exclusive, Inclusive};
        assert_eq!(holds(Inclusive, Exclusive), [1, 2]);
        assert_eq!(holds(Inclusive, Inclusive), [1, 2, 3]);
        assert_eq!(holds(Exclusive, Exclusive), [2]);
        assert_eq!(holds(Exclusive, Inclusive), [2, 3]);
    }

    #[test]
    fn a_missing_time_is_in_no_range_that_has_a_bound() {
        let bound = Some((date(2026, 7, 22).at(0, 0, 0, 0), TimeBound::Inclusive));
        for (from, before, held) in [
            (None, None, true),
            (bound, None, false),
            (None, bound, false),
        ] {
            assert_eq!(Range { from, before }.holds(None), held);
        }
    }
}
