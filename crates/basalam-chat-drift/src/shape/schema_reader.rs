//! Reading schemas into shapes.
//!
//! Shapes refer to their children by id, and the shape of an id is read later: recursive schemas
//! need no recursion here, and each schema is read once.

use std::collections::{BTreeSet, HashMap};

use basalam_chat_openapi::{Document, Error, Pointer, reference_target};
use serde_json::{Map, Value};

use super::operator::{Operator, defaults};
use super::{AdditionalProperties, Origin, ShapeId, ValueShape};

mod keywords;

/// The number of schemas that may apply to one value through `$ref`, `allOf`, `anyOf` and `oneOf`.
const MAX_STEPS: usize = 40;

/// The total number of operands of unions and intersections.
const MAX_OPERANDS: usize = 20_000;

/// The keywords of a schema.
type Keywords = Map<String, Value>;

/// The definition of an id.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Definition {
    Anything,
    /// The schema at a place of the document.
    Schema(Pointer),
    Combination(Operator, BTreeSet<ShapeId>),
}

/// The shapes of a document that is being read.
pub(super) struct SchemaReader<'a> {
    pub(super) document: &'a Document,
    ids: HashMap<Definition, ShapeId>,
    definitions: Vec<Definition>,
    states: Vec<State>,
    operands: usize,
}

enum State {
    Pending,
    InProgress,
    Done(Box<ValueShape>),
}

