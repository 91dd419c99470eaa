//! What two wire shapes do not have in common.

mod class;
mod operations;
mod place;
mod values;

use std::fmt;

use crate::{ShapeId, WireShape};
use basalam_chat_openapi::Pointer;

pub use class::Class;
pub use place::{Part, Place, Step};

/// One thing that two wire shapes do not have in common.
///
/// `Display` gives its class, its place and its statement in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Where it is.
    pub place: Place,
    /// What is different there.
    pub kind: Kind,
    /// What it would mean for those who use this side to go over to the other.
    pub class: Class,
    /// What this side has there; `None` where it has nothing.
    pub here: Option<String>,
    /// What the other side has there; `None` where it has nothing.
    pub there: Option<String>,
    /// What the other side would have one put there, where it is something to take over.
    pub(crate) offer: Option<Offer>,
    /// Where the other side's document describes what holds it.
    pub(crate) source: Option<Pointer>,
}

/// Something that the other side has, and this one could take over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A whole operation.
    Operation,
    /// A parameter, found in the other side's operation under this key.
    Parameter(String),
    /// A member of an object.
    Value {
        /// Whether it must be there.
        required: bool,
        /// What it holds, in the other wire shape.
        value: ShapeId,
    },
    /// A value of a vocabulary.
    Text(String),
}

/// The kinds of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An operation that one side lacks.
    Operation,
    /// Whether users are told to leave it.
    Deprecated,
    /// Who may call it.
    Security,
    /// A parameter that one side lacks.
    Parameter,
    /// How lists and objects are written in a parameter.
    Style,
    /// Whether it must be there.
    Required,
    /// A body that one side lacks.
    Body,
    /// A media type that one side lacks.
    MediaType,
    /// A status that one side lacks.
    Answer,
    /// A header of an answer that one side lacks.
    Header,
    /// The types of the value.
    Type,
    /// Whether null is a value.
    Null,
    /// A value of a vocabulary that one side lacks.
    Value,
    /// Whether the values are listed.
    Values,
    /// The regular expression that it matches.
    Pattern,
    /// Whether it is bytes.
    Binary,
    /// The lowest number.
    Minimum,
    /// The highest number.
    Maximum,
    /// The smallest number of characters.
    MinLength,
    /// The largest number of characters.
    MaxLength,
    /// The smallest number of items.
    MinItems,
    /// The largest number of items.
    MaxItems,
    /// The smallest number of members.
    MinMembers,
    /// The largest number of members.
    MaxMembers,
    /// A member that one side does not name.
    Member,
    /// The members that are not named.
    Others,
    /// What a missing value means.
    Default,
    /// A rule that is compared as a whole.
    Rule,
    /// More than can be listed.
    Incomplete,
}

impl Kind {
    /// Gives the name for programs, which stays the same from release to release.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Operation => "operation",
            Kind::Deprecated => "deprecated",
            Kind::Security => "security",
            Kind::Parameter => "parameter",
            Kind::Style => "style",
            Kind::Required => "required",
            Kind::Body => "body",
            Kind::MediaType => "media-type",
            Kind::Answer => "answer",
            Kind::Header => "header",
            Kind::Type => "type",
            Kind::Null => "null",
            Kind::Value => "value",
            Kind::Values => "values",
            Kind::Pattern => "pattern",
            Kind::Binary => "binary",
            Kind::Minimum => "minimum",
            Kind::Maximum => "maximum",
            Kind::MinLength => "min-length",
            Kind::MaxLength => "max-length",
            Kind::MinItems => "min-items",
            Kind::MaxItems => "max-items",
            Kind::MinMembers => "min-members",
            Kind::MaxMembers => "max-members",
            Kind::Member => "member",
            Kind::Others => "other-members",
            Kind::Default => "default",
            Kind::Rule => "rule",
            Kind::Incomplete => "incomplete",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Difference {
    /// Says what is different, without the place: the same text for the same difference.
    #[must_use]
    pub fn statement(&self) -> String {
        match (&self.here, &self.there) {
            (Some(what), _) if self.kind == Kind::Incomplete => what.clone(),
            (Some(here), Some(there)) => format!("{here} here, {there} there"),
            (Some(here), None) => format!("only here: {here}"),
            (None, Some(there)) => format!("only there: {there}"),
            (None, None) => self.kind.to_string(),
        }
    }

    /// Gives what could be taken over from the other side.
    #[must_use]
    pub fn offer(&self) -> Option<&Offer> {
        self.offer.as_ref()
    }

    /// Tells where the other side's document describes the value that an offered member or text is
    /// in, where it was read from a document.
    #[must_use]
    pub fn source(&self) -> Option<&Pointer> {
        self.source.as_ref()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:<8}  {}: {}",
            self.class.as_str(),
            self.place,
            self.statement()
        )
    }
}

/// Tells what would change on the wire for those who go over from `here` to `there`.
///
/// The differences come sorted by operation and place. What only one side has is listed once,
/// without what is inside of it. A comparison that finds more than it can list says so in a
/// difference of the kind [`Kind::Incomplete`], and is never silent about it.
///
/// ```
/// use basalam_chat_drift::{WireShape, difference::{Class, compare}};
/// use basalam_chat_openapi::Document;
/// use serde_json::json;
///
/// # fn main() -> Result<(), basalam_chat_openapi::Error> {
/// let shape = |answer| WireShape::read(&Document::from_value(json!({
///     "openapi": "3.1.0",
///     "paths": {"/chats": {"get": {"responses": {"200": {"content": {"application/json": {
///         "schema": {"type": "object", "properties": {"title": answer}}
///     }}}}}}}
/// }))?);
/// let here = shape(json!({"type": "string"}))?;
/// let there = shape(json!({"anyOf": [{"type": "string"}, {"type": "null"}]}))?;
///
/// let differences = compare(&here, &there);
/// assert_eq!(differences[0].place.to_string(), "GET /chats → 200 → title");
/// assert_eq!(differences[0].statement(), "never null here, may be null there");
/// assert_eq!(differences[0].class, Class::Breaking);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn compare(here: &WireShape, there: &WireShape) -> Vec<Difference> {
    operations::compare(here, there)
}

/// Pairs the values of two wire shapes that are the same but for null and a default.
#[must_use]
pub fn alike(here: &WireShape, there: &WireShape) -> Vec<(ShapeId, ShapeId)> {
    operations::alike(here, there)
}
