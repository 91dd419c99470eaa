//! Lowering of security requirements.

use basalam_chat_openapi::{Operation, Pointer};
use serde_json::Value;

use super::keywords::strings;
use super::lowering::Lowering;
use super::model::Authorization;

impl<'a> Lowering<'a> {
    pub(super) fn authorization(&mut self, operation: &Operation<'a>) -> Authorization {
        let (owner, at) = match operation.value.get("security") {
            Some(_) => (operation.value, &operation.pointer),
            None => (self.document.root(), &Pointer::default()),
        };
        let at = at.child("security");
        let Some(requirements) = owner.get("security") else {
            return Authorization::None;
        };
        let Some(requirements) = requirements.as_array() else {
            return self.reject(
                &at,
                "`security` must be an array of security requirements",
                "write `[]` if no token is needed",
            );
        };
        if requirements.is_empty() {
            return Authorization::None;
        }
        let mut scopes = Vec::new();
        for (index, requirement) in requirements.iter().enumerate() {
            self.add_scopes(requirement, &at.child(index), &mut scopes);
        }
        Authorization::Bearer(scopes)
    }

    /// Checks one security requirement and adds its scopes to `scopes`.
    fn add_scopes(&mut self, requirement: &Value, at: &Pointer, scopes: &mut Vec<String>) {
        let schemes = requirement.as_object().filter(|it| it.len() == 1);
        let Some((scheme, required)) = schemes.and_then(|it| it.iter().next()) else {
            return self.report(
                at,
                "a security requirement must name exactly one scheme: a request has at most one token",
                "write `{ \"scheme\": [] }`, or `security: []` if no token is needed",
            );
        };
        let at = at.child(scheme);
        self.check_scheme(scheme, &at);
        let Some(required) = strings(required) else {
            let message = "the scopes must be an array of strings";
            return self.report(&at, message, "write `[]` if no scope is needed");
        };
        for scope in required {
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
    }

    fn check_scheme(&mut self, name: &str, at: &Pointer) {
        let schemes = Pointer::default()
            .child("components")
            .child("securitySchemes");
        let scheme = schemes.child(name).find(self.document.root());
        let string = |field: &str| scheme?.get(field)?.as_str();
        match (string("type"), string("scheme")) {
            (Some("oauth2"), _) => {}
            (Some("http"), Some(bearer)) if bearer.eq_ignore_ascii_case("bearer") => {}
            (None, _) => self.report(
                at,
                format!("the security scheme `{name}` does not exist"),
                "add it to `components.securitySchemes`",
            ),
            _ => self.report(
                at,
                "only bearer tokens are supported",
                "use a scheme of type `oauth2`, or of type `http` with `scheme: bearer`",
            ),
        }
    }
}
