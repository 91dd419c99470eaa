//! What the document says of an operation and the transport goes by.

/// One row of the table of operations.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's id in the document, such as `create_message`.
    pub id: &'static str,
    /// The method.
    pub method: reqwest::Method,
    /// The path template, such as `/v1/chats/{chat_id}/messages`.
    pub path: &'static str,
    /// Whether repeating the operation does no harm.
    pub idempotent: bool,
    /// Who may call it.
    pub authorization: Authorization,
    /// The status of its documented success answer.
    pub success: u16,
    /// Whether its path holds a secret, so that its URL must not be shown.
    pub secret_path: bool,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Authorization {
    /// No token is sent.
    None,
    /// A bearer token is sent.
    Bearer {
        /// The OAuth scopes that the token needs; empty where nobody has named any.
        scopes: &'static [&'static str],
    },
}
