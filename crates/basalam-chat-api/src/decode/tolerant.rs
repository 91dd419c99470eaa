//! The tolerant mode: reads each value as raw JSON first, so one that does not fit costs only itself.
//!
//! - An optional field whose value does not fit becomes `None`, and the value is kept in `extra`.
//! - A failure inside an optional field, such as a missing required field, makes the item of the list
//!   unreadable. A message or chat inside another object is kept in `extra` instead. Outside of lists, so is
//!   every optional field: a response that confirms a change should be decoded if at all possible.
//! - An invalid id is a failure inside the object that has it.
//! - A value that [`Value`] cannot represent (a number out of range, a lone surrogate, too much nesting) is a
//!   failure, too. If the value is kept nevertheless, it is kept as a string that contains its JSON.
//!
//! Skipping raw JSON does not recurse. Each level of objects scans its part of the input once more, and the
//! number of levels is limited.

use std::cell::{Cell, RefCell};
use std::fmt::Write;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::kind::is_empty_array;
use super::name::Name;
use super::{Decode, Kind};
use crate::{Extra, UnreadableItem};

/// The limit for objects inside one another. Those of the service are far below.
const MAX_DEPTH: usize = 32;

/// How values that do not fit are handled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// They are errors.
    Strict,
    /// Outside of the list of a page.
    Response,
    /// In an item of a list.
    Item,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Strict) };
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static FAILURE: RefCell<Failure> = const { RefCell::new(Failure::new()) };
}

pub(super) fn mode() -> Mode {
    MODE.get()
}

/// Sets the mode until it is dropped.
struct ModeGuard(Mode);

impl ModeGuard {
    fn enter(mode: Mode) -> ModeGuard {
        ModeGuard(MODE.replace(mode))
    }
}

impl Drop for ModeGuard {
    fn drop(&mut self) {
        MODE.set(self.0);
    }
}

/// Counts a level of nesting until it is dropped.
struct Level;

