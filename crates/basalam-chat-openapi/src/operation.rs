//! Operations and their parts, with references resolved.

use std::fmt;

use serde_json::Value;

use crate::Pointer;

/// One operation: a method on a path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation<'a> {
    /// The method.
    pub method: Method,
    /// The path template, such as `/v1/chats/{chat_id}/messages`.
    pub path: &'a str,
    /// The `operationId`, if present.
    pub id: Option<&'a str>,
    /// The parameters, including those of the path item.
    pub parameters: Vec<Parameter<'a>>,
    /// The request body, if the operation has one.
    pub request_body: Option<RequestBody<'a>>,
    /// The documented responses, sorted by status.
    pub responses: Vec<Response<'a>>,
    /// The operation object, for example to read its extensions and `security`.
    pub value: &'a Value,
    /// The location of the operation object.
    pub pointer: Pointer,
}

impl<'a> Operation<'a> {
    /// Returns the response documented for `status`: an exact code takes precedence over a
    /// range, and a range over the default.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response<'a>> {
        let with = |pattern| self.responses.iter().find(|it| it.status == pattern);
        let range = u8::try_from(status / 100).ok();
        with(StatusPattern::Code(status))
            .or_else(|| with(StatusPattern::Range(range?)))
            .or_else(|| with(StatusPattern::Default))
    }
}

/// One parameter of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parameter<'a> {
    /// The name, case-sensitive except for headers.
    pub name: &'a str,
    /// The part of the request that holds the parameter.
    pub location: ParameterLocation,
    /// `true` if the parameter is required; always `true` for a path parameter.
    pub required: bool,
    /// The schema with references unresolved, or `None` if `content` is used instead.
    pub schema: Option<&'a Value>,
    /// The parameter object.
    pub value: &'a Value,
    /// The location of the parameter object, after its reference is resolved.
    pub pointer: Pointer,
}

impl Parameter<'_> {
    /// Returns `true` for the header parameters that OpenAPI ignores: `Accept`, `Authorization` and
    /// `Content-Type`. Other parts of the document describe them.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        let ignored = ["accept", "authorization", "content-type"];
        let is_named = |name: &str| self.name.eq_ignore_ascii_case(name);
        self.location == ParameterLocation::Header && ignored.into_iter().any(is_named)
    }
}

/// The part of the request that holds a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterLocation {
    /// A `{name}` of the path template.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

impl ParameterLocation {
    /// Returns the name used in documents: `path`, `query`, `header` or `cookie`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    /// Returns the location with this name, or `None` if the name is not valid.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Path, Self::Query, Self::Header, Self::Cookie]
            .into_iter()
            .find(|location| location.as_str() == name)
    }
}

impl fmt::Display for ParameterLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The request body of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestBody<'a> {
    /// `true` if the body is required.
    pub required: bool,
    /// The accepted media types, sorted by name.
    pub content: Vec<MediaType<'a>>,
    /// The request body object.
    pub value: &'a Value,
    /// The location of the request body object, after its reference is resolved.
    pub pointer: Pointer,
}

/// One documented response of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<'a> {
    /// The documented status or range of statuses.
    pub status: StatusPattern,
    /// The possible media types, sorted by name; empty for a response without a body.
    pub content: Vec<MediaType<'a>>,
    /// The response object.
    pub value: &'a Value,
    /// The location of the response object, after its reference is resolved.
    pub pointer: Pointer,
}

/// The status or range of statuses that a response documents.
///
/// The order is from the most specific to the least specific.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusPattern {
    /// One status, from 100 to 599.
    Code(u16),
    /// All statuses with this first digit, such as 4 for `4XX`.
    Range(u8),
    /// Every status without another response.
    Default,
}

impl StatusPattern {
    /// Returns `true` if the pattern covers `status`.
    #[must_use]
    pub fn covers(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Range(digit) => u16::from(digit) == status / 100,
            Self::Default => true,
        }
    }

    /// Returns `true` if the pattern covers only successful statuses, from 200 to 299.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::Code(200..=299) | Self::Range(2))
    }

    /// Parses the key of a response, such as `200`, `4XX` or `default`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        let &[first @ b'1'..=b'5', second, third] = key.as_bytes() else {
            return None;
        };
        let digit = first - b'0';
        match (second, third) {
            (b'X' | b'x', b'X' | b'x') => Some(Self::Range(digit)),
            (b'0'..=b'9', b'0'..=b'9') => key.parse().ok().map(Self::Code),
            _ => None,
        }
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(formatter, "{code}"),
            Self::Range(digit) => write!(formatter, "{digit}XX"),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// One media type of a body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MediaType<'a> {
    /// The name as written in the document, such as `application/json`.
    pub name: &'a str,
    /// The schema with references unresolved, if there is one.
    pub schema: Option<&'a Value>,
    /// The media type object.
    pub value: &'a Value,
    /// The location of the media type object.
    pub pointer: Pointer,
}

/// An HTTP method that OpenAPI supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // The names are the documentation.
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// All methods, in order.
    pub const ALL: [Method; 8] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Options,
        Self::Head,
        Self::Patch,
        Self::Trace,
    ];

    /// Returns the name used in HTTP, such as `GET`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }

    /// Returns the key used in OpenAPI documents, such as `get`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Options => "options",
            Self::Head => "head",
            Self::Patch => "patch",
            Self::Trace => "trace",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_pattern_parses_codes_ranges_and_default() {
        assert_eq!(
            StatusPattern::from_key("200"),
            Some(StatusPattern::Code(200))
        );
        assert_eq!(
            StatusPattern::from_key("4XX"),
            Some(StatusPattern::Range(4))
        );
        assert_eq!(
            StatusPattern::from_key("default"),
            Some(StatusPattern::Default)
        );
        for key in ["", "20", "2000", "0XX", "600", "2X0", "+20", "ok", "۲۰۰"] {
            assert_eq!(StatusPattern::from_key(key), None, "{key}");
        }
    }

    #[test]
    fn status_pattern_covers_its_statuses_and_displays_as_its_key() {
        for (pattern, covered, not_covered, key) in [
            (StatusPattern::Code(404), 404, 400, "404"),
            (StatusPattern::Range(4), 499, 500, "4XX"),
        ] {
            assert!(pattern.covers(covered));
            assert!(!pattern.covers(not_covered));
            assert_eq!(pattern.to_string(), key);
            assert_eq!(StatusPattern::from_key(key), Some(pattern));
        }
        assert!(StatusPattern::Default.covers(599));
    }

    #[test]
    fn method_key_is_the_lowercase_name() {
        for method in Method::ALL {
            assert_eq!(method.to_string(), method.as_str());
            assert_eq!(method.key().to_uppercase(), method.as_str());
        }
    }
}
