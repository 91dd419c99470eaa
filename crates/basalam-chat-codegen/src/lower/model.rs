//! The result of lowering: the input of the code writers.

use std::collections::BTreeSet;

use basalam_chat_openapi::Method;
use serde_json::Value;

/// A valid document, split into what each code writer needs.
pub(crate) struct Lowered {
    /// Input of progenitor: success responses only, without bounds and formats.
    pub(crate) openapi: Value,
    /// Named schemas that become newtypes of the client's crate instead of progenitor's types.
    pub(crate) newtypes: Vec<Newtype>,
    /// Names of the structs in request bodies, which need a constructor.
    pub(crate) request_types: BTreeSet<String>,
    /// Names of the structs that optional fields hold in a `Box`.
    pub(crate) boxed_types: BTreeSet<String>,
    /// All operations, including those that progenitor does not generate.
    pub(crate) operations: Vec<LoweredOperation>,
    /// Names of all object properties and parameters of the document.
    pub(crate) field_names: BTreeSet<String>,
    /// OAuth endpoints, if the document has a security scheme with both.
    pub(crate) oauth_endpoints: Option<OAuthEndpoints>,
}

/// A named schema that becomes a newtype of the client's crate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Newtype {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) kind: NewtypeKind,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum NewtypeKind {
    /// `type: integer`.
    Id,
    /// `type: string`.
    String,
    /// `type: string, format: password`.
    Secret,
    /// `type: string` with an `enum`.
    OpenEnum(Vec<Variant>),
    /// An array that may also be an empty object; holds the name of the item schema.
    LenientList(String),
}

/// A listed value of an open enum.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) description: String,
}

/// A row of the operation table.
pub(crate) struct LoweredOperation {
    pub(crate) id: String,
    pub(crate) summary: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) idempotent: bool,
    pub(crate) authorization: Authorization,
    pub(crate) success: u16,
    pub(crate) secret_path: bool,
}

/// The authorization that an operation requires.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Authorization {
    /// No token.
    None,
    /// A bearer token, with these scopes if it is an OAuth token.
    Bearer(Vec<String>),
}

/// OAuth endpoints (RFC 6749).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OAuthEndpoints {
    pub(crate) authorization_url: String,
    /// Scheme and host of the token endpoint.
    pub(crate) token_base_url: String,
    pub(crate) token_path: String,
}
