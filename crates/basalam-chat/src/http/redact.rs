//! Redaction of secrets in error messages.

use std::sync::{PoisonError, RwLock};

use basalam_chat_api::operation::Operation;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

/// Replaces the secrets that the client has used recently.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    /// Tokens, authorization codes and OAuth client secrets.
    credentials: RecentSecrets,
    /// Bot tokens, as they are in URL paths.
    paths: RecentSecrets,
}

/// The most recent secrets.
#[derive(Debug, Default)]
struct RecentSecrets(RwLock<Vec<SecretString>>);

/// The number of secrets kept of each kind, in all encodings: many more than are ever in use at once.
const MAX_SECRETS: usize = 384;

/// The length below which a string is not redacted: no real secret is that short, and a short secret of a
/// test may be part of any word.
const MIN_LENGTH: usize = 8;

impl Redactor {
    /// Adds a secret, in all encodings.
    pub(crate) fn add(&self, secret: &SecretString) {
        if secret.expose_secret().len() >= MIN_LENGTH {
            self.credentials.add(secret);
            self.credentials.add(&form_encoded(secret));
            self.credentials.add(&json_escaped(secret));
        }
    }

    /// Adds the secrets in the path of a request.
    pub(super) fn add_path(&self, operation: &'static Operation, url: &Url) {
        if operation.secret_path {
            let secrets = path_parameters(operation.path, url);
            secrets.iter().for_each(|secret| self.paths.add(secret));
        }
    }

    /// Returns `text` with each secret replaced by `[redacted]`.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.paths.redact(self.credentials.redact(text.to_owned()))
    }
}

impl RecentSecrets {
    fn add(&self, secret: &SecretString) {
        let value = secret.expose_secret();
        let mut secrets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_known = |known: &SecretString| known.expose_secret() == value;
        match secrets.iter().position(is_known) {
            // The most recently used goes last.
            Some(position) => secrets[position..].rotate_left(1),
            None => {
                if secrets.len() == MAX_SECRETS {
                    secrets.remove(0);
                }
                secrets.push(secret.clone());
            }
        }
    }

    fn redact(&self, mut text: String) -> String {
        let secrets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut secrets: Vec<&str> = secrets.iter().map(ExposeSecret::expose_secret).collect();
        // One may be the prefix of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in secrets {
            text = text.replace(secret, "[redacted]");
        }
        text
    }
}

fn form_encoded(secret: &SecretString) -> SecretString {
    let mut url = Url::parse("http://localhost").ok();
    let encoded = url.as_mut().and_then(|url| {
        url.query_pairs_mut()
            .append_key_only(secret.expose_secret());
        url.query().map(SecretString::from)
    });
    encoded.unwrap_or_else(|| secret.clone())
}

/// Escapes slashes too, which JSON permits.
fn json_escaped(secret: &SecretString) -> SecretString {
    let quoted = serde_json::Value::from(secret.expose_secret()).to_string();
    SecretString::from(quoted.trim_matches('"').replace('/', "\\/"))
}

/// Returns the values of a path template's parameters, encoded and decoded.
fn path_parameters(template: &str, url: &Url) -> Vec<SecretString> {
    // Compared from their ends, since the base URL may have a path.
    let template = template.rsplit('/');
    let segments = url.path().rsplit('/');
    let parameters = template
        .zip(segments)
        .filter(|(name, segment)| name.starts_with('{') && !segment.is_empty());
    parameters
        .flat_map(|(_, segment)| {
            let decoded = percent_decode_str(segment).decode_utf8_lossy().into_owned();
            // The part after the colon is the secret of a bot token. It is the same in every encoding.
            let secret = decoded.split_once(':').map(|(_, secret)| secret.to_owned());
            let secret = secret.filter(|secret| !secret.is_empty());
            [Some(segment.to_owned()), Some(decoded), secret]
        })
        .flatten()
        .map(SecretString::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use basalam_chat_api::operations::GET_ME_POST;

    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let redactor = Redactor::default();
        for secret in secrets {
            redactor.add(&SecretString::from(*secret));
        }
        redactor
    }

    #[test]
    fn redacts_bot_token_in_path_encoded_and_decoded() {
        let redactor = redactor(&["canary-token"]);
        let url = "http://localhost/prefix/v1/bots/1%3Asecret%2Ba/getMe"
            .parse()
            .unwrap();
        redactor.add_path(&GET_ME_POST, &url);
        let text = redactor.redact("/v1/bots/1:secret+a/getMe 1%3Asecret%2Ba canary-token prefix");
        assert_eq!(
            text,
            "/v1/bots/[redacted]/getMe [redacted] [redacted] prefix"
        );
    }

    #[test]
    fn redacts_recent_secrets_and_ignores_short_ones() {
        let redactor = redactor(&["of", "first-secret", "second-secret"]);
        assert_eq!(
            redactor.redact("first-secret of second-secret"),
            "[redacted] of [redacted]"
        );
        for number in 0..MAX_SECRETS {
            redactor.add(&SecretString::from(format!("token-number-{number:04}")));
            redactor.add(&SecretString::from("second-secret"));
        }
        assert_eq!(redactor.redact("first-secret"), "first-secret");
        assert_eq!(redactor.redact("second-secret"), "[redacted]");
        assert_eq!(redactor.redact("token-number-0383"), "[redacted]");
    }

    #[test]
    fn redacts_all_encodings_and_the_longest_match() {
        let redactor = redactor(&["a/secret+of=mine", "a/secret+of=mine-and-more"]);
        for text in [
            "a/secret+of=mine",
            r"a\/secret+of=mine",
            "a%2Fsecret%2Bof%3Dmine",
            "a/secret+of=mine-and-more",
        ] {
            assert_eq!(redactor.redact(text), "[redacted]", "{text}");
        }
    }
}
