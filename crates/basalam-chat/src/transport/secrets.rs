//! What no error may show of a request.

use std::sync::{PoisonError, RwLock};

use basalam_chat_api::operation::Operation;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

/// Every secret that the client has used lately, which no error may show.
#[derive(Debug, Default)]
pub(crate) struct KnownSecrets {
    /// Tokens, codes, and the secret of an OAuth client.
    login: Latest,
    /// Tokens of bots, as they stand in paths.
    paths: Latest,
}

/// The latest of many secrets.
#[derive(Debug, Default)]
struct Latest(RwLock<Vec<SecretString>>);

/// How many of each kind are kept, in all their spellings: many more than are ever under way at once.
const KEPT: usize = 384;

/// No real secret is that short, and one of a test may be a part of every other word.
const SHORTEST: usize = 8;

impl KnownSecrets {
    /// Takes a secret in that no error may show from now on.
    pub(crate) fn add(&self, secret: &SecretString) {
        if secret.expose_secret().len() >= SHORTEST {
            self.login.add(secret);
            self.login.add(&in_a_form(secret));
            self.login.add(&in_json(secret));
        }
    }

    /// Takes in what is secret in the path of a request.
    pub(super) fn add_path(&self, operation: &'static Operation, url: &Url) {
        if operation.secret_path {
            let secrets = path_parameters(operation.path, url);
            secrets.iter().for_each(|secret| self.paths.add(secret));
        }
    }

    /// Replaces the secrets where they stand in a text.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.paths.redact(self.login.redact(text.to_owned()))
    }
}

impl Latest {
    fn add(&self, secret: &SecretString) {
        let text = secret.expose_secret();
        let mut latest = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_known = |known: &SecretString| known.expose_secret() == text;
        match latest.iter().position(is_known) {
            // What is in use goes last.
            Some(place) => latest[place..].rotate_left(1),
            None => {
                if latest.len() == KEPT {
                    latest.remove(0);
                }
                latest.push(secret.clone());
            }
        }
    }

    fn redact(&self, mut text: String) -> String {
        let latest = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut secrets: Vec<&str> = latest.iter().map(ExposeSecret::expose_secret).collect();
        // One may begin with another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in secrets {
            text = text.replace(secret, "[redacted]");
        }
        text
    }
}

/// A secret as a form spells it.
fn in_a_form(secret: &SecretString) -> SecretString {
    let mut url = Url::parse("http://localhost").ok();
    let spelled = url.as_mut().and_then(|url| {
        url.query_pairs_mut()
            .append_key_only(secret.expose_secret());
        url.query().map(SecretString::from)
    });
    spelled.unwrap_or_else(|| secret.clone())
}

/// A secret as JSON may spell it, which lets a slash be escaped.
fn in_json(secret: &SecretString) -> SecretString {
    let quoted = serde_json::Value::from(secret.expose_secret()).to_string();
    SecretString::from(quoted.trim_matches('"').replace('/', "\\/"))
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
            let plain = percent_decode_str(segment).decode_utf8_lossy().into_owned();
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

    fn known(secrets: &[&str]) -> KnownSecrets {
        let known = KnownSecrets::default();
        for secret in secrets {
            known.add(&SecretString::from(*secret));
        }
        known
    }

    #[test]
    fn the_token_in_a_path_is_replaced_in_both_spellings() {
        let known = known(&["canary-token"]);
        let url = "http://localhost/prefix/v1/bots/1%3Asecret%2Ba/getMe"
            .parse()
            .unwrap();
        known.add_path(&GET_ME_POST, &url);
        let shown = known.redact("/v1/bots/1:secret+a/getMe 1%3Asecret%2Ba canary-token prefix");
        assert_eq!(
            shown,
            "/v1/bots/[redacted]/getMe [redacted] [redacted] prefix"
        );
    }

    #[test]
    fn the_latest_secrets_are_replaced_and_words_that_are_too_short_for_one_are_left() {
        let known = known(&["of", "first-secret", "second-secret"]);
        assert_eq!(
            known.redact("first-secret of second-secret"),
            "[redacted] of [redacted]"
        );
        for number in 0..KEPT {
            known.add(&SecretString::from(format!("token-number-{number:04}")));
            known.add(&SecretString::from("second-secret"));
        }
        assert_eq!(known.redact("first-secret"), "first-secret");
        assert_eq!(known.redact("second-secret"), "[redacted]");
        assert_eq!(known.redact("token-number-0383"), "[redacted]");
    }

    #[test]
    fn a_secret_is_replaced_in_every_spelling_and_whole() {
        let known = known(&["a/secret+of=mine", "a/secret+of=mine-and-more"]);
        for text in [
            "a/secret+of=mine",
            r"a\/secret+of=mine",
            "a%2Fsecret%2Bof%3Dmine",
            "a/secret+of=mine-and-more",
        ] {
            assert_eq!(known.redact(text), "[redacted]", "{text}");
        }
    }
}
