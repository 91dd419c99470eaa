//! The small document, changed in one place, and what must come of it.

use basalam_chat_codegen::{Error, Problem};
use serde_json::Value;

use crate::generated::Generated;

/// The text of the small document, which uses every construct that is accepted.
pub(crate) const SMALL: &str = include_str!("documents/small.json");

/// The place of a property of a named object that is answered.
pub(crate) const ANSWERED: &str = "/components/schemas/Note/properties/odd";
/// The place of a property of a named object that is sent.
pub(crate) const SENT: &str = "/components/schemas/NewNote/properties/odd";
/// The place of a named schema that nothing refers to until it is told to.
pub(crate) const NAMED: &str = "/components/schemas/Odd";
/// The operation that lists, with parameters.
pub(crate) const LIST: &str = "/paths/~1v1~1notes/get";
/// The operation that creates, with a body.
pub(crate) const CREATE: &str = "/paths/~1v1~1notes/post";
/// The operation that gets, with an answer.
pub(crate) const GET: &str = "/paths/~1v1~1notes~1{note_id}/get";

/// A document to generate from, and the construct that makes it odd.
pub(crate) struct Changed {
    construct: String,
    document: Value,
}

/// Begins with the small document. `construct` says in a failure what was tried.
pub(crate) fn small_with(construct: impl Into<String>) -> Changed {
    Changed {
        construct: construct.into(),
        document: serde_json::from_str(SMALL).unwrap(),
    }
}

impl Changed {
    /// Puts `value` at `pointer`, whose parent must be there; `-` goes after the last of a list.
    pub(crate) fn set(mut self, pointer: &str, value: Value) -> Changed {
        let (parent, key) = split(pointer);
        match self.document.pointer_mut(parent) {
            Some(Value::Object(members)) => {
                members.insert(key, value);
            }
            Some(Value::Array(items)) if key == "-" => items.push(value),
            Some(Value::Array(items)) => items[key.parse::<usize>().unwrap()] = value,
            _ => panic!("{}: there is no {parent}", self.construct),
        }
        self
    }

    /// Takes away what is at `pointer`.
    pub(crate) fn remove(mut self, pointer: &str) -> Changed {
        let (parent, key) = split(pointer);
        let members = self.document.pointer_mut(parent).unwrap();
        let gone = members.as_object_mut().unwrap().remove(&key);
        assert!(gone.is_some(), "{}: there is no {pointer}", self.construct);
        self
    }

    /// Names a schema [`NAMED`] and lets an answer refer to it.
    pub(crate) fn name(self, schema: Value) -> Changed {
        let reference = serde_json::json!({ "$ref": "#/components/schemas/Odd" });
        self.set(NAMED, schema).set(ANSWERED, reference)
    }

    pub(crate) fn generate(&self) -> Result<Generated, Error> {
        let sources = basalam_chat_codegen::generate(&self.document.to_string())?;
        Ok(Generated::new(&self.construct, sources))
    }

    /// Generates from a document that must be accepted.
    pub(crate) fn is_accepted(&self) -> Generated {
        self.generate()
            .unwrap_or_else(|error| panic!("{} is not accepted: {error}", self.construct))
    }

    /// Generates from a document that must be refused, at `pointer` and nowhere else.
    pub(crate) fn is_refused_at(&self, pointer: &str) -> Problem {
        let problems = self.refused();
        let places: Vec<&str> = problems.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(places, [pointer], "{}: {problems:#?}", self.construct);
        problems.into_iter().next().unwrap()
    }

    /// Generates from a document that must be refused, at `pointer` among other places.
    pub(crate) fn is_refused_also_at(&self, pointer: &str) -> Problem {
        let problems = self.refused();
        problems
            .iter()
            .find(|problem| problem.pointer == pointer)
            .unwrap_or_else(|| panic!("{}: {problems:#?}", self.construct))
            .clone()
    }

    fn refused(&self) -> Vec<Problem> {
        let error = match self.generate() {
            Ok(_) => panic!("{} is accepted", self.construct),
            Err(error) => error,
        };
        assert!(error.is_refused(), "{}: {error}", self.construct);
        assert!(!error.is_generator() && !error.is_unreadable());
        for problem in error.refused() {
            assert!(!problem.problem.is_empty() && !problem.remedy.is_empty());
            assert!(error.to_string().contains(&problem.to_string()));
        }
        error.refused().to_vec()
    }

    /// Generates from what the reader of documents must not take, for a reason at `pointer`.
    pub(crate) fn is_unreadable_at(&self, pointer: &str) {
        let error = match self.generate() {
            Ok(_) => panic!("{} is accepted", self.construct),
            Err(error) => error,
        };
        assert!(error.is_unreadable(), "{}: {error}", self.construct);
        assert!(error.refused().is_empty());
        let text = error.to_string();
        assert!(
            text.contains(&format!("#{pointer}: ")),
            "{}: {text}",
            self.construct
        );
    }
}

fn split(pointer: &str) -> (&str, String) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    (parent, key.replace("~1", "/").replace("~0", "~"))
}
