//! Prefixes, order and pages.

use std::sync::Arc;

use basalam_chat::state::{DeleteMode, PutMode, StateKey, StateStore};

use super::context::Context;
use super::report::{CheckResult, Stop, ensure};

/// Names whose order and prefixes differ between comparison by bytes, by words and by patterns.
const NAMES: [&str; 14] = [
    "a", "a-b", "a.b", "a/b", "a/b/c", "a0", "a=b", "aB", "a_b", "ab", "axb", "B", "b/1", "b/10",
];

async fn fill(context: &Context) -> Result<Arc<dyn StateStore>, Stop> {
    let store = context.open().await?;
    for name in NAMES.iter().chain(&["a/deleted", "c"]) {
        store
            .put(&context.key(name)?, name.as_bytes(), PutMode::Create)
            .await?;
    }
    for name in ["a/deleted", "c"] {
        store.delete(&context.key(name)?, DeleteMode::Any).await?;
    }
    Ok(store)
}

/// Returns the names that a list should contain.
fn expected(prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    let mut names: Vec<&str> = NAMES.to_vec();
    names.sort_unstable();
    names.retain(|name| name.starts_with(prefix) && after.is_none_or(|after| *name > after));
    names.into_iter().take(limit).map(str::to_owned).collect()
}

async fn check(
    context: &Context,
    store: &dyn StateStore,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> CheckResult {
    let after_key = after.map(|name| context.key(name)).transpose()?;
    let full_prefix = format!("{}{prefix}", context.prefix());
    let entries = store.list(&full_prefix, after_key.as_ref(), limit).await?;
    let keys = entries.iter().map(|entry| &entry.key);
    let names: Vec<_> = keys.map(|key| name(context, key)).collect();
    let expected = expected(prefix, after, limit);
    ensure!(
        names == expected,
        "the prefix {prefix:?} after {after:?} with limit {limit} listed {names:?}, not {expected:?}"
    );
    for entry in entries {
        let stored = store.get(&entry.key).await?;
        ensure!(
            stored.as_ref() == Some(&entry),
            "listed {entry:?}, read {stored:?}"
        );
    }
    Ok(())
}

fn name(context: &Context, key: &StateKey) -> String {
    let name = key.as_str().strip_prefix(context.prefix());
    name.unwrap_or(key.as_str()).to_owned()
}

pub(super) async fn prefixes_are_literal(context: &Context) -> CheckResult {
    let store = fill(context).await?;
    let prefixes = [
        "",
        "a",
        "a/",
        "a/b",
        "a_",
        "a.",
        "A",
        "b/1",
        "b/10",
        "b/100",
        "c",
        "%",
        "a%",
        "*",
        "a?",
        "[a-b]",
        "'",
        "\\",
        "\0",
        "a\u{7f}",
        "a\u{7e}",
        "é",
        "\u{10ffff}",
    ];
    for prefix in prefixes {
        check(context, &*store, prefix, None, 100).await?;
    }
    let mut shortened = context.prefix().to_owned();
    shortened.pop();
    let listed = store.list(&shortened, None, 100).await?;
    ensure!(
        listed.len() == NAMES.len(),
        "the prefix `{shortened}` listed {}",
        listed.len()
    );
    Ok(())
}

pub(super) async fn pages_are_complete_and_ordered(context: &Context) -> CheckResult {
    let store = fill(context).await?;
    for (prefix, after) in [
        ("", Some("a")),
        ("", Some("a/a")),
        ("", Some("0")),
        ("", Some("zz")),
        ("a/", Some("B")),
        ("a/", Some("a/b")),
        ("a/", Some("b")),
        ("b", Some("a/b")),
        ("b/1", Some("b/1")),
    ] {
        for limit in [0, 1, 2, 100, usize::MAX] {
            check(context, &*store, prefix, after, limit).await?;
        }
    }
    for limit in [1, 2, 5, NAMES.len(), 100] {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = store.list(context.prefix(), after.as_ref(), limit).await?;
            ensure!(
                page.len() <= limit,
                "{} entries for the limit {limit}",
                page.len()
            );
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.key.clone());
            names.extend(page.iter().map(|entry| name(context, &entry.key)));
            ensure!(
                names.len() <= NAMES.len(),
                "pages of {limit} repeat: {names:?}"
            );
        }
        let expected = expected("", None, usize::MAX);
        ensure!(
            names == expected,
            "pages of {limit} listed {names:?}, not {expected:?}"
        );
    }
    Ok(())
}
