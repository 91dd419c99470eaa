//! The OpenAPI document, compiled for checks of requests and responses.

mod body_shape;
mod form_body;
mod list_schema;
mod parameters;
mod request_body;
mod responses;
mod schema;
mod violations;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use basalam_chat_openapi::{Document, Method, Operation, ParameterLocation};
use serde_json::Value;

use crate::error::Error;
use crate::service_error::Violation;
pub(crate) use list_schema::ListSchema;
use parameters::Parameter;
pub(crate) use parameters::{Parameters, RequestParts};
use request_body::RequestBody;
use responses::Responses;
use schema::unusable;

static EMBEDDED: LazyLock<Result<Contract, Error>> =
    LazyLock::new(|| Contract::parse(include_str!("../openapi/chat.json")));

/// The OpenAPI document with its compiled validators.
pub(crate) struct Contract {
    pub(crate) operations: Vec<OperationContract>,
}

/// An operation of the document.
pub(crate) struct OperationContract {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// `true` if the document requires a token.
    pub(crate) needs_token: bool,
    /// The scopes that the token must have, all of them.
    pub(crate) scopes: BTreeSet<String>,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    responses: Responses,
}

/// The values of a valid request.
pub(crate) struct CheckedRequest {
    pub(crate) parameters: Parameters,
    pub(crate) body: Option<Value>,
}

impl Contract {
    /// Returns the document inside the crate. It is compiled once per process, since compilation
    /// dominates the startup time.
    pub(crate) fn embedded() -> Result<&'static Contract, Error> {
        EMBEDDED.as_ref().map_err(Clone::clone)
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&OperationContract> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    fn parse(json: &str) -> Result<Self, Error> {
        let document = Document::parse(json).map_err(unusable)?;
        let operations = document.operations().map_err(unusable)?;
        let operations = operations
            .iter()
            .map(|operation| OperationContract::compile(&document, operation))
            .collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }
}

impl OperationContract {
    fn compile(document: &Document, operation: &Operation<'_>) -> Result<Self, Error> {
        let Some(id) = operation.id else {
            return Err(unusable(format!(
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
                .map(|it| Parameter::compile(document, it))
                .collect::<Result<_, _>>()?,
            body: body
                .map(|it| RequestBody::compile(document, it))
                .transpose()?,
            responses: Responses::compile(document, &operation.responses)?,
        })
    }

    /// Returns `true` if the request body is a form instead of JSON.
    pub(crate) fn takes_form(&self) -> bool {
        self.body.as_ref().is_some_and(RequestBody::is_form)
    }

    /// Checks a request. Returns its typed values or all violations.
    pub(crate) fn check_request(
        &self,
        request: &RequestParts<'_>,
    ) -> Result<CheckedRequest, Vec<Violation>> {
        let mut violations = Vec::new();
        let parameters = parameters::check(&self.parameters, request, &mut violations);
        let body = match &self.body {
            Some(body) => body.check(request, &mut violations),
            // Ignored, since some clients send `[]` or `{}` to operations without a body.
            None => None,
        };
        if violations.is_empty() {
            Ok(CheckedRequest { parameters, body })
        } else {
            Err(violations)
        }
    }

    /// Returns the list schema of the success response, if the response consists of nothing but a
    /// list.
    pub(crate) fn list(&self) -> Option<&ListSchema> {
        self.responses.list.as_ref()
    }

    /// Checks a JSON response. The error describes the first violation.
    pub(crate) fn check_response(&self, status: u16, body: &Value) -> Result<(), String> {
        self.responses.check(status, body)
    }
}

fn needs_token(document: &Document, operation: &Operation<'_>) -> bool {
    let requirements = security(document, operation);
    // An empty security requirement makes the token optional.
    let is_empty = |it: &Value| it.as_object().is_some_and(|schemes| schemes.is_empty());
    !requirements.is_empty() && !requirements.iter().any(is_empty)
}

/// Returns the scopes of all security requirements. Personal tokens have scopes as well,
/// although OpenAPI 3.0 cannot express that.
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

/// Returns the alternative security requirements.
fn security<'d>(document: &'d Document, operation: &Operation<'d>) -> &'d [Value] {
    let security = operation.value.get("security");
    let security = security.or_else(|| document.root().get("security"));
    security
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests;
