//! Recorded requests and responses, with headers and bodies.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;

/// The maximum number of bytes that are recorded of a body.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;

/// The maximum size of all recorded exchanges in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The maximum number of recorded exchanges, as many as the log has requests.
const CAPACITY: usize = 5000;

/// What an exchange takes besides its headers and bodies.
const OVERHEAD: usize = 256;

/// A recorded request and its response.
pub(crate) struct Exchange {
    pub(crate) request: RecordedMessage,
    /// `None` if the client received none.
    pub(crate) response: Option<RecordedMessage>,
}

/// The headers and body of a request or response, as transmitted: nothing is redacted yet.
pub(crate) struct RecordedMessage {
    pub(crate) headers: HeaderMap,
    pub(crate) body: RecordedBody,
}

/// The start of a body.
#[derive(Clone, Default)]
pub(crate) struct RecordedBody {
    pub(crate) bytes: Bytes,
    pub(crate) is_truncated: bool,
}

impl RecordedMessage {
    pub(crate) fn media_type(&self) -> &str {
        let media_type = self.headers.get(CONTENT_TYPE);
        media_type
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default()
    }

    fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 64);
        headers.sum::<usize>() + self.body.bytes.len()
    }
}

impl Exchange {
    fn size(&self) -> usize {
        let response = self.response.as_ref().map_or(0, RecordedMessage::size);
        self.request.size() + response + OVERHEAD
    }
}

/// The latest recorded exchanges, by the numbers of their requests.
#[derive(Default)]
pub(crate) struct ExchangeLog {
    exchanges: VecDeque<(u64, Arc<Exchange>)>,
    bytes: usize,
}

impl ExchangeLog {
    /// Adds an exchange and drops the oldest ones above the limits.
    pub(crate) fn push(&mut self, number: u64, exchange: Exchange) {
        self.bytes += exchange.size();
        self.exchanges.push_back((number, Arc::new(exchange)));
        while self.bytes > MAX_BYTES || self.exchanges.len() > CAPACITY {
            let Some((_, oldest)) = self.exchanges.pop_front() else {
                return;
            };
            self.bytes -= oldest.size();
        }
    }

    pub(crate) fn get(&self, number: u64) -> Option<Arc<Exchange>> {
        let mut exchanges = self.exchanges.iter().rev();
        let found = exchanges.find(|it| it.0 == number);
        found.map(|it| Arc::clone(&it.1))
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(bytes: usize) -> Exchange {
        Exchange {
            request: RecordedMessage {
                headers: HeaderMap::new(),
                body: RecordedBody {
                    bytes: vec![0; bytes].into(),
                    is_truncated: false,
                },
            },
            response: None,
        }
    }

    #[test]
    fn total_size_is_bounded_and_oldest_are_dropped() {
        let mut log = ExchangeLog::default();
        for number in 0..1_000 {
            log.push(number, exchange(MAX_BODY_BYTES));
            let sizes = log.exchanges.iter().map(|it| it.1.size());
            assert_eq!(log.bytes, sizes.sum::<usize>());
            assert!(log.bytes <= MAX_BYTES);
        }
        assert!(log.get(0).is_none());
        assert!(log.get(999).is_some());
        log.clear();
        assert!(log.get(999).is_none());
    }

    #[test]
    fn number_of_exchanges_is_bounded() {
        let mut log = ExchangeLog::default();
        for number in 0..10_000 {
            log.push(number, exchange(0));
        }
        assert_eq!(log.exchanges.len(), CAPACITY);
    }
}
