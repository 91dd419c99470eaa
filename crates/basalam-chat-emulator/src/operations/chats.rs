//! Chat operations.

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::call::{Call, HandlerResult, ListResult};
use super::responses::object;
use crate::options::{Options, TimeBound};
use crate::service_error::ServiceError;
use crate::state::State;
use crate::state::chat::Chat;

/// The first Unix time that is taken for milliseconds: as seconds it is in the year 5138, as milliseconds in 1973.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

#[derive(Deserialize)]
struct CreateChatBody {
    user_id: Option<i64>,
    hash_id: Option<String>,
}

/// Returns the private chat with a user, and creates it if needed.
///
/// The emulator's choice, since the service's behaviour is unknown: `user_id` takes precedence over
/// `hash_id`; it is a violation if both are missing or if they identify the current user.
pub(super) fn create_chat(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: CreateChatBody = call.body()?;
    let (contact, field) = match (body.user_id, body.hash_id) {
        (Some(id), _) => (state.users.by_id(id), "user_id"),
        (None, Some(hash_id)) => (state.users.by_hash_id(&hash_id), "hash_id"),
        (None, None) => {
            return Err(ServiceError::invalid(
                ["body"],
                "needs `user_id` or `hash_id`",
                "value_error",
            ));
        }
    };
    let contact_id = contact.ok_or(ServiceError::NotFound)?.id;
    if contact_id == user_id {
        return Err(ServiceError::invalid(
            ["body", field],
            "must not be the current user",
            "value_error",
        ));
    }
    let id = state.open_private_chat(user_id, contact_id, call.now);
    let chat = state.chat(id).ok_or(ServiceError::NotFound)?;
    let json = call.responses(state).chat(chat, user_id);
    Ok(object([("data", json)]))
}

/// Returns a page of the user's chats, newest first.
///
/// The emulator's choice, since the service's behaviour is unknown: chats with equal times are
/// sorted by descending id.
pub(super) fn get_chats(state: &mut State, call: &Call<'_>) -> ListResult {
    let user_id = call.user_id()?;
    let limit = call.limit()?;
    let updated = TimeRange::parse(call, "updated_from", "updated_before")?;
    let modified = TimeRange::parse(call, "modified_from", "modified_before")?;
    let mut chats: Vec<_> = state
        .chats_of(user_id)
        .filter(|chat| {
            updated.contains(Some(chat.times.updated_at))
                && modified.contains(chat.times.modified_at)
        })
        .filter(|chat| match call.query_str("filters") {
            Some("unseen") => chat.has_unseen(user_id),
            Some("order") => has_order(state, chat),
            _ => true,
        })
        .collect();
    let by_modified_at = call.query_str("order_by") == Some("modified_at");
    chats.sort_by_key(|chat| {
        let time = if by_modified_at {
            chat.times.modified_at
        } else {
            Some(chat.times.updated_at)
        };
        Reverse((time, chat.id))
    });
    let responses = call.responses(state);
    let list = call.list()?;
    let chats = chats.into_iter().take(limit);
    chats
        .map(|it| responses.chat_item(it, user_id, list))
        .collect()
}

#[derive(Deserialize)]
struct DeleteChatsBody {
    chat_ids: Vec<i64>,
}

/// Deletes chats for the current user only.
///
/// The emulator's choice, since the service's behaviour is unknown: the chats reappear unchanged
/// with their next message or when the user opens them again; ids of chats that the user does not
/// have are ignored, which makes the request idempotent.
pub(super) fn delete_chats(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: DeleteChatsBody = call.body()?;
    for id in body.chat_ids {
        state.delete_chat_for(id, user_id);
    }
    Ok(json!({ "data": true }))
}

/// Counts the chats with unseen messages, up to the optional maximum.
pub(super) fn get_unseen_chat_count(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let unseen = state.chats_of(user_id).filter(|it| it.has_unseen(user_id));
    let unseen = unseen.count();
    let max = call.options.max_unseen_count.unwrap_or(usize::MAX);
    Ok(json!({ "count": unseen.min(max), "more_than_count": unseen > max }))
}

/// How the service decides that a chat is about an order is unknown.
fn has_order(state: &State, chat: &Chat) -> bool {
    state
        .messages_of(chat.id)
        .any(|message| message.message_type == "order")
}

/// A time range with optional bounds.
struct TimeRange {
    from: Option<(DateTime, TimeBound)>,
    before: Option<(DateTime, TimeBound)>,
}

