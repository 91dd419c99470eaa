//! What the operations do, once their requests are known to be valid.

mod answers;
mod bots;
mod changes;
mod chats;
mod files;
mod messages;
mod users;

use std::cell::Cell;
use std::sync::Arc;

pub(crate) use answers::content;
use axum::http::header::HOST;
use basalam_chat_openapi::ParameterLocation;
use jiff::civil::DateTime;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::contract::{List, Parameters, RequestParts};
use crate::options::Options;
use crate::problem::{Problem, Violation};
use crate::state::State;

/// Does the work of an operation, without waiting for anything: the state is locked
/// meanwhile.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Gives a whole answer, to be checked.
    Whole(fn(&mut State, &Call<'_>) -> Result<Value, Problem>),
    /// Gives a list of items that were checked.
    List(fn(&mut State, &Call<'_>) -> Items),
}

/// The items of a list in JSON, which were checked, or why there are none.
pub(crate) type Items = Result<Vec<Arc<str>>, Problem>;

/// What an operation answers where it succeeds.
pub(crate) enum Reply {
    Whole(Value),
    /// A list in JSON, which was checked.
    List(String),
}

impl Handler {
    pub(crate) fn run(self, state: &mut State, call: &Call<'_>) -> Result<Reply, Problem> {
        match self {
            Self::Whole(handler) => handler(state, call).map(Reply::Whole),
            Self::List(handler) => {
                let items = handler(state, call)?;
                Ok(Reply::List(call.list()?.write(&items)))
            }
        }
    }
}

/// Gives what an operation does, or `None` where the emulator does not speak it yet.
pub(crate) fn handler(operation_id: &str) -> Option<Handler> {
    Some(Handler::Whole(match operation_id {
        "get_chats" => return Some(Handler::List(chats::get_chats)),
        "get_messages" => return Some(Handler::List(messages::get_messages)),
        "create_chat" => chats::create_chat,
        "delete_chats" => chats::delete_chats,
        "get_unseen_chat_count" => chats::get_unseen_chat_count,
        "create_message" => messages::create_message,
        "delete_message" => changes::delete_message,
        "edit_message" => changes::edit_message,
        "forward_message" => changes::forward_message,
        "upload_file" => files::upload_file,
        "get_me" | "get_me_post" => bots::get_me,
        "get_webhook_info" | "get_webhook_info_post" => bots::get_webhook_info,
        "delete_webhook" | "delete_webhook_post" | "delete_webhook_delete" => bots::delete_webhook,
        "log_out" | "log_out_post" => bots::log_out,
        "get_current_user" => users::get_current_user,
        _ => return None,
    }))
}

/// A valid request.
pub(crate) struct Call<'a> {
    pub(crate) user_id: Option<i64>,
    pub(crate) parameters: Parameters,
    /// Until it is read.
    pub(crate) body: Cell<Option<Value>>,
    pub(crate) request: &'a RequestParts<'a>,
    pub(crate) base_url: &'a str,
    pub(crate) now: DateTime,
    pub(crate) options: &'a Options,
    pub(crate) list: Option<&'a List>,
}

impl Call<'_> {
    /// The list that the operation answers.
    fn list(&self) -> Result<&List, Problem> {
        let none = || Problem::Bug("as it documents no list".to_owned());
        self.list.ok_or_else(none)
    }

    /// The user that the token belongs to.
    fn user_id(&self) -> Result<i64, Problem> {
        self.user_id.ok_or(Problem::Unauthorized)
    }

    fn path_integer(&self, name: &str) -> Result<i64, Problem> {
        self.parameters
            .integer(ParameterLocation::Path, name)
            .ok_or(Problem::NotFound)
    }

    fn path_text(&self, name: &str) -> Option<&str> {
        self.parameters.text(ParameterLocation::Path, name)
    }

    fn query_integer(&self, name: &str) -> Option<i64> {
        self.parameters.integer(ParameterLocation::Query, name)
    }

    fn query_text(&self, name: &str) -> Option<&str> {
        self.parameters.text(ParameterLocation::Query, name)
    }

    /// Gives the size of a page: what `limit` asks for, capped where the emulator is
    /// told to. Unknown: what the service does with a limit below 1.
    fn limit(&self) -> Result<usize, Problem> {
        let limit = self.query_integer("limit").unwrap_or(i64::MAX);
        if limit < 1 {
            return Err(Problem::invalid(
                ["query", "limit"],
                "must be 1 or more",
                "greater_than_equal",
            ));
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(limit.min(self.options.page_cap.unwrap_or(usize::MAX)))
    }

    /// Gives where the client reaches the service: what it says itself is right behind
    /// a mapped port too.
    fn origin(&self) -> String {
        let host = self.request.headers.get(HOST);
        match host.and_then(|it| it.to_str().ok()) {
            Some(host) if !host.is_empty() => format!("http://{host}"),
            _ => self.base_url.to_owned(),
        }
    }

    /// Reads the body, once. What the document takes and the type does not, such as an
    /// integer beyond 64 bits, is a violation like any other.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = self.body.take().unwrap_or(Value::Null);
        serde_path_to_error::deserialize(body).map_err(|error| {
            let mut location = vec![Value::from("body")];
            location.extend(error.path().iter().map(|segment| match segment {
                serde_path_to_error::Segment::Seq { index } => Value::from(*index),
                segment => Value::from(segment.to_string()),
            }));
            let message = error.inner().to_string();
            Problem::Invalid(vec![Violation::new(location, message, "value_error")])
        })
    }
}
