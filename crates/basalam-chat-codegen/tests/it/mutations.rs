//! Property tests with mutated documents: each of them is generated, or fails with a parse error or
//! with diagnostics that have a place and a remedy.

mod dictionary;
mod mutation;

use basalam_chat_codegen::generate;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use serde_json::Value;

use crate::read_workspace_file;
use crate::test_document::SMALL;
use mutation::{Mutation, mutations};

/// The same cases on every run, unless `PROPTEST_CASES` or `PROPTEST_RNG_SEED` is set.
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

/// Generates from `input` and checks the sources or the error.
fn check(input: &str) -> Result<(), TestCaseError> {
    let error = match generate(input) {
        Ok(sources) => {
            for source in [
                sources.client,
                sources.newtypes,
                sources.operations,
                sources.mock,
            ] {
                prop_assert!(syn::parse_file(&source).is_ok(), "not Rust: {source}");
            }
            return Ok(());
        }
        Err(error) => error,
    };
    prop_assert!(!error.is_generator(), "{error}");
    prop_assert!(error.is_parse() || error.is_unsupported(), "{error}");
    if error.is_parse() {
        return Ok(());
    }
    let document: Value = serde_json::from_str(input).unwrap();
    prop_assert!(!error.diagnostics().is_empty());
    for diagnostic in error.diagnostics() {
        let parent = diagnostic
            .pointer
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent);
        prop_assert!(
            document.pointer(&diagnostic.pointer).is_some() || document.pointer(parent).is_some(),
            "the pointer does not resolve: {diagnostic}"
        );
        prop_assert!(!diagnostic.message.is_empty() && !diagnostic.remedy.is_empty());
        prop_assert!(error.to_string().contains(&diagnostic.to_string()));
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
    fn mutated_small_document_fails_only_with_documented_errors(mutations in mutations()) {
        check(&mutated(SMALL, &mutations))?;
    }
}

proptest! {
    #![proptest_config(config(15))]

    #[test]
    fn mutated_chat_document_fails_only_with_documented_errors(mutations in mutations()) {
        check(&mutated(&read_workspace_file("openapi/chat.json"), &mutations))?;
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn truncated_or_corrupted_input_fails_only_with_documented_errors(
        bytes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut input = SMALL.as_bytes().to_vec();
        if let Some(end) = end {
            input.truncate(end.index(input.len()).max(1));
        }
        for (index, byte) in bytes {
            let index = index.index(input.len());
            input[index] = byte;
        }
        check(&String::from_utf8_lossy(&input))?;
    }
}
