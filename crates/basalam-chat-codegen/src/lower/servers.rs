//! The path of the servers' URLs.

use basalam_chat_openapi::Pointer;

use super::lowering::Lowering;
use super::paths::is_literal;

impl Lowering<'_> {
    /// Returns the path that all servers have in common, which precedes the path of every operation. A
    /// program sets the rest of the URL.
    pub(super) fn lower_servers(&mut self) -> String {
        let at = Pointer::default().child("servers");
        let document = self.document;
        let servers = document.root()["servers"].as_array();
        let mut common: Option<&str> = None;
        for (index, server) in servers.into_iter().flatten().enumerate() {
            let at = at.child(index).child("url");
            let Some(path) = server["url"].as_str().and_then(path) else {
                self.report(
                    &at,
                    "the URL of the server must be a string whose path has ASCII letters, digits, `-`, \
                     `.`, `_` and `~` in its segments, without variables, a query or a fragment",
                    "write the URL without them, or move the path to `paths`",
                );
                continue;
            };
            if *common.get_or_insert(path) != path {
                self.report(
                    &at,
                    "the servers have different paths, and generated requests have one",
                    "keep the servers with one path",
                );
            }
        }
        common.unwrap_or_default().to_owned()
    }
}

/// Returns the path of a URL without the slash at its end, or `None` if it is not supported.
fn path(url: &str) -> Option<&str> {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |index| &rest[index..]),
        None => url,
    };
    let authority = url.strip_suffix(path)?;
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = path.split('/');
    let is_valid = segments.next() == Some("") && segments.all(is_literal);
    (is_valid && !authority.contains(['?', '#'])).then_some(path)
}
