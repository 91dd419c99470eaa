//! What goes over the wire, with all that does not matter there taken away.
//!
//! A [`WireShape`] is read from a document. Names of schemas and operations, prose,
//! titles, examples and order are gone; references are followed, recursive ones
//! included; and the many spellings of one meaning are read as the same thing: both
//! styles of null, `const`, `allOf` of one, lists of types, both styles of exclusive
//! bounds. Two documents that describe the same wire have equal shapes, and
//! [`compare`](crate::difference::compare) tells the difference of two that do not.
//!
//! What is deliberately looser than JSON Schema: the objects of an `anyOf` or a
//! `oneOf` are united into one, whose members are required where every one of them
//! requires it; a vocabulary beside a plain text is a text; formats other than
//! `binary` say nothing; `default: null` says nothing; an absent
//! `additionalProperties` and one that takes anything are the same.

mod bound;
mod canonical;
pub(crate) mod describe;
mod intersect;
mod operations;
mod read;
mod record;
mod schema;
mod unite;

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::{Document, Error, Method, ParameterLocation, Pointer, StatusPattern};

pub use bound::{Bound, Number};
pub(crate) use canonical::classes;

/// Where a [`ValueShape`] stands in its [`WireShape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(pub(crate) usize);

/// The operations of a service as they look on the wire.
#[derive(Clone, Debug, Default)]
pub struct WireShape {
    pub(crate) operations: BTreeMap<OperationKey, OperationShape>,
    pub(crate) values: Vec<ValueShape>,
}

/// What an operation is known by: its method, and its path without the names in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OperationKey {
    pub(crate) path: String,
    pub(crate) method: Method,
}

/// One operation on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationShape {
    /// Its method.
    pub method: Method,
    /// Its path, as the document writes it.
    pub path: String,
    /// Whether its users are told to leave it.
    pub deprecated: bool,
    /// Who may call it, one text a way; `None` where the document says nothing at all.
    pub security: Option<BTreeSet<String>>,
    /// Its parameters, by where they stand and what tells them apart there.
    pub parameters: BTreeMap<(ParameterLocation, String), ParameterShape>,
    /// What it takes as a body.
    pub body: Option<BodyShape>,
    /// What it answers.
    pub answers: BTreeMap<StatusPattern, AnswerShape>,
}

/// One parameter, or one header of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParameterShape {
    /// Its name, as the document writes it.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Whether its users are told to leave it.
    pub deprecated: bool,
    /// How lists and objects are written in it.
    pub style: String,
    /// What it holds.
    pub value: ShapeId,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyShape {
    /// Whether it must be there.
    pub required: bool,
    /// What it holds, by media type.
    pub content: BTreeMap<String, ShapeId>,
}

/// The answer with one status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerShape {
    /// Its headers, by their names in lower case.
    pub headers: BTreeMap<String, ParameterShape>,
    /// What it holds, by media type.
    pub content: BTreeMap<String, ShapeId>,
}

/// The values that can stand at a place, by their types in JSON.
///
/// A type that cannot stand there is `None` or `false`; where any value can, all are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ValueShape {
    /// Whether null can.
    pub null: bool,
    /// Truth values: these, or both where none is named.
    pub boolean: Option<BTreeSet<bool>>,
    /// Numbers.
    pub number: Option<NumberShape>,
    /// Texts.
    pub text: Option<TextShape>,
    /// Arrays.
    pub array: Option<ArrayShape>,
    /// Objects.
    pub object: Option<ObjectShape>,
    /// What a missing value means, as JSON.
    pub default: Option<String>,
    /// Rules that no other field has a place for.
    pub rules: BTreeSet<Rule>,
    /// Where the document describes it; not part of the shape.
    pub(crate) origin: Origin,
}

/// A place in a document that takes no part in comparisons.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin(pub(crate) Option<Pointer>);

/// Which numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct NumberShape {
    /// Whether they have no fraction.
    pub whole: bool,
    /// The only ones, where any is named.
    pub values: BTreeSet<Number>,
    /// The lowest.
    pub minimum: Option<Bound>,
    /// The highest.
    pub maximum: Option<Bound>,
}

