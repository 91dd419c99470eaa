//! Which URLs files may be downloaded from. The sender of a message can choose any.

use basalam_chat::reqwest::Url;

/// The options of downloads.
#[derive(Clone, Debug)]
pub(crate) struct AttachmentOptions {
    pub(crate) max_bytes: u64,
    /// Hosts that are allowed besides Basalam's and the service's.
    pub(crate) hosts: Vec<String>,
}

impl Default for AttachmentOptions {
    fn default() -> AttachmentOptions {
        AttachmentOptions {
            max_bytes: 100 * 1024 * 1024,
            hosts: Vec::new(),
        }
    }
}

/// Allows URLs by their scheme and host.
#[derive(Clone, Debug)]
pub(super) struct UrlPolicy {
    service: Option<Url>,
    hosts: Vec<String>,
}

const BASALAM: &str = "basalam.com";

impl UrlPolicy {
    pub(super) fn new(service: &str, options: &AttachmentOptions) -> UrlPolicy {
        UrlPolicy {
            service: Url::parse(service).ok(),
            hosts: options
                .hosts
                .iter()
                .map(|it| it.to_ascii_lowercase())
                .collect(),
        }
    }

    /// Returns `true` if the service is on this computer, where no proxy is used.
    pub(super) fn is_local(&self) -> bool {
        let host = self.service.as_ref().and_then(Url::host_str);
        host.is_some_and(|it| it == "localhost" || it == "[::1]" || it.starts_with("127."))
    }

    /// Returns the URL if it is allowed, and the reason if it is not.
    pub(super) fn check(&self, url: &str) -> Result<Url, String> {
        let url = Url::parse(url).map_err(|_| "its URL is invalid".to_owned())?;
        match self.allows(&url) {
            true => Ok(url),
            false => {
                let host = url.host_str().unwrap_or("-");
                Err(format!(
                    "its URL, with `{}` at `{host}`, is not allowed",
                    url.scheme()
                ))
            }
        }
    }

    pub(super) fn allows(&self, url: &Url) -> bool {
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        let is_service = self
            .service
            .as_ref()
            .is_some_and(|it| it.origin() == url.origin());
        let host = url.host_str().unwrap_or_default();
        let is_basalam = host == BASALAM
            || host
                .strip_suffix(BASALAM)
                .is_some_and(|it| it.ends_with('.'));
        let is_allowed = is_basalam || self.hosts.iter().any(|it| it == host);
        is_service || (url.scheme() == "https" && is_allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_hosts_are_allowed() {
        let options = AttachmentOptions {
            hosts: vec!["CDN.example".to_owned()],
            ..Default::default()
        };
        let policy = UrlPolicy::new("http://127.0.0.1:4000", &options);
        for (url, expected) in [
            ("https://statics.basalam.com/a.jpg", true),
            ("https://basalam.com/a.jpg", true),
            ("https://cdn.example/a", true),
            ("http://127.0.0.1:4000/files/1/a", true),
            ("http://127.0.0.1:4001/files/1/a", false),
            ("http://statics.basalam.com/a.jpg", false),
            ("https://evilbasalam.com/a.jpg", false),
            ("https://basalam.com.evil.example/a.jpg", false),
            ("https://basalam.com@evil.example/a.jpg", false),
            ("https://user:password@basalam.com/a.jpg", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://localhost/a", false),
            ("file:///etc/passwd", false),
            ("data:text/plain,a", false),
            ("ftp://basalam.com/a", false),
            ("/files/1", false),
            ("", false),
        ] {
            assert_eq!(policy.check(url).is_ok(), expected, "{url}");
        }
        assert!(policy.is_local());
        assert!(!UrlPolicy::new("https://basalam.com", &options).is_local());
    }
}
