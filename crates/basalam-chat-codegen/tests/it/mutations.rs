//! Documents that nobody wrote: whatever is done to a document, it is accepted, refused with a place
//! and a remedy, or unreadable, and nothing else happens.

mod mutation;
mod words;

use basalam_chat_codegen::generate;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use serde_json::Value;

use crate::change::SMALL;
use crate::workspace;
use mutation::{Mutation, mutations};

/// The same cases at every run, unless `PROPTEST_CASES` or `PROPTEST_RNG_SEED` ask for others.
fn config(cases: u32) -> Config {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_261_123);
    }
    config
}

/// Generates from `text` and checks what must hold for any text.
fn check(text: &str) -> Result<(), TestCaseError> {
    let error = match generate(text) {
        Ok(sources) => {
            for source in [
                sources.client,
                sources.newtypes,
                sources.operations,
                sources.mock,
            ] {
                prop_assert!(syn::parse_file(&source).is_ok(), "no Rust: {source}");
            }
            return Ok(());
        }
        Err(error) => error,
    };
    prop_assert!(!error.is_generator(), "{error}");
    prop_assert!(error.is_unreadable() || error.is_refused(), "{error}");
    if error.is_unreadable() {
        return Ok(());
    }
    let document: Value = serde_json::from_str(text).unwrap();
    prop_assert!(!error.refused().is_empty());
    for problem in error.refused() {
        let parent = problem
            .pointer
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent);
        prop_assert!(
            document.pointer(&problem.pointer).is_some() || document.pointer(parent).is_some(),
            "nothing is at {problem}"
        );
        prop_assert!(!problem.problem.is_empty() && !problem.remedy.is_empty());
        prop_assert!(error.to_string().contains(&problem.to_string()));
    }
    Ok(())
}

fn mutated(document: &str, mutations: &[Mutation]) -> String {
    let mut document: Value = serde_json::from_str(document).unwrap();
    for mutation in mutations {
        mutation.apply(&mut document);
    }
    document.to_string()
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn a_small_document_changed_at_random_fails_only_as_promised(mutations in mutations()) {
        check(&mutated(SMALL, &mutations))?;
    }
}

proptest! {
    #![proptest_config(config(15))]

    #[test]
    fn the_chat_document_changed_at_random_fails_only_as_promised(mutations in mutations()) {
        check(&mutated(&workspace("openapi/chat.json"), &mutations))?;
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn a_text_that_was_cut_or_damaged_fails_only_as_promised(
        bytes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut text = SMALL.as_bytes().to_vec();
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len()).max(1));
        }
        for (place, byte) in bytes {
            let place = place.index(text.len());
            text[place] = byte;
        }
        check(&String::from_utf8_lossy(&text))?;
    }
}
