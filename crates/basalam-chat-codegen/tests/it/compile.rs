//! Compiles generated sources in a crate that is not `basalam-chat-api`, with all warnings as errors, and
//! calls mocks of two documents with the generated clients.
//!
//! The tests are slow, so only `cargo xtask ci` runs them: `cargo test -p basalam-chat-codegen -- --ignored`.

mod constructs;
mod hostile;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use basalam_chat_codegen::generate;

use crate::read_workspace_file;

/// Dependencies of the crate, in the versions of the workspace.
const DEPENDENCIES: &[&str] = &[
    "httpmock",
    "progenitor-client",
    "regex",
    "reqwest",
    "schemars",
    "serde",
    "serde_json",
    "tokio",
];

/// A document and the name of the module that is generated from it.
struct Module {
    name: String,
    document: String,
}

#[test]
#[ignore = "compiles a crate; run by `cargo xtask ci`"]
fn generated_modules_compile_and_call_mocks() {
    let mut modules = hostile::modules();
    modules.extend(constructs::modules());
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated-modules");
    write_crate(&directory, &modules);
    run(cargo("test")
        .current_dir(&directory)
        .args(["--offline", "--quiet"]));
}

#[test]
#[ignore = "compiles a crate; run by `cargo xtask ci`"]
fn api_crate_compiles_for_any_document() {
    let documents = [
        ("hostile", hostile::chat_document()),
        ("webhooks", constructs::WEBHOOKS.to_owned()),
        ("changed", constructs::chat_document_without_some_types()),
    ];
    for (name, document) in documents {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
        fs::write(&path, document).unwrap();
        run(cargo("check")
            .args(["--offline", "--quiet", "--package=basalam-chat-api"])
            .arg("--features=build-time-codegen")
            .env("BASALAM_CHAT_SPEC", &path));
    }
}

fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    // The build directory of this test.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    cargo.arg(command).arg("--target-dir").arg(target);
    cargo.current_dir(workspace()).env_remove("RUSTFLAGS");
    cargo
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Writes a library with a module for each document, and a test that uses some of them.
fn write_crate(directory: &Path, modules: &[Module]) {
    let source = directory.join("src");
    let _ = fs::remove_dir_all(&source);
    let mut library = String::from("#![deny(warnings)]\n");
    for Module { name, document } in modules {
        let sources = generate(document).unwrap_or_else(|error| panic!("{name}: {error}"));
        let sources_directory = source.join(name).join("sources");
        fs::create_dir_all(&sources_directory).unwrap();
        for (file, source) in sources.files() {
            fs::write(sources_directory.join(file), source).unwrap();
        }
        // Only the test uses a module; in a private one, unused items are no warnings either.
        let visibility = if name == "webhooks" { "pub " } else { "" };
        write!(
            library,
            "{visibility}mod {name} {{
                {visibility}mod sources;
                #[allow(unused_imports)]
                use sources::{{newtypes, types}};
                #[path = \"sources/mock.rs\"]
                #[rustfmt::skip]
                #[allow(dead_code)]
                {visibility}mod mock;
            }}
            "
        )
        .unwrap();
    }
    fs::write(source.join("lib.rs"), library).unwrap();
    let tests = directory.join("tests");
    fs::create_dir_all(&tests).unwrap();
    fs::write(tests.join("calls.rs"), include_str!("compile/calls.rs")).unwrap();
    fs::write(directory.join("Cargo.toml"), manifest()).unwrap();
    fs::write(
        directory.join("Cargo.lock"),
        read_workspace_file("Cargo.lock"),
    )
    .unwrap();
}

fn manifest() -> String {
    let workspace_manifest = read_workspace_file("Cargo.toml");
    let version = |name: &&str| {
        let is_name = |line: &&str| line.split_once(" = ").is_some_and(|(key, _)| key == *name);
        let line = workspace_manifest.lines().find(is_name);
        format!(
            "{}\n",
            line.unwrap_or_else(|| panic!("{name} is not in Cargo.toml"))
        )
    };
    let dependencies: String = DEPENDENCIES.iter().map(version).collect();
    let api = workspace()
        .join("crates/basalam-chat-api")
        .canonicalize()
        .unwrap();
    format!(
        "[package]\nname = \"generated-modules\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [features]\ndefault = [\"schemars\", \"webhooks\"]\nschemars = []\nwebhooks = []\n\n\
         [dependencies]\n{dependencies}\
         basalam-chat-api = {{ path = {api:?}, features = [\"schemars\"] }}\n\n\
         [profile.dev]\ndebug = 0\n"
    )
}
