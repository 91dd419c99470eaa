//! The committed sources match the output of the generator.

use basalam_chat_openapi::Document;

/// Returns the committed sources that differ from the output for `document`.
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
    .filter_map(|(path, committed, generated)| stale(path, committed, generated))
    .collect()
}

/// Returns the first stale line of a committed source. The remedy is `cargo xtask generate`.
fn stale(path: &str, committed: &str, generated: &str) -> Option<String> {
    if committed == generated {
        return None;
    }
    let (old, new) = (committed.lines(), generated.lines());
    let same = old.zip(new).take_while(|(old, new)| old == new).count();
    let line = same + 1;
    let new = generated.lines().nth(same).unwrap_or("nothing");
    Some(format!(
        "{path} is stale from line {line} on: the generator produces {new:?}"
    ))
}

#[test]
fn committed_sources_are_up_to_date() {
    crate::assert_no_violations(&violations(&crate::committed_document()));
}
