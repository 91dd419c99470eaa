//! The OpenAPI document, made ready to check requests and answers.

mod answers;
mod parameters;
mod request_body;
mod violations;

use std::sync::{Arc, LazyLock};

use basalam_chat_openapi::json_schema::to_json_schema;
use basalam_chat_openapi::{Document, Method, Operation, ParameterLocation, Pointer};
use jsonschema::Validator;
use serde_json::Value;

use crate::error::Error;
use crate::problem::Violation;
use answers::Answers;
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
            parameters: parameters
                .filter(|it| it.location != ParameterLocation::Cookie)
                .map(|it| Parameter::read(document, it))
                .collect::<Result<_, _>>()?,
            body: body.map(|it| RequestBody::read(document, it)).transpose()?,
            answers: Answers::read(document, &operation.responses)?,
        })
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

    /// Checks an answer in JSON, and tells what is wrong with it.
    pub(crate) fn check_answer(&self, status: u16, body: &Value) -> Result<(), String> {
        self.answers.check(status, body)
    }
}

fn needs_token(document: &Document, operation: &Operation<'_>) -> bool {
    let security = operation.value.get("security");
    let security = security.or_else(|| document.root().get("security"));
    let alternatives = security.and_then(Value::as_array);
    alternatives.is_some_and(|alternatives| {
        // An empty alternative makes the token optional.
        let optional = |it: &Value| it.as_object().is_some_and(|schemes| schemes.is_empty());
        !alternatives.is_empty() && !alternatives.iter().any(optional)
    })
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
