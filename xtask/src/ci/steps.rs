//! The steps, in the order of how soon they tell something.

use std::path::Path;

use super::workspace::Workspace;
use super::{
    Outcome, Step, command, document, is_there, packages, public_api, python_sdk, schemathesis,
    succeed,
};
use crate::{build_cost, generate};

/// The oldest Rust that the workspace promises to build with.
const MINIMUM_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// The packages whose features change what is compiled of them.
const FEATURED: [&str; 3] = [
    "--package=basalam-chat",
    "--package=basalam-chat-api",
    "--all-features",
];

/// Combinations of the facade's features that nothing else builds.
const FEATURES: [&str; 9] = [
    "",
    "rustls",
    "native-tls",
    "rustls,native-tls",
    "rustls,schemars",
    "rustls,blocking",
    "rustls,gzip",
    "rustls,jiff",
    "rustls,tracing",
];

pub(super) fn all() -> Vec<Step> {
    let mut steps = vec![
        cargo("format", &["fmt", "--all", "--check"]),
        step("generated files are fresh", |root| {
            generate::run(root, true).map(|()| Outcome::Passed)
        }),
        step("document, by an independent validator", document::validate),
        cargo("tests", &["test", "--workspace"]),
        step("the vendor's Python SDK", python_sdk::run),
        step("schemathesis", schemathesis::run),
        step("quickstart", quickstart),
        cargo(
            "tests, with features",
            &[
                "test",
                "--package=basalam-chat",
                "--package=basalam-chat-api",
                // All but the second TLS, with which nothing below would be as it was built above.
                "--features=basalam-chat/blocking,basalam-chat/build-time-codegen",
                "--features=basalam-chat/gzip,basalam-chat/jiff",
                "--features=basalam-chat/schemars,basalam-chat/tracing",
                "--",
                // The long walks are the same with every feature.
                "--skip=history::a_history_of_100_000",
                "--skip=listing::",
            ],
        ),
        clippy("clippy", &["--workspace"]),
        clippy("clippy, all features", &FEATURED),
        step("docs", docs),
    ];
    steps.push(step("public API", public_api::check));
    steps.extend(FEATURES.map(features));
    steps.push(step(
        "crates above bare reqwest",
        build_cost::every_crate_has_its_reason,
    ));
    steps.push(step("oldest Rust", oldest_rust));
    steps.push(step(
        "packages, and a program that uses them",
        packages::run,
    ));
    steps
}

fn step(name: &'static str, run: impl Fn(&Path) -> anyhow::Result<Outcome> + 'static) -> Step {
    Step {
        name,
        run: Box::new(run),
    }
}

fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Step {
    step(name, move |root| {
        succeed(command(root, "cargo").args(arguments))
    })
}

fn clippy(name: &'static str, features: &'static [&'static str]) -> Step {
    step(name, move |root| {
        let mut command = command(root, "cargo");
        command.args(["clippy", "--all-targets"]);
        succeed(command.args(features).args(["--", "-D", "warnings"]))
    })
}

/// Runs the example that the README begins with. The tests have built it already, and to build it alone
/// would build what it depends on with other features; the program outside of the workspace does that.
fn quickstart(root: &Path) -> anyhow::Result<Outcome> {
    let program = Workspace::read(root)?
        .target
        .join("debug/examples/quickstart");
    succeed(command(root, &program.to_string_lossy()).env_remove("BASALAM_TOKEN"))
}

fn docs(root: &Path) -> anyhow::Result<Outcome> {
    let mut command = command(root, "cargo");
    command.env("RUSTDOCFLAGS", "-D warnings");
    succeed(command.args(["doc", "--workspace", "--no-deps", "--all-features"]))
}

fn features(features: &'static str) -> Step {
    let name = match features {
        "" => "features: none",
        "rustls" => "features: rustls",
        "native-tls" => "features: native-tls",
        "rustls,native-tls" => "features: rustls, native-tls",
        "rustls,schemars" => "features: rustls, schemars",
        "rustls,blocking" => "features: rustls, blocking",
        "rustls,gzip" => "features: rustls, gzip",
        "rustls,jiff" => "features: rustls, jiff",
        _ => "features: rustls, tracing",
    };
    step(name, move |root| {
        let needs_library = features.contains("native-tls");
        let is_linux = cfg!(target_os = "linux");
        if needs_library && is_linux && !is_there("pkg-config", &["--exists", "openssl"]) {
            return Ok(Outcome::Skipped(
                "the system's TLS library has no development files here".to_owned(),
            ));
        }
        let mut command = command(root, "cargo");
        command.args([
            "check",
            "--package",
            "basalam-chat",
            "--no-default-features",
        ]);
        succeed(command.args(["--features", features]))
    })
}

fn oldest_rust(root: &Path) -> anyhow::Result<Outcome> {
    let toolchain = format!("+{MINIMUM_RUST}");
    if !is_there("rustup", &["run", MINIMUM_RUST, "cargo", "--version"]) {
        return Ok(Outcome::Skipped(format!(
            "Rust {MINIMUM_RUST} is not installed; clippy's `incompatible_msrv` still looked"
        )));
    }
    // rustup's own `cargo` picks the toolchain, which the cargo that runs this cannot.
    let mut command = std::process::Command::new("cargo");
    command.current_dir(root).env_remove("RUSTUP_TOOLCHAIN");
    succeed(command.args([&toolchain, "check", "--workspace", "--all-targets"]))
}
