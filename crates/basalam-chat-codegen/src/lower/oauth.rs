//! OAuth endpoints and scopes of the document.

use std::collections::BTreeMap;

use basalam_chat_openapi::Pointer;
use serde_json::Value;

use super::lowering::Lowering;
use super::model::{Newtype, NewtypeKind, OAuthEndpoints};
use super::paths::is_literal;

/// Name of the open enum of scopes.
const SCOPE: &str = "Scope";

impl Lowering<'_> {
    /// Lowers the first security scheme of type `oauth2`, if there is one: returns its endpoints, and the
    /// scopes of all its flows as an open enum.
    pub(super) fn lower_oauth(&mut self) -> (Option<OAuthEndpoints>, Option<Newtype>) {
        let schemes = Pointer::default()
            .child("components")
            .child("securitySchemes");
        let document = self.document;
        let found = schemes.find(document.root()).and_then(Value::as_object);
        let oauth2 = found
            .into_iter()
            .flatten()
            .find(|(_, scheme)| scheme.get("type").and_then(Value::as_str) == Some("oauth2"));
        let Some((name, scheme)) = oauth2 else {
            return (None, None);
        };
        let at = schemes.child(name).child("flows");
        let mut scopes = BTreeMap::new();
        let mut urls = [None, None];
        let flows = scheme.get("flows").and_then(Value::as_object);
        let has_endpoints = flows.is_some_and(|flows| {
            flows
                .values()
                .any(|flow| flow.get("authorizationUrl").is_some())
        });
        for (flow, value) in flows.into_iter().flatten() {
            let at = at.child(flow);
            for (known, field) in urls.iter_mut().zip(["authorizationUrl", "tokenUrl"]) {
                let Some(url) = value.get(field).and_then(Value::as_str) else {
                    continue;
                };
                if field == "tokenUrl" && has_endpoints && split_token_url(url).is_none() {
                    self.report(
                        &at.child(field),
                        "the token URL must be `https`, with a host and a path, and without user, query \
                         and fragment: requests would go to another URL",
                        "write a URL such as `https://auth.example.com/oauth/token`",
                    );
                }
                if known.get_or_insert(url) != &url {
                    self.report(
                        &at.child(field),
                        format!("the flows have different values of `{field}`"),
                        "write the same URL in all flows",
                    );
                }
            }
            let found = value.get("scopes").and_then(Value::as_object);
            for (scope, description) in found.into_iter().flatten() {
                let at = at.child("scopes").child(scope);
                scopes.insert(
                    scope.as_str(),
                    (description.as_str().unwrap_or_default(), at),
                );
            }
        }
        let [authorization_url, token_url] = urls;
        let endpoints = self.oauth_endpoints(authorization_url, token_url);
        (endpoints, self.scope_enum(&scopes, &at))
    }

    fn oauth_endpoints(
        &self,
        authorization_url: Option<&str>,
        token_url: Option<&str>,
    ) -> Option<OAuthEndpoints> {
        let (base_url, path) = split_token_url(token_url?)?;
        let authorization_url = authorization_url?;
        Some(OAuthEndpoints {
            authorization_url: authorization_url.to_owned(),
            token_base_url: base_url.to_owned(),
            token_path: path.to_owned(),
        })
    }

    fn scope_enum(
        &mut self,
        scopes: &BTreeMap<&str, (&str, Pointer)>,
        at: &Pointer,
    ) -> Option<Newtype> {
        if scopes.is_empty() {
            return None;
        }
        if self.components.contains_key(SCOPE) {
            return self.reject(
                at,
                format!("the scopes become a type `{SCOPE}`, but there is a schema of that name"),
                "rename the schema",
            );
        }
        let scopes = scopes.iter();
        let values = scopes.map(|(scope, (description, at))| (*scope, *description, at.clone()));
        let variants = self.variants("the scope ", values);
        Some(Newtype {
            name: SCOPE.to_owned(),
            description: "Permission that an access token grants.".to_owned(),
            kind: NewtypeKind::OpenEnum(variants),
        })
    }
}

/// Splits a token URL before its path. Returns `None` if a request to it would go to another URL.
fn split_token_url(url: &str) -> Option<(&str, &str)> {
    const SCHEME: &str = "https://";
    let authority = url.strip_prefix(SCHEME)?;
    let (base_url, path) = url.split_at(SCHEME.len() + authority.find('/')?);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]_".contains(&byte);
    let host = &base_url[SCHEME.len()..];
    let is_valid = !host.is_empty() && host.bytes().all(is_host);
    let mut segments = path.strip_suffix('/').unwrap_or(path).split('/').skip(1);
    (is_valid && segments.all(is_literal)).then_some((base_url, path))
}
