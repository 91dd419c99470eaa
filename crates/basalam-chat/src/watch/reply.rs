//! Replies that are sent once.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::WatchError;
use super::attempt::Attempt;
use super::claims::Claims;
use crate::messages::{Message, NewMessage, SentMessage, SortOrder, idempotency_key};
use crate::{Client, MessageId};

const PAGE_SIZE: u32 = 100;
/// The maximum number of pages that are searched for an earlier reply.
const MAX_PAGES: usize = 5;
/// How often a search without a result is repeated, since one response can be damaged.
const MAX_REPETITIONS: usize = 2;
const REPETITION_INTERVAL: Duration = Duration::from_secs(1);

/// A reply to the message of a delivery; returned by [`Delivery::reply`](super::Delivery::reply). `.await` sends it, and
/// so does `send` of a `Reply<blocking::Client>` (feature `blocking`).
///
/// A reply is sent *effectively once*. It has an idempotency key in its metadata: an HMAC, with a secret in the state
/// store, over the user, the message, its revision and the number or the [step](Reply::step) of the reply. The first
/// delivery of an event sends at once. If an earlier attempt may have sent the reply, this one waits until the
/// [reply timeout](super::Watch::reply_timeout) and the
/// [visibility lag](super::Watch::visibility_lag) have passed since, looks for a message with the key, and sends only
/// if it is certainly absent. If that cannot be known, the delivery goes to the dead letters, whatever the handler
/// returns. The same holds if a handler repeats a [step](Reply::step) after an error.
///
/// Await replies before the delivery is resolved: afterwards they are refused, since the next attempt may already look
/// for them.
///
/// # Assumptions
///
/// - The service returns the metadata of messages (likely). The first reply without it is
///   [reported](super::Report::MetadataNotReturned).
/// - A message is visible in the list within the visibility lag (unknown), and the service does not process a
///   request later than the reply timeout after it was sent (unknown).
/// - The reply has a larger id than the message that it answers (likely).
/// - No process is paused between the look-up and sending for longer than its lease: the service cannot reject a
///   message of a process that was overtaken.
///
/// # Errors
///
/// [`is_unknown_reply`](WatchError::is_unknown_reply) and [`is_revoked`](WatchError::is_revoked);
/// [`is_invalid_input`](WatchError::is_invalid_input) if the event is not a message of another user, and if the delivery
/// is already resolved; and the errors of [`create_message`](crate::Client::create_message) in
/// [`service`](WatchError::service). Return the error from the handler, so that the next attempt looks for the reply.
#[must_use = "a reply is sent when it is awaited"]
pub struct Reply<C = Client> {
    pub(super) client: C,
    attempt: Arc<Attempt>,
    message: NewMessage,
    step: String,
}

impl<C> Reply<C> {
    pub(super) fn new(attempt: Arc<Attempt>, client: C, message: NewMessage) -> Reply<C> {
        let ordinal = attempt.next_ordinal();
        Reply {
            client,
            attempt,
            message,
            step: format!("ordinal {ordinal}"),
        }
    }

    /// Names the reply, instead of its number. Use the same name each time the event is handled, and another one for
    /// each reply to it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::watch::{Delivery, WatchError};
    /// # async fn handle(delivery: Delivery) -> Result<(), WatchError> {
    /// delivery.reply("Hello!").step("greeting").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn step(mut self, name: impl AsRef<str>) -> Reply<C> {
        self.step = format!("step {}", name.as_ref());
        self
    }

    /// Returns this reply with the watcher's client.
    #[cfg(feature = "blocking")]
    pub(super) fn into_async(self) -> Reply {
        Reply {
            client: self.attempt.session.client.clone(),
            attempt: self.attempt,
            message: self.message,
            step: self.step,
        }
    }
}

impl Reply {
    async fn send(self) -> Result<Message, WatchError> {
        let attempt = &*self.attempt;
        let session = &*attempt.session;
        let answered = answered(attempt)?;
        if attempt.is_revoked() {
            return Err(WatchError::revoked());
        }
        let key = session.secret.key(&[
            &session.user.to_string(),
            &answered.id.to_string(),
            &attempt.slot.revision.to_string(),
            &self.step,
        ]);
        let earlier = match &attempt.claims {
            Some(claims) => claim(attempt, claims, answered, &key, &self.step).await?,
            None => {
                let earlier_reply = match attempt.may_have_sent(&self.step) {
                    true => Some(session.shared.now()),
                    false => attempt.earlier_reply,
                };
                match earlier_reply {
                    Some(ended_at) => find_earlier(attempt, answered, &key, ended_at).await?,
                    None => None,
                }
            }
        };
        if let Some(earlier) = earlier {
            return Ok(earlier);
        }
        if attempt.is_revoked() {
            return Err(WatchError::revoked());
        }
        attempt.begin_reply(&self.step)?;
        let request = self.client.create_message(attempt.chat, self.message);
        let request = request.reply_to(answered.id).idempotency_key(key.as_str());
        let sent: Result<SentMessage, _> = tokio::select! {
            // First, so that nothing is sent after a pause of the process that was longer than the lease.
            biased;
            () = attempt.revoked() => return Err(WatchError::revoked()),
            sent = request.send() => sent,
        };
        if let Err(error) = &sent
            && !error.may_have_succeeded()
        {
            attempt.reply_not_sent(&self.step);
            if let Some(claims) = &attempt.claims {
                claims.release(&session.shared, &self.step).await;
            }
        }
        let sent = sent?;
        match idempotency_key::of_message(&sent) == Some(key.as_str()) {
            true => session.metadata_returned(),
            false => session.metadata_not_returned(),
        }
        Ok(sent.message)
    }
}

