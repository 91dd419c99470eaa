//! OAuth endpoints and scopes of the document.

use std::collections::BTreeMap;

use basalam_chat_openapi::Pointer;

use super::lowering::Lowering;
use super::model::{Newtype, NewtypeKind, OAuthEndpoints};
use super::paths::is_literal;

/// Name of the open enum of scopes.
const SCOPE: &str = "Scope";

/// Scopes with their descriptions and places.
type Scopes<'a> = BTreeMap<&'a str, (&'a str, Pointer)>;

impl Lowering<'_> {
    /// Lowers the first security scheme of type `oauth2`, if there is one: returns its endpoints, and the
    /// scopes of all its flows as an open enum.
    pub(super) fn lower_oauth(&mut self) -> (Option<OAuthEndpoints>, Option<Newtype>) {
        let schemes = Pointer::default()
            .child("components")
            .child("securitySchemes");
        let found = self.document.root()["components"]["securitySchemes"].as_object();
        let mut found = found.into_iter().flatten();
        let Some((name, scheme)) = found.find(|(_, scheme)| scheme["type"] == "oauth2") else {
            return (None, None);
        };
        let at = schemes.child(name).child("flows");
        let mut scopes = BTreeMap::new();
        let mut urls = [None, None];
        let flows = scheme["flows"].as_object().into_iter().flatten();
        let has_endpoints = flows
            .clone()
            .any(|(_, flow)| flow.get("authorizationUrl").is_some());
        for (flow, value) in flows {
            let at = at.child(flow);
            for (known, field) in urls.iter_mut().zip(["authorizationUrl", "tokenUrl"]) {
                let Some(url) = value[field].as_str() else {
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
                    let message = format!("the flows have different values of `{field}`");
                    self.report(&at.child(field), message, "write the same URL in all flows");
                }
            }
            let found = value["scopes"].as_object().into_iter().flatten();
            for (scope, description) in found {
                let at = at.child("scopes").child(scope);
                let description = description.as_str().unwrap_or_default();
                scopes.insert(scope.as_str(), (description, at));
            }
        }
        (endpoints(urls), self.scope_enum(scopes, &at))
    }

    fn scope_enum(&mut self, scopes: Scopes<'_>, at: &Pointer) -> Option<Newtype> {
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
        let scopes = scopes.into_iter();
        let values = scopes.map(|(scope, (description, at))| (scope, description, at));
        let variants = self.variants("the scope ", values);
        Some(Newtype {
            name: SCOPE.to_owned(),
            description: "Permission that an access token grants.".to_owned(),
            kind: NewtypeKind::OpenEnum(variants),
        })
    }
}

fn endpoints([authorization_url, token_url]: [Option<&str>; 2]) -> Option<OAuthEndpoints> {
    let (base_url, path) = split_token_url(token_url?)?;
    Some(OAuthEndpoints {
        authorization_url: authorization_url?.to_owned(),
        token_base_url: base_url.to_owned(),
        token_path: path.to_owned(),
    })
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