impl TimeRange {
    fn parse(call: &Call<'_>, from: &str, before: &str) -> Result<Self, ServiceError> {
        let bound = |name: &str, bound: TimeBound| -> Result<_, ServiceError> {
            let Some(text) = call.query_str(name) else {
                return Ok(None);
            };
            let time = parse_time(text, call.options).ok_or_else(|| {
                ServiceError::invalid(
                    ["query", name],
                    "must be a time such as \"2026-07-22 10:28:23\"; for other forms, start the emulator with \
                     `--zoned-times` or `--epoch-times`",
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

    /// Returns `true` if the range contains a time. Only an unbounded range contains a missing
    /// time.
    fn contains(&self, time: Option<DateTime>) -> bool {
        let Some(time) = time else {
            return self.from.is_none() && self.before.is_none();
        };
        let is_late_enough = match self.from {
            None => true,
            Some((from, TimeBound::Inclusive)) => time >= from,
            Some((from, TimeBound::Exclusive)) => time > from,
        };
        let is_early_enough = match self.before {
            None => true,
            Some((before, TimeBound::Inclusive)) => time <= before,
            Some((before, TimeBound::Exclusive)) => time < before,
        };
        is_late_enough && is_early_enough
    }
}

/// Parses a time in the format of the service, optionally with `T` or fractional seconds.
///
/// Times with a time zone and Unix times are rejected unless an option accepts them.
fn parse_time(text: &str, options: &Options) -> Option<DateTime> {
    let civil = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|format| DateTime::strptime(format, text).ok());
    let zoned = || text.parse().ok().filter(|_| options.zoned_times);
    let epoch = || parse_epoch(text).filter(|_| options.epoch_times);
    let in_utc = |it: Timestamp| it.to_zoned(TimeZone::UTC).datetime();
    civil.or_else(|| zoned().or_else(epoch).map(in_utc))
}

/// Parses a Unix time in seconds, or in milliseconds if it is too large.
fn parse_epoch(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let number = text.parse::<i64>().ok()?;
    let time = match number < FIRST_MILLISECONDS {
        true => Timestamp::from_second(number),
        false => Timestamp::from_millisecond(number),
    };
    time.ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn parses_times_of_the_service() {
        let time = date(2026, 7, 22).at(10, 28, 23, 0);
        for text in [
            "2026-07-22 10:28:23",
            "2026-07-22T10:28:23",
            "2026-07-22 10:28:23.000",
        ] {
            assert_eq!(parse_time(text, &Options::default()), Some(time), "{text}");
        }
    }

    #[test]
    fn rejects_partial_times_and_time_zones() {
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
            assert_eq!(parse_time(text, &Options::default()), None, "{text}");
        }
    }

    #[test]
    fn time_range_honours_inclusive_and_exclusive_bounds() {
        let second = |second| date(2026, 7, 22).at(10, 28, second, 0);
        let contained = |from, before| {
            let range = TimeRange {
                from: Some((second(1), from)),
                before: Some((second(3), before)),
            };
            let seconds = (0..5).filter(|it| range.contains(Some(second(*it))));
            seconds.collect::<Vec<_>>()
        };
        use TimeBound::{Exclusive, Inclusive};
        assert_eq!(contained(Inclusive, Exclusive), [1, 2]);
        assert_eq!(contained(Inclusive, Inclusive), [1, 2, 3]);
        assert_eq!(contained(Exclusive, Exclusive), [2]);
        assert_eq!(contained(Exclusive, Inclusive), [2, 3]);
    }

    #[test]
    fn only_unbounded_range_contains_missing_time() {
        let bound = Some((date(2026, 7, 22).at(0, 0, 0, 0), TimeBound::Inclusive));
        for (from, before, expected) in [
            (None, None, true),
            (bound, None, false),
            (None, bound, false),
        ] {
            assert_eq!(TimeRange { from, before }.contains(None), expected);
        }
    }

    #[test]
    fn options_accept_time_zones_and_unix_times() {
        let time = date(2026, 7, 22).at(10, 28, 23, 0);
        let zoned = Options {
            zoned_times: true,
            ..Options::default()
        };
        let epoch = Options {
            epoch_times: true,
            ..Options::default()
        };
        for text in ["2026-07-22 10:28:23Z", "2026-07-22T13:58:23+03:30"] {
            assert_eq!(parse_time(text, &zoned), Some(time), "{text}");
            assert_eq!(parse_time(text, &epoch), None, "{text}");
        }
        for text in ["1784716103", "1784716103000"] {
            assert_eq!(parse_time(text, &epoch), Some(time), "{text}");
            assert_eq!(parse_time(text, &zoned), None, "{text}");
        }
        for text in [
            "",
            "-1",
            "1784716103.5",
            "9223372036854775807",
            "99999999999999999999",
        ] {
            assert_eq!(parse_time(text, &epoch), None, "{text}");
        }
    }
}
