//! What the stores on a server share: batches, prefixes, and errors.

use std::collections::HashSet;

use basalam_chat::state::{PutRequest, StateError, StateErrorKind, StateFuture, StateKey, Version};

/// The maximum number of writes of a batch.
const MAX_BATCH: usize = 1024;

/// The length of keys and values after which a batch ends.
const MAX_BATCH_BYTES: usize = 1024 * 1024;

pub(crate) type PutResults = Vec<Result<Version, StateError>>;

/// Makes writes in batches of different keys, one batch after the other.
pub(crate) async fn put_in_batches<'a>(
    requests: &'a [PutRequest],
    put: impl Fn(&'a [PutRequest]) -> StateFuture<'a, PutResults> + Send,
) -> Result<PutResults, StateError> {
    let mut results = Vec::with_capacity(requests.len());
    while results.len() < requests.len() {
        let batch = first_batch(&requests[results.len()..]);
        match put(batch).await {
            Ok(outcomes) => results.extend(outcomes),
            Err(error) if results.is_empty() => return Err(error),
            Err(error) => {
                results.extend(batch.iter().map(|_| Err(error.clone())));
                let message = "an earlier write of the call failed, so this one was not made";
                let not_made = StateError::new(StateErrorKind::Unavailable, message);
                results.resize_with(requests.len(), || Err(not_made.clone()));
            }
        }
    }
    Ok(results)
}

fn first_batch(requests: &[PutRequest]) -> &[PutRequest] {
    let (mut keys, mut bytes) = (HashSet::new(), 0);
    let end = requests.iter().position(|request| {
        let is_full = keys.len() == MAX_BATCH || bytes > MAX_BATCH_BYTES;
        bytes += request.key.as_str().len() + request.value.len();
        is_full || !keys.insert(&request.key)
    });
    &requests[..end.unwrap_or(requests.len())]
}

/// Returns the first string with a prefix, and one that is larger than all keys with it. Returns `None` if no key
/// can have the prefix.
pub(crate) fn key_range(prefix: &str) -> Option<(&str, String)> {
    // Any prefix of a key is followed by a key, or is a key.
    let is_possible =
        prefix.is_empty() || StateKey::new(prefix.trim_end_matches(['/', '.'])).is_ok();
    // All characters of keys sort before this one.
    is_possible.then(|| (prefix, format!("{prefix}\u{7f}")))
}

pub(crate) fn corrupt(message: &str) -> StateError {
    StateError::new(StateErrorKind::Corrupt, message)
}

pub(crate) fn refused(message: impl Into<String>) -> StateError {
    StateError::new(StateErrorKind::Configuration, message)
}

/// The error of a URL that requires TLS.
#[cfg(any(
    all(feature = "postgres", not(feature = "postgres-rustls")),
    all(feature = "redis", not(feature = "redis-rustls"))
))]
pub(crate) fn missing_feature(feature: &str) -> StateError {
    refused(format!(
        "the URL requires TLS; enable the feature `{feature}` of `basalam-chat-state` in Cargo.toml"
    ))
}

/// The error of an operation that took too long.
pub(crate) fn timed_out(lost: StateErrorKind) -> StateError {
    let message = match lost {
        StateErrorKind::Unknown => {
            "the server did not respond in time, so the write may or may not be made"
        }
        _ => "the server did not respond in time; try again later",
    };
    StateError::new(lost, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use basalam_chat::state::PutMode;

    fn request(name: &str, bytes: usize) -> PutRequest {
        let key = StateKey::new(name).unwrap();
        PutRequest::new(key, vec![0; bytes], PutMode::Overwrite)
    }

    #[test]
    fn batches_have_different_keys_and_a_limit() {
        let repeated = ["a", "b", "a", "c"].map(|name| request(name, 1));
        assert_eq!(first_batch(&repeated).len(), 2);
        let many: Vec<_> = (0..3000).map(|it| request(&it.to_string(), 1)).collect();
        assert_eq!(first_batch(&many).len(), MAX_BATCH);
        let large: Vec<_> = (0..9)
            .map(|it| request(&it.to_string(), 256 * 1024))
            .collect();
        assert_eq!(first_batch(&large).len(), 4);
        assert_eq!(first_batch(&large[..1]).len(), 1);
    }

    #[test]
    fn impossible_prefixes_have_no_range() {
        for prefix in ["", "a", "a/", "a.", "=", "a/b-"] {
            assert!(key_range(prefix).is_some(), "{prefix:?}");
        }
        for prefix in ["/", "é", "a\0", "%", "a//b", "a\u{7f}", "\u{10ffff}"] {
            assert!(key_range(prefix).is_none(), "{prefix:?}");
        }
    }
}
