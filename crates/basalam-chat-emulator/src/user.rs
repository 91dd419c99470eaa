//! The users of the emulated service.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};

/// A user of the emulated service.
///
/// `Debug` redacts the token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct User {
    /// The user id.
    pub id: i64,
    /// The display name.
    pub name: String,
    /// The hash id, a short string that identifies the user as well.
    pub hash_id: String,
    /// The user's stall, if the user is a seller.
    pub vendor: Option<Vendor>,
    pub(crate) token: SecretString,
    /// `None` for all scopes.
    pub(crate) scopes: Option<BTreeSet<String>>,
}

impl User {
    /// Returns the access token to send as `Authorization: Bearer …`.
    ///
    /// It is valid for this emulator only. Handle it like a real one: a program that logs
    /// this token also logs real ones.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.expose_secret()
    }

    /// Returns `true` if the user's token has the scope, such as `customer.chat.write`.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        match &self.scopes {
            None => true,
            Some(scopes) => scopes.contains(scope) || scopes.contains("*"),
        }
    }
}

/// A stall, which makes its user a seller.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// The id of the stall.
    pub id: i64,
    /// The title of the stall.
    pub title: String,
    /// The identifier of the stall in URLs.
    pub identifier: String,
}

/// A user to add to the emulated service.
///
/// ```
/// use basalam_chat_emulator::{NewUser, Vendor};
///
/// let user = NewUser::new("Sara").id(430).hash_id("nRy8K").vendor(Vendor {
///     id: 112_233,
///     title: "Sara's stall".to_owned(),
///     identifier: "sara".to_owned(),
/// });
/// ```
#[derive(Clone, Debug)]
#[must_use = "a new user does nothing until it is added"]
pub struct NewUser {
    pub(crate) name: String,
    pub(crate) id: Option<i64>,
    pub(crate) hash_id: Option<String>,
    pub(crate) token: Option<SecretString>,
    pub(crate) vendor: Option<Vendor>,
    pub(crate) scopes: Option<BTreeSet<String>>,
}

impl NewUser {
    /// Creates a user with a display name. The emulator chooses every property that is not
    /// set.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            id: None,
            hash_id: None,
            token: None,
            vendor: None,
            scopes: None,
        }
    }

    /// Sets the user id, at least 1.
    pub fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the hash id, which must not be empty.
    pub fn hash_id(mut self, hash_id: impl Into<String>) -> Self {
        self.hash_id = Some(hash_id.into());
        self
    }

    /// Sets the access token, which must not be empty.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the scopes of the access token, such as `customer.chat.read`; `*` stands for
    /// all. Default: all. Requests that need another scope fail with 403.
    ///
    /// ```
    /// # use basalam_chat_emulator::NewUser;
    /// let reader = NewUser::new("Reader").scopes(["customer.chat.read"]);
    /// ```
    pub fn scopes<I>(mut self, scopes: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the stall, which makes the user a seller.
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }
}
