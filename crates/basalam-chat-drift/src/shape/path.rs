//! Paths on the wire: the path of a server, followed by a path template.

use std::collections::BTreeSet;

use basalam_chat_openapi::{Document, Error, Operation, Pointer};
use serde_json::Value;

/// The number of different paths that the servers of one operation can have.
const MAX_SERVER_PATHS: usize = 16;

/// Returns the template without the names of its parameters: `/files/{id}.json` becomes
/// `/files/{}.json`.
pub(crate) fn without_names(template: &str) -> String {
    let mut path = String::new();
    for_each_part(template, |literal, name| {
        path += literal;
        path += name.map_or("", |_| "{}");
    });
    path
}

/// Returns the names of the parameters in a template, in order.
pub(crate) fn parameter_names(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for_each_part(template, |_, name| names.extend(name));
    names
}

/// Calls `found` with each literal and the name of the parameter that follows it.
fn for_each_part<'a>(mut template: &'a str, mut found: impl FnMut(&'a str, Option<&'a str>)) {
    while let Some((literal, rest)) = template.split_once('{') {
        match rest.split_once('}') {
            Some((name, rest)) if !name.contains(['/', '{']) => {
                found(literal, Some(name));
                template = rest;
            }
            _ => {
                found(&template[..=literal.len()], None);
                template = rest;
            }
        }
    }
    found(template, None);
}

/// Returns the paths of the servers of an operation; without servers, it is empty.
pub(super) fn server_paths(
    document: &Document,
    operation: &Operation<'_>,
) -> Result<BTreeSet<String>, Error> {
    let operation = operation.pointer.as_str();
    let path_item = operation.rsplit_once('/').map_or("", |(parent, _)| parent);
    let servers = |at: &&str| document.root().pointer(at)?.get("servers");
    let mut places = [operation, path_item, ""].into_iter();
    let Some(servers) = places.find_map(|at| servers(&at)) else {
        return Ok(BTreeSet::from([String::new()]));
    };
    let at = Pointer::default().child("servers");
    let servers = servers.as_array();
    let paths: Option<BTreeSet<String>> =
        servers.and_then(|it| it.iter().map(server_path).collect());
    match paths {
        Some(paths) if paths.is_empty() => Ok(BTreeSet::from([String::new()])),
        Some(paths) if paths.len() <= MAX_SERVER_PATHS => Ok(paths),
        Some(_) => {
            let message = "too many different paths; list fewer servers";
            Err(Error::unsupported(&at, message))
        }
        None => {
            let message = "must be an array of servers, each with a `url`";
            Err(Error::structure(&at, message))
        }
    }
}

/// Returns the path of a server's URL, without its last `/`. Variables have their defaults.
pub(crate) fn server_path(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let authority = url.split_once("//").map(|(_, rest)| rest);
    let path = match authority {
        Some(rest) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url,
    };
    let path = path.trim_matches('/');
    Some(match path.is_empty() {
        true => String::new(),
        false => format!("/{path}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameter_names_are_dropped_in_whole_and_partial_segments() {
        for (template, path, names) in [
            ("/chats/{chat_id}", "/chats/{}", vec!["chat_id"]),
            ("/files/{id}.json", "/files/{}.json", vec!["id"]),
            ("/report/{from}..{to}", "/report/{}..{}", vec!["from", "to"]),
            ("/c/{a}...{b}", "/c/{}...{}", vec!["a", "b"]),
            ("/a}/{/{b}", "/a}/{/{}", vec!["b"]),
            ("/{", "/{", vec![]),
        ] {
            assert_eq!(without_names(template), path);
            assert_eq!(parameter_names(template), names, "{template}");
        }
    }

    #[test]
    fn path_of_a_server_has_neither_host_nor_last_slash() {
        for (url, path) in [
            ("https://x.example", ""),
            ("https://x.example/", ""),
            ("https://x.example/v1/?a=/b", "/v1"),
            ("//x.example:80/a/b", "/a/b"),
            ("/v1", "/v1"),
            ("v1/", "/v1"),
            ("https://{host}/{base}", "/api/v1"),
        ] {
            let variables = json!({"base": {"default": "api/v1"}});
            let server = json!({"url": url, "variables": variables});
            assert_eq!(server_path(&server).as_deref(), Some(path), "{url}");
        }
        assert_eq!(server_path(&json!({})), None);
    }
}
