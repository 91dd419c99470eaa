//! Comparison of two wire shapes.

mod body_diff;
mod comparison;
mod constraint_diff;
mod moves;
mod operation_diff;
mod parameter_diff;
mod severity;
mod value_diff;

use std::fmt;

use basalam_chat_openapi::Pointer;
use heck::ToLowerCamelCase;

use crate::place::Place;
use crate::shape::{ShapeId, WireShape};

pub(crate) use moves::follow;
pub use operation_diff::compare;
pub(crate) use severity::Direction;
pub use severity::Severity;

/// One difference between two wire shapes: the document and the contract.
///
/// `Display` prints severity, place and statement in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The place; its path is that of the document if the document has the operation.
    pub place: Place,
    /// The kind of difference.
    pub kind: Kind,
    /// The effect on clients that move from the document to the contract.
    pub severity: Severity,
    /// A description of what the document has there; `None` if it has nothing.
    pub base: Option<String>,
    /// A description of what the contract has there; `None` if it has nothing.
    pub other: Option<String>,
    /// The addition that would resolve the difference.
    pub addition: Option<Addition>,
    /// The place in the contract that describes the parent of an added property or enum value, if
    /// the contract was read from a document.
    pub source: Option<Pointer>,
    /// The other places of the same difference, if one schema of the document describes them all.
    pub also: Vec<Place>,
}

/// Something that only the contract has, and that can be added to the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    /// A whole operation.
    Operation,
    /// A parameter, with its key in the contract's operation.
    Parameter(String),
    /// A property of an object.
    Property {
        /// `true` if it is required.
        required: bool,
        /// Its value in the contract.
        value: ShapeId,
    },
    /// A string of an enum.
    EnumValue(String),
    /// The deprecation of something that both sides have.
    Deprecation,
}

/// The kinds of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An operation that one side lacks.
    Operation,
    /// An operation or a successful response that only has another path, method or status.
    Moved,
    /// Deprecation on one side only.
    Deprecated,
    /// The security requirements.
    Security,
    /// A parameter that one side lacks.
    Parameter,
    /// The serialization of arrays and objects in a parameter.
    Style,
    /// Required on one side only.
    Required,
    /// A request body that one side lacks.
    Body,
    /// A media type that one side lacks.
    MediaType,
    /// A response status that one side lacks.
    Response,
    /// A response header that one side lacks.
    Header,
    /// The types of a value.
    Type,
    /// Null on one side only.
    Nullable,
    /// An enum value that one side lacks.
    EnumValue,
    /// An enum on one side only.
    Enum,
    /// The regular expression that a string matches.
    Pattern,
    /// Binary data on one side only.
    Binary,
    /// The minimum of a number.
    Minimum,
    /// The maximum of a number.
    Maximum,
    /// The minimum length of a string.
    MinLength,
    /// The maximum length of a string.
    MaxLength,
    /// The minimum number of items.
    MinItems,
    /// The maximum number of items.
    MaxItems,
    /// The minimum number of properties.
    MinProperties,
    /// The maximum number of properties.
    MaxProperties,
    /// A property that one side does not name.
    Property,
    /// The schema of additional properties.
    AdditionalProperties,
    /// The default of a missing value.
    Default,
    /// A keyword that is compared as a whole.
    Rule,
    /// More than can be listed.
    Incomplete,
}

impl Kind {
    /// Returns `true` if nothing inside the place of such a difference is compared.
    pub(crate) fn hides_inner_differences(self) -> bool {
        use Kind::{Body, Header, MediaType, Operation, Parameter, Property, Response, Type};
        let kinds = [
            Body, Header, MediaType, Operation, Parameter, Property, Response, Type,
        ];
        kinds.contains(&self)
    }
}

/// Displays the name, which is the keyword of JSON Schema if there is one.
impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&format!("{self:?}").to_lower_camel_case())
    }
}

impl Difference {
    /// Returns a description of the difference without its place. Equal differences have equal
    /// statements.
    #[must_use]
    pub fn statement(&self) -> String {
        match (&self.base, &self.other) {
            (Some(reason), _) if self.kind == Kind::Incomplete => reason.clone(),
            (_, Some(other)) if self.kind == Kind::Moved => format!("moved to {other}"),
            (Some(base), Some(other)) => changed(base, other),
            (Some(base), None) => only_in_document(base),
            (None, Some(other)) => format!("only in the contract: {other}"),
            (None, None) => self.kind.to_string(),
        }
    }

    /// Returns the place and the statement, without the severity.
    pub(crate) fn line(&self) -> String {
        format!("{}: {}", self.place, self.statement())
    }
}

/// The statement about something that both sides have.
pub(crate) fn changed(base: &str, other: &str) -> String {
    format!("{base} in the document, {other} in the contract")
}

/// The statement about something that only the document has.
pub(crate) fn only_in_document(base: &str) -> String {
    format!("only in the document: {base}")
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:<8}  {}", self.severity.as_str(), self.line())
    }
}

/// Returns the differences between a value of `shapes.0`, the document, and one of `shapes.1`.
pub(crate) fn compare_values(
    shapes: (&WireShape, &WireShape),
    place: &Place,
    values: (ShapeId, ShapeId),
    direction: Direction,
) -> Vec<Difference> {
    let mut comparison = comparison::Comparison::new(shapes.0, shapes.1);
    value_diff::ValueDiff::new(&mut comparison, direction).compare(place, values.0, values.1);
    comparison.finish()
}