impl<'a> SchemaReader<'a> {
    pub(super) fn new(document: &'a Document) -> SchemaReader<'a> {
        SchemaReader {
            document,
            ids: HashMap::new(),
            definitions: Vec::new(),
            states: Vec::new(),
            operands: 0,
        }
    }

    /// Returns the id of the schema at a place.
    pub(super) fn schema(&mut self, at: &Pointer) -> ShapeId {
        self.id(Definition::Schema(at.clone()))
    }

    /// Returns the id of the shape that accepts every value.
    pub(super) fn anything(&mut self) -> ShapeId {
        self.id(Definition::Anything)
    }

    /// Reads the shape of every id.
    pub(super) fn finish(mut self) -> Result<Vec<ValueShape>, Error> {
        let mut next = 0;
        // Reading a shape can add ids.
        while next < self.definitions.len() {
            self.shape(ShapeId(next), 0)?;
            next += 1;
        }
        let states = self.states.into_iter().map(|state| match state {
            State::Done(shape) => *shape,
            State::Pending | State::InProgress => ValueShape::nothing(),
        });
        let mut shapes: Vec<ValueShape> = states.collect();
        let anything: Vec<bool> = shapes.iter().map(ValueShape::is_anything).collect();
        for object in shapes.iter_mut().filter_map(|it| it.object.as_mut()) {
            if let AdditionalProperties::Schema(id) = object.additional
                && anything.get(id.0) == Some(&true)
            {
                object.additional = AdditionalProperties::Any;
            }
        }
        Ok(shapes)
    }

    fn id(&mut self, definition: Definition) -> ShapeId {
        if let Some(id) = self.ids.get(&definition) {
            return *id;
        }
        let id = ShapeId(self.definitions.len());
        if let Definition::Combination(_, ids) = &definition {
            self.operands += ids.len();
        }
        self.ids.insert(definition.clone(), id);
        self.definitions.push(definition);
        self.states.push(State::Pending);
        id
    }

    /// Returns the id of the combination of two values.
    pub(super) fn combined_id(
        &mut self,
        operator: Operator,
        left: ShapeId,
        right: ShapeId,
    ) -> ShapeId {
        let anything = self.anything();
        match operator {
            Operator::Union if left == anything || right == anything => return anything,
            Operator::Intersection if left == anything => return right,
            Operator::Intersection if right == anything => return left,
            _ => {}
        }
        let mut ids = BTreeSet::new();
        for id in [left, right] {
            match self.definitions.get(id.0) {
                Some(Definition::Combination(of, operands)) if *of == operator => {
                    ids.extend(operands);
                }
                _ => ids.extend([id]),
            }
        }
        match ids.len() {
            1 => left,
            _ => self.id(Definition::Combination(operator, ids)),
        }
    }

    /// Returns the shape of an id, reading it if necessary.
    fn shape(&mut self, id: ShapeId, steps: usize) -> Result<ValueShape, Error> {
        let place = || match self.definitions.get(id.0) {
            Some(Definition::Schema(at)) => at.clone(),
            _ => Pointer::default(),
        };
        match self.states.get(id.0) {
            Some(State::Done(shape)) => return Ok(shape.as_ref().clone()),
            Some(State::Pending) => {}
            Some(State::InProgress) | None => {
                return Err(Error::reference(
                    &place(),
                    "circular reference for the same value; refer to the schema from a property or an item",
                ));
            }
        }
        if steps == MAX_STEPS || self.operands > MAX_OPERANDS {
            let message = "the combination of schemas here is too complex; write the schema out";
            return Err(Error::unsupported(&place(), message));
        }
        let definition = self.definitions[id.0].clone();
        self.states[id.0] = State::InProgress;
        let shape = match definition {
            Definition::Anything => ValueShape::anything(id),
            Definition::Schema(at) => {
                let document = self.document;
                let schema = at.find(document.root()).ok_or_else(|| {
                    Error::reference(&at, "does not exist; correct the reference to it")
                })?;
                match schema {
                    Value::Bool(true) => ValueShape::anything(self.anything()),
                    Value::Bool(false) => ValueShape::nothing(),
                    Value::Object(keywords) => self.read_keywords(keywords, &at, steps)?,
                    _ => {
                        let message = "must be a schema, which is an object";
                        return Err(Error::structure(&at, message));
                    }
                }
            }
            Definition::Combination(operator, ids) => self.fold(operator, &ids, steps)?,
        };
        self.states[id.0] = State::Done(Box::new(shape.clone()));
        Ok(shape)
    }

    fn fold(
        &mut self,
        operator: Operator,
        ids: &BTreeSet<ShapeId>,
        steps: usize,
    ) -> Result<ValueShape, Error> {
        let mut folded: Option<ValueShape> = None;
        for id in ids {
            let shape = self.shape(*id, steps + 1)?;
            folded = Some(match folded {
                Some(so_far) => self.combine(operator, so_far, shape),
                None => shape,
            });
        }
        Ok(folded.unwrap_or(ValueShape::nothing()))
    }

    /// Keywords next to `$ref` apply in OpenAPI 3.0 too, as their authors expect.
    fn read_keywords(
        &mut self,
        keywords: &Keywords,
        at: &Pointer,
        steps: usize,
    ) -> Result<ValueShape, Error> {
        let is_reference = keywords.len() == 1 && keywords.contains_key("$ref");
        let mut shape = match is_reference {
            true => ValueShape::nothing(),
            false => self.local_keywords(keywords, at)?,
        };
        shape.origin = Origin(Some(at.clone()));
        if let Some(reference) = keywords.get("$ref") {
            let place = reference_target(reference, &at.child("$ref"))?;
            if place.find(self.document.root()).is_none() {
                let message =
                    format!("\"#{place}\" does not exist; correct the reference or add its target");
                return Err(Error::reference(&at.child("$ref"), message));
            }
            let id = self.schema(&place);
            let mut target = self.shape(id, steps + 1)?;
            if !is_reference {
                let origin = target.origin.clone();
                target = self.combine(Operator::Intersection, shape, target);
                target.origin = origin;
            }
            shape = target;
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(choices) = keywords.get(keyword) else {
                continue;
            };
            let at = at.child(keyword);
            let Some(choices) = choices.as_array().filter(|choices| !choices.is_empty()) else {
                let message = "must be an array of schemas with at least one";
                return Err(Error::structure(&at, message));
            };
            let mut folded: Option<ValueShape> = None;
            for index in 0..choices.len() {
                let id = self.schema(&at.child(index));
                let choice = self.shape(id, steps + 1)?;
                folded = Some(match (folded, keyword) {
                    (None, _) => choice,
                    (Some(mut so_far), "allOf") => {
                        // The order of the schemas has no meaning.
                        so_far.default = defaults(so_far.default, choice.default.clone());
                        self.combine(Operator::Intersection, so_far, choice)
                    }
                    (Some(so_far), _) => self.combine(Operator::Union, so_far, choice),
                });
            }
            if let Some(folded) = folded {
                shape = self.combine(Operator::Intersection, shape, folded);
            }
        }
        // Accepted in both versions, because the intention is clear.
        if keywords.get("nullable") == Some(&Value::Bool(true)) {
            shape.nullable = true;
        }
        Ok(shape)
    }
}
