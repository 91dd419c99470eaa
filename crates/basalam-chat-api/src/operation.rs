//! Operation metadata that the transport needs.

/// The metadata of an operation.
#[derive(Debug)]
// Exhaustive: sources generated into other crates construct it.
pub struct Operation {
    /// The `operationId`, such as `create_message`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: reqwest::Method,
    /// The path template, such as `/v1/chats/{chat_id}/messages`.
    pub path: &'static str,
    /// `true` if the operation is idempotent, so it can be retried safely.
    pub idempotent: bool,
    /// The required authorization.
    pub authorization: Authorization,
    /// The status of the documented success response.
    pub success: u16,
    /// `true` if the path contains a secret, so the URL must be redacted.
    pub secret_path: bool,
}

/// Authorization that an operation requires.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Authorization {
    /// No token is sent.
    None,
    /// A bearer token is sent.
    Bearer {
        /// The OAuth scopes that the token needs; empty if they are unknown.
        scopes: &'static [&'static str],
    },
}
