//! The kinds of errors.

/// The kind of an [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is invalid. Nothing was sent.
    InvalidInput,
    /// The client cannot be created, no tokio runtime is running, or there is no login. Nothing was sent.
    Configuration,
    /// No access token is available. Only token requests were sent.
    Authentication,
    /// A file to upload could not be read to its end. The service received a part of it at most.
    FileRead,
    /// No connection could be made, or the service refused the request without processing it.
    Connect,
    /// The request timed out. The service may have processed it.
    Timeout,
    /// The connection broke. The service may have processed the request.
    Connection,
    /// The service responded with a redirect, which is never followed.
    Redirect,
    /// The service responded with an error status.
    Status,
    /// The service reported a failure with a success status.
    Unsuccessful,
    /// The response is larger than the limit. The service may have processed the request.
    ResponseTooLarge,
    /// The response is a success that cannot be decoded. The service very likely processed the request.
    Decode,
    /// An item of a list cannot be decoded. The list continues after it.
    UnreadableItem,
    /// The completeness of a list cannot be guaranteed.
    IncompleteList,
}
