//! OAuth clients, and the codes and tokens that they were given.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::DateTime;

use crate::error::Error;
use crate::oauth::OAuthClient;

/// OAuth clients, and the codes and tokens that they were given.
#[derive(Clone, Default)]
pub(crate) struct Tokens {
    clients: BTreeMap<String, OAuthClient>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    issued: u64,
}

/// What a client may do for a user.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) user_id: i64,
    /// `None` for all.
    pub(crate) scopes: Option<BTreeSet<String>>,
}

#[derive(Clone)]
struct Code {
    grant: Grant,
    /// `None` where it was issued for whatever address.
    redirect_uri: Option<String>,
    expires_at: DateTime,
}

#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) grant: Grant,
    expires_at: DateTime,
}

#[derive(Clone)]
struct Refresh {
    grant: Grant,
    /// The token that goes when this one is used.
    access_token: String,
}

/// Tokens as they are sent.
pub(crate) struct Pair {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
}

/// Why a code is not taken.
pub(crate) enum CodeRefusal {
    Unknown,
    OtherRedirectUri,
}

impl Grant {
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|it| it.contains(scope))
    }
}

impl Tokens {
    pub(crate) fn add_client(&mut self, client: OAuthClient) -> Result<(), Error> {
        if client.id.is_empty() || client.secret().is_empty() {
            return Err(Error::argument(
                "the id or the secret of an OAuth client is empty; give both",
            ));
        }
        if self.clients.contains_key(&client.id) {
            return Err(Error::argument(format!(
                "there is an OAuth client {:?} already; give another id",
                client.id
            )));
        }
        self.clients.insert(client.id.clone(), client);
        Ok(())
    }

    /// Gives all clients, by id.
    pub(crate) fn clients(&self) -> impl Iterator<Item = &OAuthClient> {
        self.clients.values()
    }

    pub(crate) fn client(&self, id: &str) -> Option<&OAuthClient> {
        self.clients.get(id)
    }

    /// Makes a code that can be used once, until `expires_at`.
    pub(crate) fn issue_code(
        &mut self,
        grant: Grant,
        redirect_uri: Option<String>,
        expires_at: DateTime,
    ) -> String {
        let code = self.text("authorization-code");
        let issued = Code {
            grant,
            redirect_uri,
            expires_at,
        };
        self.codes.insert(code.clone(), issued);
        code
    }

    /// Uses a code up, where it is the client's.
    pub(crate) fn use_code(
        &mut self,
        code: &str,
        client_id: &str,
        redirect_uri: &str,
        now: DateTime,
    ) -> Result<Grant, CodeRefusal> {
        let known = self.codes.get(code);
        let known = known.filter(|it| it.grant.client_id == client_id && now < it.expires_at);
        let known = known.ok_or(CodeRefusal::Unknown)?;
        let wanted = known.redirect_uri.as_deref();
        if wanted.is_some_and(|it| it != redirect_uri) {
            return Err(CodeRefusal::OtherRedirectUri);
        }
        let used = self.codes.remove(code).ok_or(CodeRefusal::Unknown)?;
        Ok(used.grant)
    }

    pub(crate) fn issue_access(&mut self, grant: Grant, expires_at: DateTime) -> String {
        let token = self.text("access-token");
        self.access
            .insert(token.clone(), Access { grant, expires_at });
        token
    }

    pub(crate) fn issue_pair(&mut self, grant: Grant, expires_at: DateTime) -> Pair {
        let access_token = self.issue_access(grant.clone(), expires_at);
        let refresh_token = self.text("refresh-token");
        let refresh = Refresh {
            grant,
            access_token: access_token.clone(),
        };
        self.refresh.insert(refresh_token.clone(), refresh);
        Pair {
            access_token,
            refresh_token: Some(refresh_token),
        }
    }

    /// Gives what a refresh token of the client is for.
    pub(crate) fn refreshable(&self, token: &str, client_id: &str) -> Option<&Grant> {
        let grant = &self.refresh.get(token)?.grant;
        (grant.client_id == client_id).then_some(grant)
    }

    /// Gives a new access token for a refresh token. The access token before it is
    /// gone, and so is the refresh token where it is not kept.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        grant: Grant,
        is_kept: bool,
        expires_at: DateTime,
    ) -> Pair {
        if let Some(used) = self.refresh.get(token) {
            self.access.remove(&used.access_token);
        }
        if !is_kept {
            self.refresh.remove(token);
            return self.issue_pair(grant, expires_at);
        }
        let access_token = self.issue_access(grant, expires_at);
        if let Some(used) = self.refresh.get_mut(token) {
            used.access_token.clone_from(&access_token);
        }
        Pair {
            access_token,
            refresh_token: None,
        }
    }

    /// Gives what an access token allows, where it is valid.
    pub(crate) fn access(&self, token: &str, now: DateTime) -> Option<&Grant> {
        let access = self.access.get(token)?;
        (now < access.expires_at).then_some(&access.grant)
    }

    /// Makes an access or refresh token invalid; tells whether it was one.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        self.access.remove(token).is_some() || self.refresh.remove(token).is_some()
    }

    /// Makes a text that nobody was given yet. It is the same in every run, so that
    /// tests can be repeated.
    fn text(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("emulated-{kind}-{}", self.issued)
    }
}
