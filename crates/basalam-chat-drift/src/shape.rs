//! The wire shape of a service: everything that clients can observe, and nothing else.
//!
//! A [`WireShape`] is read from a document. Names of schemas and operations, descriptions, titles,
//! examples and order are dropped; references are followed, including recursive ones; equivalent
//! spellings are normalized: both styles of null, `const`, `allOf` with one schema, lists of types,
//! both styles of exclusive bounds. The path of a server is part of the paths of its operations. The
//! headers that OpenAPI ignores are ignored. Two documents that describe the same wire have equal shapes,
//! and [`compare`](crate::difference::compare) lists the differences of two shapes.
//!
//! Reading is deliberately looser than JSON Schema: the objects of an `anyOf` or a `oneOf` are
//! merged into one, in which a property is required if all of them require it; the union of an enum
//! and a plain string is a string; formats other than `binary` are ignored, and so is `default:
//! null`; a missing `additionalProperties` is the same as one that accepts anything.

mod canonical;
mod combination;
mod describe;
mod ids;
mod not_compared;
mod number;
mod operator;
mod origin;
mod path;
mod read;
mod schema_reader;
mod similarity;
mod string_keys;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use basalam_chat_openapi::{Document, Error, Method, ParameterLocation, Pointer, StatusPattern};
use serde::{Deserialize, Serialize};

pub(crate) use canonical::{canonicalize, equivalence_classes};
pub(crate) use describe::{describe_bound, describe_types, join};
pub use number::{Bound, Number};
use origin::Origin;
pub(crate) use path::{parameter_names, server_path, without_names};
pub(crate) use read::{NO_AUTHORIZATION, media_type_name};
pub(crate) use similarity::similarity;

/// The index of a [`ValueShape`] in its [`WireShape`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(pub(crate) usize);

/// The operations of a service as seen on the wire.
#[derive(Clone, Debug, Default)]
pub struct WireShape {
    pub(crate) operations: BTreeMap<OperationKey, OperationShape>,
    pub(crate) values: Vec<ValueShape>,
    /// The number of constructs that are not compared, by keyword.
    pub(crate) not_compared: BTreeMap<String, usize>,
}

/// The identity of an operation: its method, and its path without parameter names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OperationKey {
    pub(crate) path: String,
    pub(crate) method: Method,
}

/// An operation on the wire. `Id` refers to a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OperationShape<Id = ShapeId> {
    /// The method.
    #[serde(with = "string_keys::as_string")]
    pub method: Method,
    /// The path of the server, followed by the path as the document writes it.
    pub path: String,
    /// `true` if the operation is deprecated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// The alternative security requirements; `None` if the document does not define any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub security: Option<BTreeSet<String>>,
    /// The parameters, by location and key: the position of a path parameter among all of them, or
    /// the name of any other.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        with = "string_keys::map"
    )]
    pub parameters: BTreeMap<(ParameterLocation, String), ParameterShape<Id>>,
    /// The request body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyShape<Id>>,
    /// The documented responses.
    #[serde(with = "string_keys::map")]
    pub responses: BTreeMap<StatusPattern, ResponseShape<Id>>,
}

/// A parameter, or a header of a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ParameterShape<Id = ShapeId> {
    /// The name as the document writes it.
    pub name: String,
    /// `true` if it is required.
    pub required: bool,
    /// `true` if it is deprecated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// The serialization of arrays and objects, such as `form, exploded`.
    pub style: String,
    /// Its value.
    pub value: Id,
}

/// A request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BodyShape<Id = ShapeId> {
    /// `true` if it is required.
    pub required: bool,
    /// Its value, by media type.
    pub content: BTreeMap<String, Id>,
}

/// The response with one status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ResponseShape<Id = ShapeId> {
    /// Its headers, by lower-case name.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, ParameterShape<Id>>,
    /// Its value, by media type.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub content: BTreeMap<String, Id>,
}

/// The values that are valid at a place, by JSON type.
///
/// A type that is not valid there is `None` or `false`; if any value is valid, all are present.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    bound(deserialize = "Id: Deserialize<'de> + Default + Ord")
)]
#[non_exhaustive]
pub struct ValueShape<Id = ShapeId> {
    /// `true` if null is valid.
    #[serde(default, skip_serializing_if = "is_default")]
    pub nullable: bool,
    /// `true` if the value is deprecated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// The valid booleans; both if the set is empty.
    #[serde(default, skip_serializing_if = "is_default")]
    pub boolean: Option<BTreeSet<bool>>,
    /// The valid numbers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub number: Option<NumberShape>,
    /// The valid strings.
    #[serde(default, skip_serializing_if = "is_default")]
    pub string: Option<StringShape>,
    /// The valid arrays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub array: Option<ArrayShape<Id>>,
    /// The valid objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectShape<Id>>,
    /// The default of a missing value, as JSON; the different defaults of alternatives are lines.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<String>,
    /// All other keywords.
    #[serde(default = "BTreeSet::new", skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<Rule<Id>>,
    #[serde(skip)]
    pub(crate) origin: Origin,
}

