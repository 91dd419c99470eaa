//! Who may call an operation.

use basalam_chat_openapi::{Operation, Pointer};
use serde_json::Value;

use super::Lowering;

/// Who may call an operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Authorization {
    /// Nobody is asked for a token.
    None,
    /// A bearer token, with these OAuth scopes where the token has scopes.
    Bearer(Vec<String>),
}

impl<'a> Lowering<'a> {
    pub(super) fn authorization(&mut self, operation: &Operation<'a>) -> Authorization {
        let at = operation.pointer.child("security");
        let Some(requirements) = operation.value.get("security").and_then(Value::as_array) else {
            self.refuse(
                &at,
                "the operation does not say who may call it",
                "add `security`, `[]` where no token is needed",
            );
            return Authorization::None;
        };
        if requirements.is_empty() {
            return Authorization::None;
        }
        let mut scopes = Vec::new();
        for (index, requirement) in requirements.iter().enumerate() {
            self.requirement(requirement, &at.child(index), &mut scopes);
        }
        Authorization::Bearer(scopes)
    }

    fn requirement(&mut self, requirement: &Value, at: &Pointer, scopes: &mut Vec<String>) {
        let schemes = requirement.as_object();
        let Some((scheme, wanted)) = schemes
            .filter(|schemes| schemes.len() == 1)
            .and_then(|schemes| schemes.iter().next())
        else {
            self.refuse(
                at,
                "a requirement names one security scheme: a request carries one token or none",
                "write `{ \"scheme\": [] }`, or `security: []` where no token is needed",
            );
            return;
        };
        let at = at.child(scheme);
        self.check_scheme(scheme, &at);
        let wanted: Option<Vec<&str>> = wanted
            .as_array()
            .and_then(|wanted| wanted.iter().map(Value::as_str).collect());
        let Some(wanted) = wanted else {
            self.refuse(
                &at,
                "the scopes must be a list of texts",
                "write `[]` where none is needed",
            );
            return;
        };
        for scope in wanted {
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
    }

    fn check_scheme(&mut self, scheme: &str, at: &Pointer) {
        let schemes = Pointer::default()
            .child("components")
            .child("securitySchemes");
        let known = schemes.child(scheme).find(self.document.root());
        let text = |member: &str| known?.get(member)?.as_str();
        match (text("type"), text("scheme")) {
            (Some("oauth2"), _) => {}
            (Some("http"), Some(bearer)) if bearer.eq_ignore_ascii_case("bearer") => {}
            (None, _) => self.refuse(
                at,
                "no such security scheme is described",
                "add it to `components.securitySchemes`",
            ),
            _ => self.refuse(
                at,
                "only bearer tokens are generated for",
                "use a scheme of type `oauth2`, or `http` with `bearer`",
            ),
        }
    }
}
