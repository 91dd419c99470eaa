//! The committed sources are what the generator makes of the document.

use basalam_chat_openapi::Document;

/// The sources that differ from what `document` gives.
pub(crate) fn violations(document: &Document) -> Vec<String> {
    let sources = match basalam_chat_codegen::generate(&document.root().to_string()) {
        Ok(sources) => sources,
        Err(error) => return vec![format!("the generator: {error}")],
    };
    [
        (
            "crates/basalam-chat-api/src/generated/client.rs",
            include_str!("../../../basalam-chat-api/src/generated/client.rs"),
            &sources.client,
        ),
        (
            "crates/basalam-chat-api/src/generated/operations.rs",
            include_str!("../../../basalam-chat-api/src/generated/operations.rs"),
            &sources.operations,
        ),
        (
            "crates/basalam-chat-api/src/generated/newtypes.rs",
            include_str!("../../../basalam-chat-api/src/generated/newtypes.rs"),
            &sources.newtypes,
        ),
        (
            "crates/basalam-chat-mock/src/generated/mock.rs",
            include_str!("../../../basalam-chat-mock/src/generated/mock.rs"),
            &sources.mock,
        ),
    ]
    .into_iter()
    .filter_map(|(path, committed, fresh)| stale(path, committed, fresh))
    .collect()
}

/// Says where a committed source is stale: run `cargo xtask generate`.
fn stale(path: &str, committed: &str, fresh: &str) -> Option<String> {
    if committed == fresh {
        return None;
    }
    let (old, new) = (committed.lines(), fresh.lines());
    let same = old.zip(new).take_while(|(old, new)| old == new).count();
    let line = same + 1;
    let new = fresh.lines().nth(same).unwrap_or("nothing");
    Some(format!(
        "{path} is stale from line {line} on: fresh is {new:?}"
    ))
}

#[test]
fn the_committed_sources_are_what_the_document_gives() {
    crate::assert_none(&violations(&crate::committed()));
}
