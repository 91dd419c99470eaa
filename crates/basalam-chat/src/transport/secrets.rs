//! What no error may show of a request.

use basalam_chat_api::operation::Operation;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::auth::Authentication;

/// The secrets that went out with one request.
pub(super) struct Secrets<'a> {
    authentication: &'a Authentication,
    /// The parts of the path that hold a secret, as they are on the wire and decoded.
    path: Vec<SecretString>,
}

impl<'a> Secrets<'a> {
    pub(super) fn new(
        authentication: &'a Authentication,
        operation: &'static Operation,
        url: &Url,
    ) -> Secrets<'a> {
        let path = match operation.secret_path {
            true => path_parameters(operation.path, url),
            false => Vec::new(),
        };
        Secrets {
            authentication,
            path,
        }
    }

    /// Replaces the secrets where they stand in a text.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = self.authentication.redact(text);
        for secret in &self.path {
            text = text.replace(secret.expose_secret(), "[redacted]");
        }
        text
    }
}

/// What fills the parameters of a path template, in both spellings.
fn path_parameters(template: &str, url: &Url) -> Vec<SecretString> {
    // The base URL may have a path of its own, so the two are compared from their ends.
    let template = template.rsplit('/');
    let segments = url.path().rsplit('/');
    let parameters = template
        .zip(segments)
        .filter(|(name, segment)| name.starts_with('{') && !segment.is_empty());
    parameters
        .flat_map(|(_, segment)| {
            let plain = segment.replace("%3A", ":");
            // The part behind the colon is the secret one, and is spelled alike everywhere.
            let secret = plain.split_once(':').map(|(_, secret)| secret.to_owned());
            let secret = secret.filter(|secret| !secret.is_empty());
            [Some(segment.to_owned()), Some(plain), secret]
        })
        .flatten()
        .map(SecretString::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use basalam_chat_api::operations::GET_ME_POST;

    use super::*;
    use crate::PersonalToken;

    #[test]
    fn the_token_in_a_path_is_replaced_in_both_spellings() {
        let authentication = PersonalToken::new("canary-token").into();
        let url = "http://localhost/prefix/v1/bots/1%3Asecret/getMe"
            .parse()
            .unwrap();
        let secrets = Secrets::new(&authentication, &GET_ME_POST, &url);
        let shown = secrets.redact("/v1/bots/1:secret/getMe 1%3Asecret canary-token prefix");
        assert_eq!(
            shown,
            "/v1/bots/[redacted]/getMe [redacted] [redacted] prefix"
        );
    }
}
