//! One attempt: a request goes out, and its answer is read whole.

use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use basalam_chat_api::SuccessResponse;
use basalam_chat_api::operation::Operation;
use bytes::{Bytes, BytesMut};
use http::header::LOCATION;
use reqwest::{Request, Response};

use super::budget::Budget;
use super::retry_after::retry_after;
use super::secrets::KnownSecrets;
use super::trace;
use crate::Error;
use crate::random::RandomSource;
use crate::time::{Clock, Sleep, SleepReason};

/// What all calls of a client share: the connections, the budget of retries, time and chance.
#[derive(Debug)]
pub(crate) struct Wire {
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    pub(super) budget: Budget,
    known: Arc<KnownSecrets>,
    max_response_bytes: usize,
}

/// What the beginning of an answer says.
enum Head {
    /// The status of a success.
    Success(u16),
    /// The status of an error, and how long the service asks to wait.
    Refusal(u16, Option<Duration>),
}

/// How much of an error answer is read. What the service says of an error is short.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// How long the body of an error answer is waited for. Its status says what matters.
const REFUSAL_TIME: Duration = Duration::from_secs(3);

impl Wire {
    pub(crate) fn new(
        http: reqwest::Client,
        clock: Arc<dyn Clock>,
        random: Arc<dyn RandomSource>,
        retry_budget: Option<u32>,
        max_response_bytes: usize,
    ) -> Wire {
        Wire {
            http,
            clock,
            random,
            budget: Budget::new(retry_budget),
            known: Arc::default(),
            max_response_bytes,
        }
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        &*self.random
    }

    pub(crate) fn known(&self) -> &Arc<KnownSecrets> {
        &self.known
    }

    /// Sends a request once, and reads its answer whole, in `timeout`. Nothing is sent before it is polled.
    pub(super) fn attempt(
        &self,
        operation: &'static Operation,
        request: Request,
        timeout: Duration,
    ) -> impl Future<Output = Result<SuccessResponse, Error>> {
        self.known.add_path(operation, request.url());
        // Made here, so that the future below holds reqwest's and not the request too.
        let response = self.http.execute(request);
        self.answer(operation, response, timeout)
    }

    async fn answer(
        &self,
        operation: &'static Operation,
        response: impl Future<Output = reqwest::Result<Response>> + Send,
        timeout: Duration,
    ) -> Result<SuccessResponse, Error> {
        let head = OnceLock::new();
        let answer = pin!(self.exchange(operation, response, &head));
        let within = within(self.clock(), timeout, answer).await;
        within.unwrap_or_else(|| {
            let late = Error::timed_out(timeout);
            Err(match head.get() {
                None => late,
                Some(Head::Success(status)) => late.with_status(*status),
                // It is known without its body what the service did.
                Some(Head::Refusal(status, wait)) => {
                    Error::refused(operation, *status, "", str::to_owned).retrying_after(*wait)
                }
            })
        })
    }

    async fn exchange(
        &self,
        operation: &'static Operation,
        response: impl Future<Output = reqwest::Result<Response>> + Send,
        head: &OnceLock<Head>,
    ) -> Result<SuccessResponse, Error> {
        let mut response = response.await.map_err(Error::sending)?;
        let status = response.status();
        trace::answered(status.as_u16());
        if status.is_success() {
            head.get_or_init(|| Head::Success(status.as_u16()));
            let body = self.read(&mut response).await?;
            // Every 2xx means the same.
            return Ok(SuccessResponse {
                headers: std::mem::take(response.headers_mut()),
                body,
            });
        }
        if status.is_redirection() {
            let target = response.headers().get(LOCATION);
            let target = target.map(|target| String::from_utf8_lossy(target.as_bytes()));
            let target = target.map(|target| self.known.redact(&target));
            return Err(Error::redirected(status.as_u16(), target));
        }
        let wait = retry_after(response.headers(), self.clock().system_time());
        head.get_or_init(|| Head::Refusal(status.as_u16(), wait));
        let body = Box::pin(self.read_refusal(&mut response)).await;
        let body = String::from_utf8_lossy(&body);
        let refused = Error::refused(operation, status.as_u16(), &body, |text| {
            self.known.redact(text)
        });
        Err(refused.retrying_after(wait))
    }

