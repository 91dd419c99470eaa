//! The users of the service and their tokens.

use std::collections::{BTreeMap, HashMap};

use secrecy::ExposeSecret;

use crate::error::Error;
use crate::user::{NewUser, User};

/// The first id for users without an explicit id.
const FIRST_USER_ID: i64 = 430;

/// The users of the service.
#[derive(Clone)]
pub(crate) struct Users {
    by_id: BTreeMap<i64, User>,
    ids_by_hash_id: HashMap<String, i64>,
    ids_by_token: HashMap<String, i64>,
    /// All ids from [`FIRST_USER_ID`] up to, but not including, this one are taken.
    next_id: i64,
}

impl Default for Users {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            ids_by_hash_id: HashMap::new(),
            ids_by_token: HashMap::new(),
            next_id: FIRST_USER_ID,
        }
    }
}

impl Users {
    /// Adds a user. Rejects ids, hash ids and tokens that are invalid or taken.
    pub(crate) fn add(&mut self, new: NewUser) -> Result<User, Error> {
        if let Some(id) = new.id {
            if id < 1 {
                return Err(Error::invalid_argument(format!(
                    "the user id {id} of {:?} is below 1; set a positive id or none",
                    new.name
                )));
            }
            if self.by_id.contains_key(&id) {
                return Err(taken(&new.name, "user id"));
            }
        }
        if let Some(hash_id) = &new.hash_id
            && (hash_id.is_empty() || self.by_hash_id(hash_id).is_some())
        {
            return Err(taken(&new.name, "hash id"));
        }
        if let Some(token) = &new.token
            && (token.expose_secret().is_empty() || self.by_token(token.expose_secret()).is_some())
        {
            return Err(taken(&new.name, "token"));
        }
        Ok(self.insert(new))
    }

    /// Adds a user with only a name, which cannot fail.
    pub(crate) fn add_named(&mut self, name: String) -> User {
        self.add_without_ids(NewUser::new(name))
    }

    /// Adds a user without an explicit id, hash id and token, which cannot fail.
    pub(crate) fn add_without_ids(&mut self, mut new: NewUser) -> User {
        (new.id, new.hash_id, new.token) = (None, None, None);
        self.insert(new)
    }

    pub(crate) fn by_id(&self, id: i64) -> Option<&User> {
        self.by_id.get(&id)
    }

    /// Like [`Users::by_id`], but returns an error if the user does not exist.
    pub(crate) fn require(&self, id: i64) -> Result<&User, Error> {
        self.by_id(id).ok_or_else(|| {
            Error::invalid_argument(format!("there is no user {id}; add the user first"))
        })
    }

    pub(crate) fn by_hash_id(&self, hash_id: &str) -> Option<&User> {
        self.by_id(*self.ids_by_hash_id.get(hash_id)?)
    }

    pub(crate) fn by_token(&self, token: &str) -> Option<&User> {
        self.by_id(*self.ids_by_token.get(token)?)
    }

    /// Returns all users, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &User> {
        self.by_id.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Revokes the token of a user. Returns `false` if it did not exist.
    pub(crate) fn revoke_token(&mut self, token: &str) -> bool {
        self.ids_by_token.remove(token).is_some()
    }

    fn insert(&mut self, new: NewUser) -> User {
        let id = new.id.unwrap_or_else(|| self.unused_id());
        let hash_id = new
            .hash_id
            .unwrap_or_else(|| unused(&format!("u{id:x}"), |it| self.by_hash_id(it).is_some()));
        let token = new.token.unwrap_or_else(|| {
            let token = unused(&format!("user-{id}-token"), |it| {
                self.by_token(it).is_some()
            });
            token.into()
        });
        let user = User {
            id,
            name: new.name,
            hash_id,
            vendor: new.vendor,
            token,
            scopes: new.scopes,
        };
        self.ids_by_hash_id.insert(user.hash_id.clone(), id);
        self.ids_by_token.insert(user.token().to_owned(), id);
        self.by_id.insert(id, user.clone());
        user
    }

    fn unused_id(&mut self) -> i64 {
        while self.by_id.contains_key(&self.next_id) {
            self.next_id += 1;
        }
        self.next_id
    }
}

/// Returns `base`, with a numeric suffix if it is taken.
fn unused(base: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut candidate = base.to_owned();
    let mut suffix = 1;
    while is_taken(&candidate) {
        suffix += 1;
        candidate = format!("{base}-{suffix}");
    }
    candidate
}

fn taken(name: &str, property: &str) -> Error {
    Error::invalid_argument(format!(
        "the {property} of {name:?} is empty or taken; set a unique one or none"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assigns_unique_ids_hash_ids_and_tokens() {
        let mut users = Users::default();
        let one = users.add_named("one".to_owned());
        let two = users.add_named("two".to_owned());
        assert_ne!(one.id, two.id);
        assert_ne!(one.hash_id, two.hash_id);
        assert_ne!(one.token(), two.token());
        assert_eq!(users.by_token(two.token()).unwrap().id, two.id);
        assert_eq!(users.by_hash_id(&one.hash_id).unwrap().id, one.id);
    }

    #[test]
    fn rejects_invalid_and_taken_ids_hash_ids_and_tokens() {
        let mut users = Users::default();
        let new = NewUser::new("one").id(7).hash_id("h").token("t");
        users.add(new).unwrap();
        for new in [
            NewUser::new("two").id(7),
            NewUser::new("two").id(0),
            NewUser::new("two").hash_id("h"),
            NewUser::new("two").hash_id(""),
            NewUser::new("two").token("t"),
            NewUser::new("two").token(""),
        ] {
            let error = users.add(new).unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            assert!(error.to_string().contains("two"), "{error}");
        }
    }

    #[test]
    fn assigned_hash_ids_and_tokens_avoid_explicit_ones() {
        let mut users = Users::default();
        let first = format!("user-{FIRST_USER_ID}-token");
        let new = NewUser::new("one")
            .id(7)
            .hash_id(format!("u{FIRST_USER_ID:x}"));
        users.add(new.token(first.as_str())).unwrap();
        let two = users.add_named("two".to_owned());
        assert_eq!(two.id, FIRST_USER_ID);
        assert_eq!(users.by_token(two.token()).unwrap().id, two.id);
        assert_eq!(users.by_hash_id(&two.hash_id).unwrap().id, two.id);
    }

    #[test]
    fn debug_redacts_user_token() {
        let mut users = Users::default();
        let user = users.add(NewUser::new("one").token("very-secret")).unwrap();
        assert!(!format!("{user:?}").contains("very-secret"));
        let new = NewUser::new("two").token("very-secret");
        assert!(!format!("{new:?}").contains("very-secret"));
    }
}