impl Level {
    fn enter() -> Result<Level, serde_json::Error> {
        if DEPTH.get() == MAX_DEPTH {
            return Err(Error::custom("invalid value, expected less nesting"));
        }
        DEPTH.set(DEPTH.get() + 1);
        Ok(Level)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Why a value cannot be decoded, and where. Both are collected on the way from the value to the response.
struct Failure {
    problem: String,
    /// From the innermost.
    path: Vec<Segment>,
}

enum Segment {
    Name(&'static str),
    /// A field that the document does not have, whose name may be private.
    Unknown,
    Index(usize),
}

impl Failure {
    const fn new() -> Failure {
        Failure {
            problem: String::new(),
            path: Vec::new(),
        }
    }

    fn take() -> Failure {
        FAILURE.replace(Failure::new())
    }

    /// Takes the failure behind an error, and describes it.
    fn take_description(error: &serde_json::Error) -> String {
        let mut failure = Failure::take();
        failure.set_problem(error);
        failure.describe()
    }

    /// Sets the problem, unless it is known from a value further inside.
    fn set_problem(&mut self, error: &serde_json::Error) {
        if self.problem.is_empty() {
            self.problem = problem(error);
        }
    }

    /// Describes the failure, such as "expected a string, at `content.text`".
    fn describe(&self) -> String {
        let mut path = String::new();
        for segment in self.path.iter().rev() {
            // Writing to a string cannot fail.
            _ = match segment {
                Segment::Index(index) => write!(path, "[{index}]"),
                Segment::Name(name) if path.is_empty() => write!(path, "{name}"),
                Segment::Name(name) => write!(path, ".{name}"),
                Segment::Unknown if path.is_empty() => write!(path, "?"),
                Segment::Unknown => write!(path, ".?"),
            };
        }
        match path.as_str() {
            "" => self.problem.clone(),
            path => format!("{}, at `{path}`", self.problem),
        }
    }
}

/// A failure that is recorded.
pub(super) struct Failed;

impl Failed {
    fn record(segment: Segment, error: &serde_json::Error) -> Failed {
        FAILURE.with_borrow_mut(|failure| {
            failure.set_problem(error);
            failure.path.push(segment);
        });
        Failed
    }

    fn into_error<E: Error>(self) -> E {
        E::custom("the value does not fit")
    }
}

/// Records that the item of a list with this index failed.
pub(super) fn fail_at_index(index: usize) {
    if mode() != Mode::Strict {
        FAILURE.with_borrow_mut(|failure| failure.path.push(Segment::Index(index)));
    }
}

/// Describes the error of a value without repeating the value, which may be private.
fn problem(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = match message.rsplit_once(" at line ") {
        Some((message, _)) => message,
        None => &message,
    };
    if error.classify() != Category::Data {
        // The messages of syntax errors are constant.
        return format!("expected a valid value: {message}");
    }
    match message.rsplit_once(", expected ") {
        _ if message.starts_with("missing field `") => message.to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None => "the value cannot be decoded".to_owned(),
    }
}

/// Decodes a response in the tolerant mode.
///
/// # Errors
///
/// Returns `error`, that of the fast mode, or if it is forgiven, the error that is not.
pub(crate) fn read_tolerantly<'a, T: Deserialize<'a>>(
    json: &'a str,
    error: serde_json::Error,
) -> Result<T, serde_json::Error> {
    if error.is_eof() || serde_json::from_str::<&RawValue>(json).is_err() {
        return Err(error);
    }
    let _mode = ModeGuard::enter(Mode::Response);
    _ = Failure::take();
    serde_json::from_str(json).map_err(|error| {
        let message = Failure::take_description(&error);
        Error::custom(match message.starts_with("missing field `") {
            true => message,
            false => format!("invalid value, {message}"),
        })
    })
}

fn decode<T: Decode>(json: &str) -> Result<T, serde_json::Error> {
    let _level = Level::enter()?;
    T::decode(&mut serde_json::Deserializer::from_str(json))
}

#[cold]
pub(super) fn required<T: Decode, E: Error>(name: &'static str, raw: &RawValue) -> Result<T, E> {
    let error = match decode(raw.get()) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if is_empty_object(T::KIND, raw)
        && let Ok(value) = decode("{}")
    {
        _ = Failure::take();
        return Ok(value);
    }
    Err(Failed::record(Segment::Name(name), &error).into_error())
}

/// Decodes a secret. A value that cannot be represented is decoded from a string that contains its JSON, since
/// `extra`, where other such values are kept, is not redacted.
#[cold]
pub(super) fn secret<T: Decode, E: Error>(raw: &RawValue) -> Result<T, E> {
    decode(raw.get())
        .or_else(|_| {
            _ = Failure::take();
            decode(&Value::from(raw.get()).to_string())
        })
        .map_err(E::custom)
}

/// Returns `true` for `[]` in place of an object, as PHP writes an empty one.
fn is_empty_object(kind: Kind, raw: &RawValue) -> bool {
    kind.is_object() && is_empty_array(raw)
}

#[cold]
pub(super) fn optional<T: Decode, E: Error>(
    name: &'static str,
    raw: &RawValue,
    parent: Kind,
    extra: &mut Extra,
) -> Result<Option<T>, E> {
    let value = match decode::<Option<T>>(raw.get()) {
        Ok(value) => {
            extra.remove(name);
            value
        }
        Err(error) => match keep(T::KIND, raw, parent) {
            Some(value) => {
                _ = Failure::take();
                extra.insert(name, value);
                None
            }
            None => return Err(Failed::record(Segment::Name(name), &error).into_error()),
        },
    };
    Ok(value)
}

/// Returns the value of an optional field that cannot be decoded, or `None` if it fails the object.
fn keep(kind: Kind, raw: &RawValue, parent: Kind) -> Option<Value> {
    let is_inside = kind.contains_failure(raw);
    let is_envelope = DEPTH.get() == 0 && parent == Kind::Object;
    match kind {
        // What the response is about.
        Kind::Page if is_inside => None,
        Kind::Item if is_inside && is_envelope => None,
        Kind::Item => Some(to_value(raw)),
        _ if mode() == Mode::Response => Some(to_value(raw)),
        _ if is_inside => None,
        _ => serde_json::from_str(raw.get()).ok(),
    }
}

/// Returns the value, or if it cannot be represented, a string that contains its JSON.
fn to_value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().into())
}

#[cold]
pub(super) fn unknown<E: Error>(raw: &RawValue) -> Result<Value, E> {
    match (mode(), serde_json::from_str(raw.get())) {
        (_, Ok(value)) => Ok(value),
        (Mode::Item, Err(error)) => Err(Failed::record(Segment::Unknown, &error).into_error()),
        (_, Err(_)) => Ok(to_value(raw)),
    }
}

#[cold]
pub(super) fn items<T: Decode, E: Error>(
    name: &'static str,
    raw: &RawValue,
    unreadable: &mut Vec<UnreadableItem>,
) -> Result<Vec<T>, E> {
    let raw: RawList<'_> = serde_json::from_str(raw.get())
        .map_err(|error| Failed::record(Segment::Name(name), &error).into_error())?;
    let _mode = ModeGuard::enter(Mode::Item);
    let mut list = Vec::with_capacity(raw.0.len());
    for (index, raw) in raw.0.into_iter().enumerate() {
        match decode(raw.get()) {
            Ok(item) => list.push(item),
            Err(error) => {
                let problem = Failure::take_description(&error);
                unreadable.push(UnreadableItem::new(index, raw.get(), problem));
            }
        }
    }
    Ok(list)
}

/// The items of a list, not decoded.
struct RawList<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for RawList<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawList<'de>, D::Error> {
        deserializer.deserialize_any(RawListVisitor).map(RawList)
    }
}

struct RawListVisitor;

impl<'de> Visitor<'de> for RawListVisitor {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(name) = items.next_key::<Name<'_>>()? {
            name.check_index()?;
            list.push(items.next_value()?);
        }
        Ok(list)
    }
}
