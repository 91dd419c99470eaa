//! A valid request and the handlers for it.

use std::cell::Cell;
use std::sync::Arc;

use axum::http::header::HOST;
use basalam_chat_openapi::ParameterLocation;
use jiff::civil::DateTime;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::responses::ResponseBuilder;
use crate::contract::{ListSchema, Parameters, RequestParts};
use crate::options::Options;
use crate::service_error::{ServiceError, Violation};
use crate::state::State;

/// A function that handles an operation. It does not block, since the state is locked.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Returns a response that has not been checked yet.
    Json(fn(&mut State, &Call<'_>) -> HandlerResult),
    /// Returns the checked and serialized items of a list.
    List(fn(&mut State, &Call<'_>) -> ListResult),
}

/// The successful response of an operation.
pub(crate) enum Reply {
    /// A response that has not been checked yet.
    Json(Value),
    /// A checked and serialized list.
    List(String),
}

pub(crate) type HandlerResult = Result<Value, ServiceError>;
pub(super) type ListResult = Result<Vec<Arc<str>>, ServiceError>;

impl Handler {
    pub(crate) fn run(self, state: &mut State, call: &Call<'_>) -> Result<Reply, ServiceError> {
        match self {
            Self::Json(handle) => handle(state, call).map(Reply::Json),
            Self::List(handle) => {
                let items = handle(state, call)?;
                Ok(Reply::List(call.list()?.serialize(&items)))
            }
        }
    }
}

/// A valid request.
pub(crate) struct Call<'a> {
    pub(crate) user_id: Option<i64>,
    pub(crate) parameters: Parameters,
    /// Taken by [`Call::body`].
    pub(crate) body: Cell<Option<Value>>,
    pub(crate) request: &'a RequestParts<'a>,
    pub(crate) base_url: &'a str,
    pub(crate) now: DateTime,
    pub(crate) options: &'a Options,
    pub(crate) list: Option<&'a ListSchema>,
}

impl Call<'_> {
    /// Returns the list schema of the operation's response.
    pub(super) fn list(&self) -> Result<&ListSchema, ServiceError> {
        self.list
            .ok_or_else(|| ServiceError::InvalidResponse("since it documents no list".to_owned()))
    }

    /// Returns the user of the access token.
    pub(super) fn user_id(&self) -> Result<i64, ServiceError> {
        self.user_id.ok_or(ServiceError::Unauthorized)
    }

    pub(super) fn path_integer(&self, name: &str) -> Result<i64, ServiceError> {
        self.parameters
            .integer(ParameterLocation::Path, name)
            .ok_or(ServiceError::NotFound)
    }

    pub(super) fn path_str(&self, name: &str) -> Option<&str> {
        self.parameters.str(ParameterLocation::Path, name)
    }

    pub(super) fn query_integer(&self, name: &str) -> Option<i64> {
        self.parameters.integer(ParameterLocation::Query, name)
    }

    pub(super) fn query_str(&self, name: &str) -> Option<&str> {
        self.parameters.str(ParameterLocation::Query, name)
    }

    /// Returns the page size: `limit`, capped by the options. How the service handles a limit below
    /// 1 is unknown.
    pub(super) fn limit(&self) -> Result<usize, ServiceError> {
        let limit = self.query_integer("limit").unwrap_or(i64::MAX);
        if limit < 1 {
            return Err(ServiceError::invalid(
                ["query", "limit"],
                "must be at least 1",
                "greater_than_equal",
            ));
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(limit.min(self.options.max_page_size.unwrap_or(usize::MAX)))
    }

    /// Returns the origin of the service as the client sees it, which differs from the base
    /// URL behind a mapped port.
    pub(super) fn origin(&self) -> String {
        let host = self.request.headers.get(HOST);
        match host.and_then(|it| it.to_str().ok()) {
            Some(host) if !host.is_empty() => format!("http://{host}"),
            _ => self.base_url.to_owned(),
        }
    }

    /// Deserializes the body; can be called once. Values that the document allows and `T` does
    /// not, such as integers beyond 64 bits, are violations.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, ServiceError> {
        let body = self.body.take().unwrap_or(Value::Null);
        // The path of an error is only found again if there is one, since that takes longer.
        if let Ok(body) = T::deserialize(&body) {
            return Ok(body);
        }
        serde_path_to_error::deserialize(body).map_err(|error| {
            let mut location = vec![Value::from("body")];
            location.extend(error.path().iter().map(|segment| match segment {
                serde_path_to_error::Segment::Seq { index } => Value::from(*index),
                segment => Value::from(segment.to_string()),
            }));
            let message = error.inner().to_string();
            ServiceError::Invalid(vec![Violation::new(location, message, "value_error")])
        })
    }

    pub(super) fn responses<'s>(&'s self, state: &'s State) -> ResponseBuilder<'s> {
        ResponseBuilder {
            state,
            options: self.options,
        }
    }
}
