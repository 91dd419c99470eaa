//! Parameters of the control endpoints.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::http::Uri;

use super::reply::ControlError;
use crate::error::Error;

/// The usual `limit` if none is set.
pub(super) const DEFAULT_LIMIT: usize = 100;

/// The maximum of `limit`.
pub(super) const MAX_LIMIT: usize = 500;

/// The query of a request.
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    /// Parses a query. Rejects parameters that are not in `names`.
    pub(super) fn parse(uri: &Uri, names: &[&str]) -> Result<Self, Error> {
        let query = uri.query().unwrap_or_default().as_bytes();
        let mut parameters = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(query).into_owned() {
            if !names.contains(&name.as_str()) {
                let names = names.join("`, `");
                return Err(Error::invalid_argument(format!(
                    "there is no parameter {name:?}; use `{names}`"
                )));
            }
            parameters.insert(name, value);
        }
        Ok(Self(parameters))
    }

    pub(super) fn str(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn integer<T: FromStr>(&self, name: &str) -> Result<Option<T>, Error> {
        let Some(value) = self.str(name) else {
            return Ok(None);
        };
        let value = value.parse().map_err(|_| {
            Error::invalid_argument(format!("`{name}` is {value:?}; use an integer"))
        })?;
        Ok(Some(value))
    }

    /// Returns the page size, 1 to [`MAX_LIMIT`].
    pub(super) fn limit(&self, default: usize) -> Result<usize, Error> {
        match self.integer("limit")? {
            None => Ok(default),
            Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
            Some(limit) => Err(Error::invalid_argument(format!(
                "`limit` is {limit}; use 1 to {MAX_LIMIT}"
            ))),
        }
    }
}

/// Parses an id in a path. Anything else is not the id of anything.
pub(super) fn id<T: FromStr>(kind: &str, id: &str) -> Result<T, ControlError> {
    id.parse()
        .map_err(|_| ControlError::not_found(format!("there is no {kind} {id:?}")))
}
