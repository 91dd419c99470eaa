//! Operations and their parts, references followed.

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
    /// The `operationId`, where there is one.
    pub id: Option<&'a str>,
    /// The parameters, those of the path item included.
    pub parameters: Vec<Parameter<'a>>,
    /// The request body, where the operation takes one.
    pub request_body: Option<RequestBody<'a>>,
    /// The documented answers, by status.
    pub responses: Vec<Response<'a>>,
    /// The operation object, for its extensions, `security` and prose.
    pub value: &'a Value,
    /// The place of the operation object.
    pub pointer: Pointer,
}

impl<'a> Operation<'a> {
    /// Gives the answer that documents `status`: an exact code before a range, a range
    /// before the default.
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
    /// The name; case matters except for headers.
    pub name: &'a str,
    /// Where the parameter stands in the request.
    pub location: ParameterLocation,
    /// Whether it must be given; always true for a path parameter.
    pub required: bool,
    /// The schema as it stands, or `None` where `content` takes its place.
    pub schema: Option<&'a Value>,
    /// The parameter object.
    pub value: &'a Value,
    /// The place of the parameter object, its reference followed.
    pub pointer: Pointer,
}

/// Where a parameter stands in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterLocation {
    /// In the path, filling a `{name}` of the template.
    Path,
    /// In the query, after the `?`.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl ParameterLocation {
    /// Gives the name that the document uses: `path`, `query`, `header` or `cookie`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
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

/// The body that an operation takes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestBody<'a> {
    /// Whether the body must be sent.
    pub required: bool,
    /// The media types it may come in, sorted by name.
    pub content: Vec<MediaType<'a>>,
    /// The request body object.
    pub value: &'a Value,
    /// The place of the request body object, its reference followed.
    pub pointer: Pointer,
}

/// One documented answer of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<'a> {
    /// The status or statuses it documents.
    pub status: StatusPattern,
    /// The media types it may come in, sorted by name; empty for an answer without a body.
    pub content: Vec<MediaType<'a>>,
    /// The response object.
    pub value: &'a Value,
    /// The place of the response object, its reference followed.
    pub pointer: Pointer,
}

/// The status or statuses that an answer documents.
///
/// Sorts from the most specific to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusPattern {
    /// One status, from 100 to 599.
    Code(u16),
    /// A hundred of them, named by the first digit: 4 for `4XX`.
    Range(u8),
    /// Every status that is not documented otherwise.
    Default,
}

impl StatusPattern {
    /// Tells whether the pattern covers `status`.
    #[must_use]
    pub fn covers(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Range(digit) => u16::from(digit) == status / 100,
            Self::Default => true,
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
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
    /// The name as the document writes it, such as `application/json`.
    pub name: &'a str,
    /// The schema as it stands, where there is one.
    pub schema: Option<&'a Value>,
    /// The media type object.
    pub value: &'a Value,
    /// The place of the media type object.
    pub pointer: Pointer,
}

/// A method that OpenAPI knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // The names say it all.
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
    /// All methods, in their order.
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

    /// Gives the name as HTTP writes it, such as `GET`.
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

    /// Gives the name as OpenAPI documents write it, such as `get`.
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
    fn status_keys_are_read_as_codes_ranges_and_the_default() {
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
    fn a_pattern_covers_its_statuses_and_prints_as_its_key() {
        for (pattern, covered, missed, key) in [
            (StatusPattern::Code(404), 404, 400, "404"),
            (StatusPattern::Range(4), 499, 500, "4XX"),
        ] {
            assert!(pattern.covers(covered));
            assert!(!pattern.covers(missed));
            assert_eq!(pattern.to_string(), key);
            assert_eq!(StatusPattern::from_key(key), Some(pattern));
        }
        assert!(StatusPattern::Default.covers(599));
    }

    #[test]
    fn method_names_and_keys_are_the_same_word() {
        for method in Method::ALL {
            assert_eq!(method.to_string(), method.as_str());
            assert_eq!(method.key().to_uppercase(), method.as_str());
        }
    }
}