/// Returns the message that is answered.
fn answered(attempt: &Attempt) -> Result<&Message, WatchError> {
    let problem = "only a message of another user can be replied to; use `create_message`";
    let message = attempt.event.message();
    let message = message.ok_or_else(|| WatchError::invalid_input(problem))?;
    match message.sender_id() {
        None => Err(WatchError::unknown_sender()),
        Some(sender) if sender == attempt.session.user => Err(WatchError::invalid_input(problem)),
        Some(_) => Ok(message),
    }
}

/// Claims a reply, and returns it if another attempt has sent it.
async fn claim(
    attempt: &Attempt,
    claims: &Claims,
    answered: &Message,
    key: &str,
    step: &str,
) -> Result<Option<Message>, WatchError> {
    let shared = &attempt.session.shared;
    let mut looked_for = None;
    loop {
        let claim = tokio::select! {
            biased;
            () = attempt.revoked() => return Err(WatchError::revoked()),
            claim = claims.claim(shared, step, looked_for) => claim,
        };
        if claim.is_none() {
            return Ok(None);
        }
        // Whoever has claimed it sends it from then on, if at all.
        let found = find_earlier(attempt, answered, key, shared.now()).await?;
        if found.is_some() {
            return Ok(found);
        }
        looked_for = claim;
    }
}

/// Waits until a reply is visible that was sent before a time, and returns it, or `None` if it was certainly not sent.
async fn find_earlier(
    attempt: &Attempt,
    answered: &Message,
    key: &str,
    ended_at: Instant,
) -> Result<Option<Message>, WatchError> {
    let session = &attempt.session;
    // It may be there already, which saves the wait.
    if let Search::Found(message) = search(attempt, answered.id, key).await? {
        return Ok(Some(*message));
    }
    tokio::select! {
        () = session.shared.sleep_until(ended_at + session.reply_wait()) => {}
        () = attempt.revoked() => return Err(WatchError::revoked()),
    }
    let mut repetitions = 0;
    let problem = loop {
        match search(attempt, answered.id, key).await? {
            Search::Found(message) => return Ok(Some(*message)),
            Search::Absent => return Ok(None),
            Search::Unknown(problem) if repetitions == MAX_REPETITIONS => break problem,
            Search::Unknown(_) => repetitions += 1,
        }
        tokio::select! {
            () = session.shared.sleep(REPETITION_INTERVAL) => {}
            () = attempt.revoked() => return Err(WatchError::revoked()),
        }
    };
    attempt.reply_unknown();
    Err(WatchError::unknown_reply(problem))
}

enum Search {
    Found(Box<Message>),
    Absent,
    Unknown(&'static str),
}

/// Looks for a message with a key after the one that it answers.
async fn search(attempt: &Attempt, answered: MessageId, key: &str) -> Result<Search, WatchError> {
    let session = &attempt.session;
    let request = session.client.get_messages(attempt.chat);
    let request = request
        .after(answered)
        .order(SortOrder::Asc)
        .limit(PAGE_SIZE);
    let mut pages = request.read_ahead(false).pages();
    let mut problem = None;
    let mut count = 0;
    while let Some(page) = pages.try_next().await? {
        if !page.unreadable().is_empty() {
            problem = Some("a later message cannot be decoded");
        }
        for message in page {
            let is_own = message.sender_id() == Some(session.user);
            match idempotency_key::of_message(&message) {
                // Anybody can repeat the key of a reply that was sent, so the reply exists either way.
                Some(found) if found == key => return Ok(Search::Found(Box::new(message))),
                Some(_) => {}
                // Unless metadata is known to be returned, it may be the reply.
                None if is_own && !session.returns_metadata() => {
                    problem = Some("the user has sent a later message without metadata");
                }
                None if message.sender.is_none() => {
                    problem = Some("a later message has neither a sender nor metadata");
                }
                None => {}
            }
        }
        count += 1;
        if count == MAX_PAGES {
            return Ok(Search::Unknown("the chat has too many later messages"));
        }
    }
    Ok(problem.map_or(Search::Absent, Search::Unknown))
}

impl IntoFuture for Reply {
    type Output = Result<Message, WatchError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Omits the content, which is private.
impl<C> fmt::Debug for Reply<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").finish_non_exhaustive()
    }
}
