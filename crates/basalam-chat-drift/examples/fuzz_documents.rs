//! Feeds random documents to everything that reads documents: the generator, the comparison and
//! `--apply`. None of them may panic, take longer than 10 seconds, or need more memory than the
//! process may use, whatever a document contains.
//!
//! ```sh
//! cargo build --package basalam-chat-drift --example fuzz_documents
//! sh -c 'ulimit -v 1048576 && target/debug/examples/fuzz_documents 60 7'
//! ```
//!
//! The first argument is the time in seconds, the second one the seed. A document that fails is
//! saved as `target/fuzz-failure.json`.

// The report of a program.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "../../basalam-chat-codegen/tests/it/mutations/dictionary.rs"]
mod dictionary;
#[path = "../../basalam-chat-codegen/tests/it/mutations/mutation.rs"]
mod mutation;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, panic, process, thread};

use anyhow::Context;
use basalam_chat_drift::difference::compare;
use basalam_chat_drift::shape::WireShape;
use basalam_chat_drift::{DOCUMENT, Options};
use basalam_chat_openapi::Document;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

/// The time that one document may take.
const LIMIT: Duration = Duration::from_secs(10);

/// The number of documents with few constructs for each one like the committed document.
const SMALL_PER_LARGE: u64 = 30;

/// When the current document was started, in milliseconds since the program was.
static STARTED: AtomicU64 = AtomicU64::new(0);

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(Ok(default), |it| it.parse());
    let (seconds, seed) = (number(60)?, number(7)?);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let failure = root.join("target/fuzz-failure.json");
    let small = "crates/basalam-chat-codegen/tests/it/documents/small.json";
    let [small, large] = [small, DOCUMENT].map(|path| fs::read_to_string(root.join(path)));
    let (small, large) = (small?, large?);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let strategy = mutation::mutations();
    let begin = Instant::now();
    watch(begin);
    let mut count = 0;
    while begin.elapsed() < Duration::from_secs(seconds) {
        let original = match count % SMALL_PER_LARGE {
            0 => &large,
            _ => &small,
        };
        let mut document: Value = serde_json::from_str(original)?;
        let tree = strategy.new_tree(&mut runner);
        let mutations = tree.map_err(|it| anyhow::anyhow!("{it}"))?.current();
        mutations.iter().for_each(|it| it.apply(&mut document));
        let text = document.to_string();
        fs::write(&failure, &text)?;
        STARTED.store(milliseconds(begin), Ordering::Relaxed);
        if panic::catch_unwind(|| read(original, &text)).is_err() {
            eprintln!(
                "document {count} of seed {seed} panics: {}",
                failure.display()
            );
            process::exit(1);
        }
        count += 1;
    }
    fs::remove_file(&failure)?;
    println!("{count} documents of seed {seed}: no panic, none took longer than 10 s");
    Ok(())
}

/// Ends the program if a document takes too long.
fn watch(begin: Instant) {
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(500));
            let taken = milliseconds(begin).saturating_sub(STARTED.load(Ordering::Relaxed));
            if u128::from(taken) > LIMIT.as_millis() {
                eprintln!("target/fuzz-failure.json takes longer than 10 s");
                process::exit(1);
            }
        }
    });
}

fn milliseconds(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Generates from a mutated document, compares it with the original one, and applies its additions.
/// Errors are expected.
fn read(original: &str, mutated: &str) {
    drop(basalam_chat_codegen::generate(mutated));
    if let (Ok(original), Ok(mutated)) = (shape(original), shape(mutated)) {
        drop(compare(&original, &mutated));
        drop(compare(&mutated, &original));
        assert_eq!(compare(&mutated, &mutated), []);
    }
    drop(apply(original, mutated));
}

fn shape(json: &str) -> anyhow::Result<WireShape> {
    Ok(WireShape::read(&Document::parse(json)?)?)
}

fn apply(original: &str, contract: &str) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("openapi"))?;
    fs::write(folder.path().join(DOCUMENT), original)?;
    let file = folder.path().join("contract.json");
    fs::write(&file, contract)?;
    let options = Options {
        files: vec![path(&file)?],
        apply: true,
        ..Options::default()
    };
    basalam_chat_drift::run(folder.path(), &options).map(drop)
}

fn path(path: &Path) -> anyhow::Result<String> {
    path.to_str().map(str::to_owned).context("must be UTF-8")
}
