//! Constructors that move to the modules whose failures they describe: `batch`, `bots`, `chats`, `messages`
//! and `paging`.

mod files;

use basalam_chat_api::newtypes::Timestamp;

use super::{Error, ErrorKind, ErrorResponse, one_line};
use crate::messages::UnconfirmedMessage;
use crate::{BatchReport, CallOutcome};

impl Error {
    /// Returns the message that may have been accepted, if sending it failed in such a way.
    ///
    /// Pass it to [`find_sent_message`](crate::Client::find_sent_message), which looks for it, instead of
    /// sending it again.
    pub fn unconfirmed_message(&self) -> Option<&UnconfirmedMessage> {
        self.attachment()
    }

    /// Returns the outcome of each call if a list of ids was deleted or forwarded in several calls, one of
    /// which failed with this error.
    ///
    /// `Id` is the type of the ids: [`MessageId`](crate::MessageId) or [`ChatId`](crate::ChatId). There is
    /// a report if anything was sent.
    ///
    /// ```no_run
    /// # use basalam_chat::{CallOutcome, Client, Error, MessageId};
    /// # async fn run(client: Client, old: Vec<MessageId>) -> Result<(), Error> {
    /// if let Err(error) = client.delete_message(old).await {
    ///     for call in error.batch::<MessageId>().into_iter().flat_map(|batch| batch.calls()) {
    ///         println!("{:?}: {:?}", call.outcome, call.ids);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch<Id: 'static>(&self) -> Option<&BatchReport<Id>> {
        self.attachment()
    }

    /// Attaches the message that may have been accepted.
    pub(crate) fn leaving(self, unconfirmed: UnconfirmedMessage) -> Error {
        self.with_attachment(unconfirmed)
    }

    /// The service reported a failure with a success status. The description must be redacted.
    pub(crate) fn declined(code: Option<i64>, description: Option<&str>) -> Error {
        let problem = "the service answered that it did not do it";
        Error::new(ErrorKind::Unsuccessful, problem, "")
            .with_response(ErrorResponse::new(code, description))
            .with_attempts(1)
    }

    /// A call for a part of a list, with what became of all parts.
    pub(crate) fn within<Id: Send + Sync + 'static>(self, batch: BatchReport<Id>) -> Error {
        if batch.calls().len() == 1 {
            return self.with_attachment(batch);
        }
        let count = |outcome| batch.ids_with_outcome(outcome).count();
        let detail = format!(
            "of {} ids, {} were accepted before, {} went into the call that failed, and {} were not sent",
            batch.ids().count(),
            count(CallOutcome::Accepted),
            count(CallOutcome::Failed),
            count(CallOutcome::NotSent),
        );
        self.with_detail(&detail).with_attachment(batch)
    }

    /// A page that holds none of what comes next.
    pub(crate) fn stalled() -> Error {
        Error::new(
            ErrorKind::Decode,
            "the service gives the same page again instead of the next one",
            "go on from the cursor later; whether there is more cannot be known",
        )
    }

    /// More chats of one second than a page holds.
    pub(crate) fn hidden_chats(second: Timestamp) -> Error {
        Error::new(
            ErrorKind::IncompleteList,
            format!("more chats share the second {second} than the service gives on a page"),
            "some of them may be missing; read on for those behind it",
        )
        .with_incomplete_at(second)
    }

    /// A list in which nothing has the time that it is paged by.
    pub(crate) fn chats_without_time() -> Error {
        Error::new(
            ErrorKind::IncompleteList,
            "the chats have no time to page by",
            "sort by `ChatOrder::UpdatedAt`",
        )
    }

    /// A time of a chat that cannot be read, so that no page can be asked for from there.
    pub(crate) fn unreadable_time(time: &Timestamp) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!(
                "the time `{}` of a chat cannot be read",
                one_line(time.as_str(), 40)
            ),
            "list the chats page by page",
        )
    }

    /// A task that was to read ahead did not come back.
    pub(crate) fn task(error: tokio::task::JoinError) -> Error {
        Error::new(
            ErrorKind::Connection,
            "the task that reads ahead ended before its page came",
            "keep the runtime alive while a stream is read, or turn `read_ahead` off",
        )
        .with_source(error)
    }
}
