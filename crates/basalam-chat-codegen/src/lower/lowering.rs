//! The state of the lowering pass.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Document, Pointer};
use serde_json::{Map, Value};

use super::model::{ArrayParameter, NewtypeKind};
use crate::error::Diagnostic;
use crate::normalize::Origins;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The state of one lowering pass.
pub(super) struct Lowering<'a> {
    pub(super) document: &'a Document,
    origins: &'a Origins,
    pub(super) components: BTreeMap<&'a str, Component<'a>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) arrays: Vec<ArrayParameter>,
    /// The path of the server's URL, which precedes the path of every operation.
    pub(super) base_path: String,
    /// Nesting depth of the schema that is being lowered.
    pub(super) depth: usize,
    /// `true` if the schema that is being lowered may be a secret.
    pub(super) allows_secrets: bool,
}

/// A named schema and its class.
#[derive(Clone)]
pub(super) struct Component<'a> {
    pub(super) schema: &'a Value,
    pub(super) at: Pointer,
    pub(super) class: Class,
}

/// The Rust type that a named schema becomes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Class {
    /// A struct that progenitor generates.
    Struct,
    /// A newtype of the client's crate.
    Newtype(NewtypeKind),
    /// Another name of a newtype, for values that may also be strings: every newtype decodes strings too.
    Alias(String),
    /// No type: the schema is invalid, which is already reported.
    #[default]
    Invalid,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(document: &'a Document, origins: &'a Origins) -> Lowering<'a> {
        Lowering {
            document,
            origins,
            components: BTreeMap::new(),
            diagnostics: Vec::new(),
            arrays: Vec::new(),
            base_path: String::new(),
            depth: 0,
            allows_secrets: false,
        }
    }

    pub(super) fn report(
        &mut self,
        at: &Pointer,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic {
            pointer: self.origins.find(at),
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    /// Reports a problem, and returns a placeholder for what cannot be lowered.
    pub(super) fn reject<T: Default>(
        &mut self,
        at: &Pointer,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> T {
        self.report(at, message, remedy);
        T::default()
    }

    /// Reports an error of reading the document, whose message contains the remedy.
    pub(super) fn report_error(&mut self, error: &basalam_chat_openapi::Error) {
        let (message, remedy) = match error.message().split_once("; ") {
            Some((message, remedy)) => (message, remedy),
            None => (error.message(), "write what OpenAPI requires"),
        };
        self.report(error.pointer(), message, remedy);
    }

    pub(super) fn class(&self, name: &str) -> Option<&Class> {
        self.components.get(name).map(|component| &component.class)
    }

    /// Returns `true` if `name` is an id, a string or an open enum.
    pub(super) fn is_scalar_newtype(&self, name: &str) -> bool {
        matches!(
            self.class(name),
            Some(Class::Newtype(
                NewtypeKind::Id | NewtypeKind::String | NewtypeKind::OpenEnum(_)
            ))
        )
    }
}