/// Which texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TextShape {
    /// The only ones, where any is named.
    pub values: BTreeSet<String>,
    /// Regular expressions that all match.
    pub patterns: BTreeSet<String>,
    /// The smallest number of characters; 0 is said as `None`.
    pub min_length: Option<u64>,
    /// The largest number of characters.
    pub max_length: Option<u64>,
    /// Whether they are bytes, as in a file of a form.
    pub binary: bool,
}

/// Which arrays.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ArrayShape {
    /// What they hold.
    pub items: ShapeId,
    /// The smallest number of items; 0 is said as `None`.
    pub min_items: Option<u64>,
    /// The largest number of items.
    pub max_items: Option<u64>,
}

/// Which objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ObjectShape {
    /// The members that are named.
    pub members: BTreeMap<String, Member>,
    /// The members that are not.
    pub others: Others,
    /// The smallest number of members; 0 is said as `None`.
    pub min_members: Option<u64>,
    /// The largest number of members.
    pub max_members: Option<u64>,
}

/// A named member of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Member {
    /// Whether it must be there.
    pub required: bool,
    /// What it holds.
    pub value: ShapeId,
}

/// What members that are not named can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Others {
    /// Anything, whether the document says so or says nothing.
    #[default]
    Anything,
    /// There are none.
    Nothing,
    /// Each this.
    Each(ShapeId),
}

/// A rule of JSON Schema that is compared as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Rule {
    /// Its keyword.
    pub keyword: String,
    /// What it says, as JSON, where it holds no schemas.
    pub value: String,
    /// The schemas it holds, by name or number.
    pub values: BTreeMap<String, ShapeId>,
}

impl WireShape {
    /// Reads the wire shape of a document.
    ///
    /// # Errors
    ///
    /// As [`Document::operations`]; and [`Error::is_reference`] for a schema that refers
    /// to itself for the same value, [`Error::is_structure`] for a keyword of the wrong
    /// type, [`Error::is_unsupported`] for what changes the meaning of references and
    /// for schemas too entangled to be read.
    pub fn read(document: &Document) -> Result<WireShape, Error> {
        operations::read(document)
    }

    /// Puts two services beside each other, as where one gateway has several contracts.
    ///
    /// Of an operation that both have, this one's is kept.
    #[must_use]
    pub fn or(mut self, other: &WireShape) -> WireShape {
        let offset = self.values.len();
        let moved = |id: ShapeId| ShapeId(id.0 + offset);
        self.values.extend(other.values.iter().map(|value| {
            let mut value = value.clone();
            value.map_ids(moved);
            value
        }));
        for (key, operation) in &other.operations {
            if !self.operations.contains_key(key) {
                let mut operation = operation.clone();
                operation.map_ids(moved);
                self.operations.insert(key.clone(), operation);
            }
        }
        self
    }

    /// Gives every operation, sorted by path and method.
    pub fn operations(&self) -> impl Iterator<Item = &OperationShape> {
        self.operations.values()
    }

    /// Finds the operation that is the same on the wire, whatever its parameters are called.
    #[must_use]
    pub fn operation(&self, method: Method, path: &str) -> Option<&OperationShape> {
        self.operations.get(&OperationKey::new(method, path))
    }

    /// Gives the values that can stand where `id` says.
    ///
    /// An id of another wire shape gives some other value, or nothing at all.
    #[must_use]
    pub fn value(&self, id: ShapeId) -> &ValueShape {
        static NOTHING: ValueShape = ValueShape::nothing();
        self.values.get(id.0).unwrap_or(&NOTHING)
    }

    /// Tells where in the document the value was described, where it was read from one.
    #[must_use]
    pub fn origin(&self, id: ShapeId) -> Option<&Pointer> {
        self.value(id).origin.0.as_ref()
    }

    /// Says in a few words which values these are.
    #[must_use]
    pub fn describe(&self, id: ShapeId) -> String {
        describe::value(self, id, true)
    }
}

impl OperationKey {
    pub(crate) fn new(method: Method, path: &str) -> OperationKey {
        let path = path.split('/').map(|segment| match segment {
            _ if segment.starts_with('{') && segment.ends_with('}') => "{}",
            plain => plain,
        });
        OperationKey {
            path: path.collect::<Vec<_>>().join("/"),
            method,
        }
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Origin) -> bool {
        true
    }
}

impl Eq for Origin {}

impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Origin) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Origin {
    fn cmp(&self, _: &Origin) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl std::hash::Hash for Origin {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}
