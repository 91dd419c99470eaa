//! Fetching of one page of messages.

use basalam_chat::raw::{self, operations::GET_MESSAGES};
use basalam_chat::{ChatId, Client, MessageId};

use super::plan::{PageJob, PageOutcome, Part};
use crate::error::{Error, ErrorKind};
use crate::page::MessagePage;
use crate::range::{FIRST_ID, Ids};
use crate::store::{ChatTimes, Job, PageWrite, WriterHandle};

/// A page that was fetched and queued to be written.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) outcome: PageOutcome,
    pub(super) messages: u64,
    pub(super) unreadable: u64,
}

/// Fetches a page, and queues it to be written with the range that it covers.
pub(super) async fn fetch(
    client: &Client,
    job: &PageJob,
    page_size: u32,
) -> Result<MessagePage, Error> {
    let before = job.part.before().map(MessageId);
    let chat = ChatId(job.chat);
    let limit = i64::from(page_size);
    // The defaults are the newest messages first, and ids smaller than `message_id`.
    let body = raw::body(client, &GET_MESSAGES, |raw| async move {
        raw.get_messages(&chat, None, Some(limit), before.as_ref(), None)
            .await
    });
    MessagePage::read(&body.await.map_err(Error::client)?)
}

/// Queues a page to be written.
pub(super) async fn write(
    writer: &WriterHandle,
    job: &PageJob,
    times: ChatTimes,
    mut page: MessagePage,
) -> Result<Fetched, Error> {
    let outcome = describe(&job.part, &mut page)?;
    let messages = page.messages.len() as u64;
    let unreadable = page.unreadable.len() as u64;
    let write = PageWrite {
        chat: job.chat,
        page,
        covered: outcome.covered,
        newest_of: matches!(job.part, Part::Newest { .. }).then_some(times),
    };
    writer.send(Job::Page(write)).await?;
    Ok(Fetched {
        outcome,
        messages,
        unreadable,
    })
}

/// Returns what a page contains. Removes messages that were not requested.
fn describe(part: &Part, page: &mut MessagePage) -> Result<PageOutcome, Error> {
    let is_empty = page.is_empty();
    if let Some(before) = part.before() {
        let is_inclusive = page.ids().all(|id| id == before);
        page.messages.retain(|it| it.id() < before);
        page.unreadable
            .retain(|it| it.id.is_none_or(|id| id < before));
        if page.is_empty() && !is_empty && !is_inclusive {
            return Err(repeated());
        }
    }
    let ids = page.ids().fold(None, |ids: Option<Ids>, id| {
        let ids = ids.unwrap_or(Ids { low: id, high: id });
        Some(Ids {
            low: ids.low.min(id),
            high: ids.high.max(id),
        })
    });
    if ids.is_none() && !page.is_empty() {
        return Err(without_ids());
    }
    // A short page is not the end of the list, but an empty one is.
    let low = ids.map_or(FIRST_ID, |it| it.low);
    let high = match part {
        Part::Newest { known } => ids.map(|it| it.high).max(*known),
        Part::Recheck { before } => Some(before.saturating_sub(1)),
        Part::Missing(range) => Some(range.high),
    };
    let oldest = page.messages.iter().min_by_key(|it| it.id());
    Ok(PageOutcome {
        ids,
        covered: high.and_then(|high| Ids::new(low, high)),
        oldest_at: oldest.map(|it| it.message.created_at.as_str().to_owned()),
    })
}

fn repeated() -> Error {
    let message = "the service returned newer messages instead of the next page; sync again later";
    Error::new(ErrorKind::Response, message)
}

fn without_ids() -> Error {
    let message =
        "no message of a page has an id that can be decoded; messages before them are out of reach";
    Error::new(ErrorKind::Response, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{ArchivedMessage, UnreadableMessage};

    fn page(ids: &[i64]) -> MessagePage {
        let message = |id: &i64| {
            let time = "2026-07-22 10:28:23";
            let json = format!(
                r#"{{"id":{id},"chat_id":7,"created_at":"{time}","updated_at":"{time}","message_type":"text","content":{{}}}}"#
            );
            ArchivedMessage::read(&json).unwrap()
        };
        MessagePage {
            messages: ids.iter().map(message).collect(),
            unreadable: Vec::new(),
        }
    }

    fn covered(part: Part, ids: &[i64]) -> Option<(i64, i64)> {
        let outcome = describe(&part, &mut page(ids)).unwrap();
        outcome.covered.map(|it| (it.low, it.high))
    }

    #[test]
    fn page_covers_down_to_its_oldest_message() {
        let newest = |known| Part::Newest { known };
        assert_eq!(covered(newest(None), &[9, 7]), Some((7, 9)));
        assert_eq!(covered(newest(Some(12)), &[9, 7]), Some((7, 12)));
        assert_eq!(covered(newest(None), &[]), None);
        assert_eq!(covered(newest(Some(12)), &[]), Some((1, 12)));
        let missing = || Part::Missing(Ids { low: 5, high: 20 });
        assert_eq!(covered(missing(), &[18, 9]), Some((9, 20)));
        assert_eq!(covered(missing(), &[18, 3]), Some((3, 20)));
        assert_eq!(covered(missing(), &[]), Some((1, 20)));
        assert_eq!(covered(Part::Recheck { before: 9 }, &[8, 2]), Some((2, 8)));
        assert_eq!(covered(Part::Recheck { before: 9 }, &[]), Some((1, 8)));
    }

    #[test]
    fn inclusive_bound_of_the_service_is_recognized() {
        let missing = || Part::Missing(Ids { low: 1, high: 20 });
        assert_eq!(covered(missing(), &[21, 18]), Some((18, 20)));
        assert_eq!(covered(missing(), &[21]), Some((1, 20)));
        let error = describe(&missing(), &mut page(&[30, 25])).unwrap_err();
        assert!(error.is_response(), "{error}");
    }

    #[test]
    fn unreadable_messages_count_if_they_have_an_id() {
        let unreadable = |id| UnreadableMessage {
            id,
            json: String::new(),
        };
        let missing = Part::Missing(Ids { low: 1, high: 20 });
        let mut some = page(&[18]);
        some.unreadable = vec![unreadable(Some(11)), unreadable(None)];
        let outcome = describe(&missing, &mut some).unwrap();
        assert_eq!(outcome.covered, Ids::new(11, 20));
        let mut none = page(&[]);
        none.unreadable = vec![unreadable(None)];
        assert!(describe(&missing, &mut none).unwrap_err().is_response());
    }
}