/// The constraints on numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct NumberShape {
    /// `true` if only integers are valid.
    #[serde(skip_serializing_if = "is_default")]
    pub integer: bool,
    /// The only valid numbers; any if the set is empty.
    #[serde(skip_serializing_if = "is_default")]
    pub values: BTreeSet<Number>,
    /// The lower bound.
    #[serde(skip_serializing_if = "is_default")]
    pub minimum: Option<Bound>,
    /// The upper bound.
    #[serde(skip_serializing_if = "is_default")]
    pub maximum: Option<Bound>,
}

/// The constraints on strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StringShape {
    /// The only valid strings; any if the set is empty.
    #[serde(skip_serializing_if = "is_default")]
    pub values: BTreeSet<String>,
    /// Regular expressions that must all match.
    #[serde(skip_serializing_if = "is_default")]
    pub patterns: BTreeSet<String>,
    /// The minimum length in characters; `None` for 0.
    #[serde(skip_serializing_if = "is_default")]
    pub min_length: Option<u64>,
    /// The maximum length in characters.
    #[serde(skip_serializing_if = "is_default")]
    pub max_length: Option<u64>,
    /// `true` for binary data, such as a file in a form.
    #[serde(skip_serializing_if = "is_default")]
    pub binary: bool,
}

/// The constraints on arrays.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ArrayShape<Id = ShapeId> {
    /// The shape of each item.
    pub items: Id,
    /// The minimum number of items; `None` for 0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min_items: Option<u64>,
    /// The maximum number of items.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max_items: Option<u64>,
}

/// The constraints on objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ObjectShape<Id = ShapeId> {
    /// The named properties.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, PropertyShape<Id>>,
    /// The schema of all other properties.
    #[serde(default, skip_serializing_if = "AdditionalProperties::is_any")]
    pub additional: AdditionalProperties<Id>,
    /// The minimum number of properties; `None` for 0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min_properties: Option<u64>,
    /// The maximum number of properties.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max_properties: Option<u64>,
}

/// A named property of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PropertyShape<Id = ShapeId> {
    /// `true` if it is required.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// Its value.
    pub value: Id,
}

/// The schema of the properties of an object that are not listed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AdditionalProperties<Id = ShapeId> {
    /// Any value; also if the document does not mention them.
    #[default]
    Any,
    /// Not allowed.
    Forbidden,
    /// Values of this shape.
    Schema(Id),
}

/// A keyword of JSON Schema that is compared as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule<Id = ShapeId> {
    /// The keyword.
    pub keyword: String,
    /// Its value as JSON, if it contains no schemas.
    pub value: String,
    /// Its schemas, by name or index.
    pub schemas: BTreeMap<String, Id>,
}

impl WireShape {
    /// Reads the wire shape of a document.
    ///
    /// # Errors
    ///
    /// Those of [`Document::operations`]; [`Error::is_reference`] for a schema that refers to
    /// itself for the same value, [`Error::is_structure`] for a keyword of the wrong type,
    /// [`Error::is_unsupported`] for keywords that change the meaning of references and for
    /// combinations of schemas that are too complex.
    pub fn read(document: &Document) -> Result<WireShape, Error> {
        read::read(document)
    }

    /// Adds the operations of `other` that this service does not have.
    #[must_use]
    pub fn merge(mut self, other: &WireShape) -> WireShape {
        for (keyword, count) in &other.not_compared {
            *self.not_compared.entry(keyword.clone()).or_default() += count;
        }
        let offset = self.values.len();
        self.values.extend(other.values_from(offset));
        for (key, operation) in &other.operations {
            let moved = || operation.map_ids(|id| ShapeId(id.0 + offset));
            self.operations.entry(key.clone()).or_insert_with(moved);
        }
        self
    }

    /// Returns the values with ids that start at `offset`.
    pub(crate) fn values_from(&self, offset: usize) -> impl Iterator<Item = ValueShape> {
        let values = self.values.iter();
        values.map(move |value| value.map_ids(|id| ShapeId(id.0 + offset)))
    }

    /// Returns every operation, sorted by path and method.
    pub fn operations(&self) -> impl Iterator<Item = &OperationShape> {
        self.operations.values()
    }

    /// Returns the operation with this method and path, ignoring the names of path parameters.
    #[must_use]
    pub fn operation(&self, method: Method, path: &str) -> Option<&OperationShape> {
        self.operations.get(&OperationKey::new(method, path))
    }

    /// Returns the value with this id.
    ///
    /// An id of another wire shape returns an unrelated value, or one that accepts nothing.
    #[must_use]
    pub fn value(&self, id: ShapeId) -> &ValueShape {
        static NOTHING: LazyLock<ValueShape> = LazyLock::new(ValueShape::nothing);
        self.values.get(id.0).unwrap_or(&NOTHING)
    }

    /// Returns the place in the document that describes the value, if it was read from one.
    #[must_use]
    pub fn origin(&self, id: ShapeId) -> Option<&Pointer> {
        self.value(id).origin.0.as_ref()
    }

    /// Returns a short description of the value.
    #[must_use]
    pub fn describe(&self, id: ShapeId) -> String {
        describe::describe(self, id, true)
    }
}

impl OperationKey {
    pub(crate) fn new(method: Method, path: &str) -> OperationKey {
        let path = without_names(path);
        OperationKey { path, method }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
