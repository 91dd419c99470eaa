//! The result of lowering: the input of the code writers.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::Method;
use serde_json::Value;

use crate::names;

/// A valid document, split into what each code writer needs.
pub(crate) struct Lowered {
    /// Input of progenitor: success responses only, without bounds and formats.
    pub(crate) openapi: Value,
    /// Named schemas that become newtypes of the client's crate instead of progenitor's types.
    pub(crate) newtypes: Vec<Newtype>,
    /// Structs that are rewritten in a particular way.
    pub(crate) structs: StructNames,
    pub(crate) features: Features,
    /// Query parameters that are arrays.
    pub(crate) arrays: Vec<ArrayParameter>,
    /// All operations, including those that progenitor does not generate.
    pub(crate) operations: Vec<LoweredOperation>,
    /// Names of all object properties and parameters of the document.
    pub(crate) field_names: BTreeSet<String>,
    /// OAuth endpoints, if the document has a security scheme with both.
    pub(crate) oauth_endpoints: Option<OAuthEndpoints>,
}

/// The names of the structs that are rewritten in a particular way.
pub(crate) struct StructNames {
    /// In request bodies: they need a constructor.
    pub(crate) requests: BTreeSet<String>,
    /// In responses, with how they are decoded.
    pub(crate) responses: BTreeMap<String, Decoding>,
    /// Optional fields hold them in a `Box`.
    pub(crate) boxed: BTreeSet<String>,
    /// `format: password`: the names of structs and of their secret properties.
    pub(crate) secrets: BTreeSet<(String, String)>,
}

/// The Cargo features of the client's crate that methods and structs need.
#[derive(Default)]
pub(crate) struct Features {
    pub(crate) methods: BTreeMap<String, String>,
    pub(crate) structs: BTreeMap<String, String>,
}

/// How a struct of a response is decoded. The names are those of the client's crate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Decoding {
    /// A failure inside it is a failure of the struct around it.
    Object,
    /// `x-decode: item`: the struct around it can be used without it.
    Item,
    /// `x-decode: page`: its list keeps items that cannot be decoded.
    Page,
}

/// A query parameter that is an array.
pub(crate) struct ArrayParameter {
    /// The name of the operation's method.
    pub(crate) operation: String,
    /// The name on the wire.
    pub(crate) name: String,
    /// `true` if the parameter is repeated for each item, `false` if commas separate the items.
    pub(crate) exploded: bool,
}

impl ArrayParameter {
    /// Returns the name of the mock's type with the conditions.
    pub(crate) fn mock(&self) -> String {
        names::pascal_case(&format!("{}-when", self.operation))
    }
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
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum Authorization {
    /// No token.
    #[default]
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
