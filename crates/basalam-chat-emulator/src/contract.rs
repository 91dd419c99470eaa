//! The OpenAPI document, made ready to check requests and answers.

mod answers;
mod form_body;
mod list;
mod parameters;
mod request_body;
mod violations;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use basalam_chat_openapi::json_schema::to_json_schema;
use basalam_chat_openapi::{Document, Method, Operation, ParameterLocation, Pointer};
use jsonschema::Validator;
use serde_json::Value;

use crate::error::Error;
use crate::problem::Violation;
use answers::Answers;
pub(crate) use list::List;
use parameters::Parameter;
pub(crate) use parameters::{Parameters, RequestParts};
use request_body::RequestBody;

static EMBEDDED: LazyLock<Result<Contract, Error>> =
    LazyLock::new(|| Contract::read(include_str!("../openapi/chat.json")));

/// The document that the emulator speaks, with its validators.
pub(crate) struct Contract {
    pub(crate) operations: Vec<OperationContract>,
}

/// One operation of the document.
pub(crate) struct OperationContract {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Whether the document demands a token.
    pub(crate) needs_token: bool,
    /// The scopes that the token needs, all of them.
    pub(crate) scopes: BTreeSet<String>,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    answers: Answers,
}

/// A request that agrees with the document.
pub(crate) struct Checked {
    pub(crate) parameters: Parameters,
    pub(crate) body: Option<Value>,
}

impl Contract {
    /// Gives the document inside the crate. It is read once per process: making its
    /// validators takes longer than all the rest of a start.
    pub(crate) fn embedded() -> Result<&'static Contract, Error> {
        EMBEDDED.as_ref().map_err(Clone::clone)
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&OperationContract> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    fn read(text: &str) -> Result<Self, Error> {
        let document = Document::parse(text).map_err(unreadable)?;
        let operations = document.operations().map_err(unreadable)?;
        let operations = operations
            .iter()
            .map(|operation| OperationContract::read(&document, operation))
            .collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }
}

impl OperationContract {
    fn read(document: &Document, operation: &Operation<'_>) -> Result<Self, Error> {
        let Some(id) = operation.id else {
            return Err(unreadable(format!(
                "#{}: an operation without `operationId`",
                operation.pointer
            )));
        };
        let parameters = operation.parameters.iter();
        let body = operation.request_body.as_ref();
        Ok(Self {
            id: id.to_owned(),
            method: operation.method,
            path: operation.path.to_owned(),
            needs_token: needs_token(document, operation),
            scopes: scopes(document, operation),
            parameters: parameters
                .filter(|it| it.location != ParameterLocation::Cookie)
                .map(|it| Parameter::read(document, it))
                .collect::<Result<_, _>>()?,
            body: body.map(|it| RequestBody::read(document, it)).transpose()?,
            answers: Answers::read(document, &operation.responses)?,
        })
    }

    /// Tells whether the operation takes a form in place of JSON.
    pub(crate) fn takes_form(&self) -> bool {
        self.body.as_ref().is_some_and(RequestBody::is_form)
    }

    /// Checks a request, and gives its values in the types that the document names,
    /// or all of its violations.
    pub(crate) fn check_request(
        &self,
        request: &RequestParts<'_>,
    ) -> Result<Checked, Vec<Violation>> {
        let mut violations = Vec::new();
        let parameters = parameters::check(&self.parameters, request, &mut violations);
        let body = match &self.body {
            Some(body) => body.check(request, &mut violations),
            // Some clients send `[]` or `{}` where nothing is asked for.
            None => None,
        };
        if violations.is_empty() {
            Ok(Checked { parameters, body })
        } else {
            Err(violations)
        }
    }

    /// Gives the list that a success is, where it is nothing else.
    pub(crate) fn list(&self) -> Option<&List> {
        self.answers.list.as_ref()
    }

    /// Checks an answer in JSON, and tells what is wrong with it.
    pub(crate) fn check_answer(&self, status: u16, body: &Value) -> Result<(), String> {
        self.answers.check(status, body)
    }
}

fn needs_token(document: &Document, operation: &Operation<'_>) -> bool {
    let alternatives = security(document, operation);
    // An empty alternative makes the token optional.
    let optional = |it: &Value| it.as_object().is_some_and(|schemes| schemes.is_empty());
    !alternatives.is_empty() && !alternatives.iter().any(optional)
}

/// Gives the scopes that any of the ways of authorising names. A personal token has
/// scopes too, which OpenAPI 3.0 has no place for.
fn scopes(document: &Document, operation: &Operation<'_>) -> BTreeSet<String> {
    security(document, operation)
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|schemes| schemes.values())
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|scope| scope.as_str().map(str::to_owned))
        .collect()
}

/// Gives the ways of authorising, any of which is enough.
fn security<'d>(document: &'d Document, operation: &Operation<'d>) -> &'d [Value] {
    let security = operation.value.get("security");
    let security = security.or_else(|| document.root().get("security"));
    security
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Makes the validator of a schema of the document.
fn validator(document: &Document, schema: &Value, at: &Pointer) -> Result<Arc<Validator>, Error> {
    let schema = to_json_schema(document, schema, at).map_err(unreadable)?;
    let validator = jsonschema::draft202012::new(&schema);
    validator
        .map(Arc::new)
        .map_err(|error| unreadable(format!("#{at}: {error}")))
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::document(format!(
        "the OpenAPI document in the crate cannot be used: {error}"
    ))
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

#[cfg(test)]
mod tests;