    /// Reads a success answer up to the limit, and buffers no more than that.
    async fn read(&self, response: &mut Response) -> Result<Bytes, Error> {
        let status = response.status().as_u16();
        let limit = self.max_response_bytes;
        let too_large = || Error::too_large(status, limit);
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |announced| announced > limit) {
            return Err(too_large());
        }
        let mut body = Body::default();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Error::interrupted(status, error))?
        {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.add(chunk, announced);
        }
        Ok(body.whole())
    }

    /// Reads the beginning of an error answer. Its status says what matters, so that a body that breaks
    /// off, hangs or has no end changes nothing.
    async fn read_refusal(&self, response: &mut Response) -> BytesMut {
        let mut body = BytesMut::new();
        let reading = async {
            while let Ok(Some(chunk)) = response.chunk().await {
                let room = MAX_REFUSAL_BYTES - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() >= room {
                    break;
                }
            }
        };
        // What came until then is enough.
        let _ = within(self.clock(), REFUSAL_TIME, pin!(reading)).await;
        body
    }
}

/// A body that is being read. What comes in one piece, as small answers do, is not copied.
#[derive(Default)]
struct Body {
    first: Bytes,
    /// Everything, once there is more than one piece.
    all: BytesMut,
}

/// How much room is made for what is announced and not there yet.
const MAX_ROOM: u64 = 1024 * 1024;

impl Body {
    fn len(&self) -> usize {
        self.first.len().max(self.all.len())
    }

    /// Adds a piece of a body that is to be as long as `announced`.
    fn add(&mut self, chunk: Bytes, announced: u64) {
        if self.len() == 0 {
            self.first = chunk;
            return;
        }
        if self.all.is_empty() {
            let room = usize::try_from(announced.min(MAX_ROOM)).unwrap_or_default();
            self.all.reserve(room.max(self.first.len() + chunk.len()));
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&chunk);
    }

    fn whole(self) -> Bytes {
        match self.all.is_empty() {
            true => self.first,
            false => self.all.freeze(),
        }
    }
}

/// Waits for a future as long as this, and no longer.
///
/// The future is a borrowed one, since one that is handed over is in memory twice.
pub(crate) fn within<'a, T>(
    clock: &'a dyn Clock,
    duration: Duration,
    future: Pin<&'a mut (dyn Future<Output = T> + Send + 'a)>,
) -> Within<'a, T> {
    Within {
        clock,
        duration,
        future,
        sleep: None,
    }
}

/// See [`within`]. As an `async fn` it would hold everything twice.
pub(crate) struct Within<'a, T> {
    clock: &'a dyn Clock,
    duration: Duration,
    future: Pin<&'a mut (dyn Future<Output = T> + Send + 'a)>,
    /// Missing until there is something to wait for.
    sleep: Option<Sleep>,
}

impl<T> Future for Within<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        if let Poll::Ready(value) = self.future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        let Within {
            clock,
            duration,
            sleep,
            ..
        } = &mut *self;
        let sleep = sleep.get_or_insert_with(|| clock.sleep(*duration, SleepReason::Timeout));
        sleep.as_mut().poll(context).map(|()| None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&'static str], announced: u64) -> Bytes {
        let mut body = Body::default();
        for chunk in chunks {
            body.add(Bytes::from_static(chunk.as_bytes()), announced);
        }
        let length: usize = chunks.iter().map(|chunk| chunk.len()).sum();
        assert_eq!(body.len(), length);
        body.whole()
    }

    #[test]
    fn a_body_is_whole_however_it_comes_and_whatever_was_announced() {
        for announced in [0, 3, 6, u64::MAX] {
            assert_eq!(read(&[], announced), "");
            assert_eq!(read(&["abc"], announced), "abc");
            assert_eq!(read(&["", "abc", "", "def"], announced), "abcdef");
        }
    }

    #[test]
    fn a_body_of_one_piece_is_not_copied() {
        let piece = "abc";
        assert_eq!(read(&[piece], 3).as_ptr(), piece.as_ptr());
    }
}
