//! Reading schemas into shapes.
//!
//! A shape refers to others by their ids, and what an id stands for is worked out later: so
//! recursion in the document needs none here, and each schema is read once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::intersect::intersect;
use super::unite::unite;
use super::{Origin, Others, ShapeId, ValueShape};
use basalam_chat_openapi::{Document, Error, Pointer, reference_target};

mod keywords;

/// How many schemas may apply to one value through `$ref`, `allOf`, `anyOf` and `oneOf`.
const MAX_STEPS: usize = 40;

/// How much may be united and intersected in all, counted by what goes into it.
const MAX_DERIVED: usize = 20_000;

/// What an id stands for.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Meaning {
    Anything,
    /// The schema at a place of the document.
    Schema(Pointer),
    /// What fits one of these or more.
    Union(BTreeSet<ShapeId>),
    /// What fits all of these.
    Intersection(BTreeSet<ShapeId>),
}

/// The shapes of a document while they are read.
pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    ids: HashMap<Meaning, ShapeId>,
    meanings: Vec<Meaning>,
    read: Vec<State>,
    derived: usize,
}

enum State {
    Waiting,
    Open,
    Read(Box<ValueShape>),
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a Document) -> Reader<'a> {
        Reader {
            document,
            ids: HashMap::new(),
            meanings: Vec::new(),
            read: Vec::new(),
            derived: 0,
        }
    }

    /// The id of the schema at a place.
    pub(super) fn schema(&mut self, at: &Pointer) -> ShapeId {
        self.id(Meaning::Schema(at.clone()))
    }

    /// The id of what every value fits.
    pub(super) fn anything(&mut self) -> ShapeId {
        self.id(Meaning::Anything)
    }

    /// Works out what every id stands for.
    pub(super) fn finish(mut self) -> Result<Vec<ValueShape>, Error> {
        let mut next = 0;
        // The list grows while it is worked on.
        while next < self.meanings.len() {
            self.shape(ShapeId(next), 0)?;
            next += 1;
        }
        let read = self.read.into_iter().map(|state| match state {
            State::Read(shape) => *shape,
            State::Waiting | State::Open => ValueShape::nothing(),
        });
        let mut shapes: Vec<ValueShape> = read.collect();
        let anything: Vec<bool> = shapes.iter().map(ValueShape::is_anything).collect();
        for object in shapes.iter_mut().filter_map(|it| it.object.as_mut()) {
            // A schema that takes anything is as good as none.
            if let Others::Each(id) = object.others
                && anything.get(id.0) == Some(&true)
            {
                object.others = Others::Anything;
            }
        }
        Ok(shapes)
    }

    fn id(&mut self, meaning: Meaning) -> ShapeId {
        if let Some(id) = self.ids.get(&meaning) {
            return *id;
        }
        let id = ShapeId(self.meanings.len());
        if let Meaning::Union(ids) | Meaning::Intersection(ids) = &meaning {
            self.derived += ids.len();
        }
        self.ids.insert(meaning.clone(), id);
        self.meanings.push(meaning);
        self.read.push(State::Waiting);
        id
    }

    fn union(&mut self, one: ShapeId, two: ShapeId) -> ShapeId {
        let anything = self.anything();
        if one == anything || two == anything {
            return anything;
        }
        self.derive(
            one,
            two,
            |meaning| match meaning {
                Meaning::Union(ids) => Some(ids.clone()),
                _ => None,
            },
            Meaning::Union,
        )
    }

    fn intersection(&mut self, one: ShapeId, two: ShapeId) -> ShapeId {
        let anything = self.anything();
        if one == anything {
            return two;
        }
        if two == anything {
            return one;
        }
        self.derive(
            one,
            two,
            |meaning| match meaning {
                Meaning::Intersection(ids) => Some(ids.clone()),
                _ => None,
            },
            Meaning::Intersection,
        )
    }

    fn derive(
        &mut self,
        one: ShapeId,
        two: ShapeId,
        parts: impl Fn(&Meaning) -> Option<BTreeSet<ShapeId>>,
        meaning: impl Fn(BTreeSet<ShapeId>) -> Meaning,
    ) -> ShapeId {
        let mut ids = BTreeSet::new();
        for id in [one, two] {
            match self.meanings.get(id.0).and_then(&parts) {
                Some(more) => ids.extend(more),
                None => {
                    ids.insert(id);
                }
            }
        }
        match ids.len() {
            1 => one,
            _ => self.id(meaning(ids)),
        }
    }

    /// What an id stands for, worked out at most once.
    fn shape(&mut self, id: ShapeId, steps: usize) -> Result<ValueShape, Error> {
        let place = || match self.meanings.get(id.0) {
            Some(Meaning::Schema(at)) => at.clone(),
            _ => Pointer::default(),
        };
        match self.read.get(id.0) {
            Some(State::Read(shape)) => return Ok(shape.as_ref().clone()),
            Some(State::Waiting) => {}
            Some(State::Open) | None => {
                return Err(Error::reference(
                    &place(),
                    "refers in a circle to itself, for the same value; refer to it below a property or an item, or not at all",
                ));
            }
        }
        if steps == MAX_STEPS || self.derived > MAX_DERIVED {
            return Err(Error::unsupported(
                &place(),
                "the schemas that apply here are too entangled to be read; write the object out",
            ));
        }
        let meaning = self.meanings[id.0].clone();
        self.read[id.0] = State::Open;
        let shape = match meaning {
            Meaning::Anything => ValueShape::anything(id),
            Meaning::Schema(at) => {
                let document = self.document;
                let schema = at.find(document.root()).ok_or_else(|| {
                    Error::reference(&at, "nothing is found here; correct the reference to it")
                })?;
                self.read_schema(schema, &at, steps)?
            }
            Meaning::Union(ids) => self.fold(&ids, steps, Reader::unite)?,
            Meaning::Intersection(ids) => self.fold(&ids, steps, Reader::intersect)?,
        };
        self.read[id.0] = State::Read(Box::new(shape.clone()));
        Ok(shape)
    }

    fn fold(
        &mut self,
        ids: &BTreeSet<ShapeId>,
        steps: usize,
        with: impl Fn(&mut Self, ValueShape, ValueShape) -> ValueShape,
    ) -> Result<ValueShape, Error> {
        let mut folded: Option<ValueShape> = None;
        for id in ids {
            let shape = self.shape(*id, steps + 1)?;
            folded = Some(match folded {
                Some(so_far) => with(self, so_far, shape),
                None => shape,
            });
        }
        Ok(folded.unwrap_or(ValueShape::nothing()))
    }

    fn unite(&mut self, one: ValueShape, two: ValueShape) -> ValueShape {
        unite(one, two, &mut |one, two| self.union(one, two))
    }

    fn intersect(&mut self, one: ValueShape, two: ValueShape) -> ValueShape {
        intersect(one, two, &mut |one, two| self.intersection(one, two))
    }

    fn read_schema(
        &mut self,
        schema: &Value,
        at: &Pointer,
        steps: usize,
    ) -> Result<ValueShape, Error> {
        match schema {
            Value::Bool(true) => Ok(ValueShape::anything(self.anything())),
            Value::Bool(false) => Ok(ValueShape::nothing()),
            Value::Object(keywords) => self.read_keywords(keywords, at, steps),
            _ => Err(Error::structure(at, "must be a schema, which is an object")),
        }
    }

    /// What stands beside `$ref` counts in 3.0 too: its authors mean what they write there.
    fn read_keywords(
        &mut self,
        keywords: &Map<String, Value>,
        at: &Pointer,
        steps: usize,
    ) -> Result<ValueShape, Error> {
        let is_reference = keywords.len() == 1 && keywords.contains_key("$ref");
        let mut shape = match is_reference {
            true => ValueShape::nothing(),
            false => self.own_keywords(keywords, at)?,
        };
        shape.origin = Origin(Some(at.clone()));
        if let Some(reference) = keywords.get("$ref") {
            let target = reference_target(reference, &at.child("$ref"))?;
            if target.find(self.document.root()).is_none() {
                return Err(Error::reference(
                    &at.child("$ref"),
                    format!(
                        "nothing is found at \"#{target}\"; correct the reference or add its target"
                    ),
                ));
            }
            let id = self.schema(&target);
            let mut referred = self.shape(id, steps + 1)?;
            if !is_reference {
                let origin = referred.origin.clone();
                referred = self.intersect(shape, referred);
                referred.origin = origin;
            }
            shape = referred;
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(choices) = keywords.get(keyword) else {
                continue;
            };
            let at = at.child(keyword);
            let Some(choices) = choices.as_array().filter(|choices| !choices.is_empty()) else {
                return Err(Error::structure(
                    &at,
                    "must be an array of schemas with at least one",
                ));
            };
            let mut folded: Option<ValueShape> = None;
            for index in 0..choices.len() {
                let id = self.schema(&at.child(index));
                let choice = self.shape(id, steps + 1)?;
                folded = Some(match (folded, keyword) {
                    (None, _) => choice,
                    (Some(so_far), "allOf") => self.intersect(so_far, choice),
                    (Some(so_far), _) => self.unite(so_far, choice),
                });
            }
            if let Some(folded) = folded {
                shape = self.intersect(shape, folded);
            }
        }
        // Both styles of null, whatever the version: the intention is beyond doubt.
        if keywords.get("nullable") == Some(&Value::Bool(true)) {
            shape.null = true;
        }
        Ok(shape)
    }
}

/// The values of a map in the order of their names.
fn sorted(map: &Map<String, Value>) -> BTreeMap<&str, &Value> {
    map.iter().map(|(name, it)| (name.as_str(), it)).collect()
}
