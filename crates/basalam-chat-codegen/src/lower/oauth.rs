//! Where tokens come from: the OAuth flows of the document.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::Pointer;
use serde_json::Value;

use super::Lowering;
use super::components::{Scalar, ScalarKind, Variant};
use crate::names;

/// The name of the vocabulary of scopes.
const SCOPE: &str = "Scope";

/// The addresses of the service that gives tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Accounts {
    /// Where a person logs in.
    pub(crate) authorization_url: String,
    /// Where tokens are given, split behind the host.
    pub(crate) token_base_url: String,
    pub(crate) token_path: String,
}

impl<'a> Lowering<'a> {
    /// Reads the first security scheme of the type `oauth2`, if there is one: the addresses, and the
    /// scopes of all its flows as a vocabulary.
    pub(super) fn accounts(&mut self) -> (Option<Accounts>, Option<Scalar>) {
        let schemes = Pointer::default()
            .child("components")
            .child("securitySchemes");
        let Some(found) = schemes
            .find(self.document.root())
            .and_then(Value::as_object)
        else {
            return (None, None);
        };
        let is_oauth =
            |scheme: &Value| scheme.get("type").and_then(Value::as_str) == Some("oauth2");
        let Some((name, scheme)) = found.iter().find(|(_, scheme)| is_oauth(scheme)) else {
            return (None, None);
        };
        let at = schemes.child(name).child("flows");
        let mut scopes = BTreeMap::new();
        let mut addresses = [None, None];
        let flows = scheme.get("flows").and_then(Value::as_object);
        for (flow, value) in flows.into_iter().flatten() {
            let at = at.child(flow);
            for (kept, member) in addresses.iter_mut().zip(["authorizationUrl", "tokenUrl"]) {
                let Some(url) = value.get(member).and_then(Value::as_str) else {
                    continue;
                };
                if kept.get_or_insert(url) != &url {
                    self.refuse(
                        &at.child(member),
                        "another flow names another address",
                        "give all flows the same address: one is generated",
                    );
                }
            }
            for (scope, description) in value
                .get("scopes")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let description = description.as_str().unwrap_or_default();
                scopes.insert(scope.as_str(), description);
            }
        }
        let [authorization_url, token_url] = addresses;
        let accounts = self.addresses(authorization_url, token_url, &at);
        (accounts, self.scope(&scopes, &at))
    }

    fn addresses(
        &mut self,
        authorization_url: Option<&str>,
        token_url: Option<&str>,
        at: &Pointer,
    ) -> Option<Accounts> {
        let (authorization_url, token_url) = (authorization_url?, token_url?);
        let path = token_url
            .strip_prefix("https://")
            .and_then(|rest| rest.find('/'))
            .map(|index| "https://".len() + index);
        let Some(index) = path else {
            self.refuse(
                at,
                format!("the token address `{token_url}` has no https or no path"),
                "write it like `https://auth.example.com/oauth/token`",
            );
            return None;
        };
        let (base_url, path) = token_url.split_at(index);
        Some(Accounts {
            authorization_url: authorization_url.to_owned(),
            token_base_url: base_url.to_owned(),
            token_path: path.to_owned(),
        })
    }

    /// The scopes as a vocabulary of their own.
    fn scope(&mut self, scopes: &BTreeMap<&str, &str>, at: &Pointer) -> Option<Scalar> {
        if scopes.is_empty() {
            return None;
        }
        if self.components.contains_key(SCOPE) {
            self.refuse(
                at,
                format!("the scopes become a type `{SCOPE}`, which a schema is called too"),
                "rename the schema",
            );
            return None;
        }
        let mut seen = BTreeSet::new();
        let mut variants = Vec::with_capacity(scopes.len());
        for (value, description) in scopes {
            let name = names::variant(value).filter(|name| seen.insert(name.clone()));
            let Some(name) = name else {
                self.refuse(
                    at,
                    format!("the scope `{value}` gives no variant name of its own"),
                    "leave it out: a scope that is not listed is kept as it comes",
                );
                continue;
            };
            variants.push(Variant {
                name,
                value: (*value).to_owned(),
                description: (*description).to_owned(),
            });
        }
        Some(Scalar {
            name: SCOPE.to_owned(),
            description: "What a token allows.".to_owned(),
            kind: ScalarKind::Vocabulary(variants),
        })
    }
}
