//! Typed [httpmock](https://github.com/httpmock/httpmock) mocks of the Basalam chat service.
//!
//! [`MockServerExt`] gives a [`MockServer`](httpmock::MockServer) a method for each operation of the
//! service but the upload, whose body is no JSON. Conditions and answers take the types of the generated client. An answer is best read
//! from JSON, as the service writes it, so that a test breaks where the service could not answer so. Where a test wants to leave what is documented,
//! `into_inner()` gives httpmock's own `When` and `Then`.
//!
//! ```
//! use basalam_chat_mock::MockServerExt;
//! use basalam_chat_mock::types::UnseenChatCount;
//! use httpmock::MockServer;
//!
//! let server = MockServer::start();
//! let answer: UnseenChatCount =
//!     serde_json::from_str(r#"{"count": 3, "more_than_count": false}"#).unwrap();
//! let mock = server.get_unseen_chat_count(|_when, then| {
//!     then.ok(&answer);
//! });
//! // … the code under test calls the service at `server.base_url()` …
//! assert_eq!(mock.calls(), 0);
//! ```

pub use basalam_chat_api::{scalars, types};

/// The generated mocks.
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, clippy::unwrap_used)]
mod generated {
    include!("generated/mock.rs");
}

pub use generated::{MockServerExt, operations};
