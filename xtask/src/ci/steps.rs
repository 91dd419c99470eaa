//! The CI steps, in the order of the fastest feedback.

use std::path::Path;

use super::{
    browser, console, databases, deny, documents, nats, packages, public_api, python_sdk, readme,
    schemathesis, spec_validator,
};
use crate::process::{Outcome, command, is_available, run_command};
use crate::workspace::Workspace;
use crate::{build_cost, generate, guide};

/// The minimum supported Rust version of the workspace.
const MINIMUM_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// The workspace with all features of the facade except those of other TLS libraries, which would rebuild the
/// dependencies. All steps that run tests select the same, so that each package is compiled for tests once.
pub(super) const WORKSPACE_TESTS: [&str; 5] = [
    "--workspace",
    "--features=basalam-chat/blocking,basalam-chat/build-time-codegen",
    "--features=basalam-chat/gzip,basalam-chat/jiff",
    "--features=basalam-chat/schemars,basalam-chat/socks,basalam-chat/tracing",
    "--features=basalam-chat/watch,basalam-chat/webhooks-axum",
];

/// The selection of clippy. The feature combinations below are checked without tests.
const ALL_TARGETS: [&str; 3] = ["--workspace", "--all-targets", "--all-features"];

/// Feature combinations of the facade that no other step builds.
const FEATURES: [&str; 15] = [
    "",
    "rustls",
    "rustls-no-provider",
    "native-tls",
    "rustls,native-tls",
    "rustls,socks",
    "rustls,schemars",
    "rustls,blocking",
    "rustls,gzip",
    "rustls,jiff",
    "rustls,tracing",
    "rustls,file-state",
    "rustls,watch",
    "rustls,webhooks",
    "rustls,webhooks-tower",
];

/// A TLS feature of the facade, and a feature of reqwest for another library, as another crate may enable it.
const TLS_LIBRARIES: [[&str; 2]; 2] = [
    ["rustls", "reqwest/native-tls"],
    ["rustls-no-provider", "reqwest/native-tls"],
];

/// One CI check.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) run: Run,
    /// Whether the next steps can run meanwhile: it mostly waits, or hardly uses the target directory.
    pub(super) is_beside: bool,
}

impl Step {
    fn beside_others(mut self) -> Step {
        self.is_beside = true;
        self
    }
}

/// The function that runs a step in the workspace with this root.
pub(super) type Run = Box<dyn Fn(&Path) -> anyhow::Result<Outcome> + Send>;

pub(super) fn all() -> Vec<Step> {
    let mut steps = vec![
        step("licences, sources and duplicates", deny::check).beside_others(),
        step("advisories", deny::check_advisories).beside_others(),
        step("openapi-spec-validator", spec_validator::run).beside_others(),
        step("guide", guide::run).beside_others(),
        cargo("format", &["fmt", "--all", "--check"]),
        step("generated files", |root| {
            generate::check(root).map(|()| Outcome::Passed)
        }),
        workspace_tests("tests", &[]),
        step("state stores on real servers", databases::run).beside_others(),
        step("relays and workers on a real server", nats::run).beside_others(),
        step("random documents", documents::fuzz).beside_others(),
        step("clients in other languages", python_sdk::run).beside_others(),
        step("schemathesis", schemathesis::run).beside_others(),
        step("pages of the archive in a browser", browser::run).beside_others(),
        step("console in a browser", console::run).beside_others(),
        step("client of an applied contract", documents::compile_applied),
        workspace_tests(
            "generated code compiles",
            &["--test=it", "--", "--ignored", "compile::"],
        ),
        step("quickstart example", |root| example(root, "quickstart")),
        step("first program of the README", readme::run),
        step("webhook bridge example", |root| {
            example(root, "webhook_bridge")
        }),
        step("answering bots", readme::run_bots),
        step("clippy", |root| clippy(root, &ALL_TARGETS)),
        step("docs", docs),
        step("public API", public_api::check),
    ];
    steps.extend(FEATURES.map(features));
    steps.extend(TLS_LIBRARIES.map(tls_library));
    steps.push(step("crates added by the SDK", build_cost::check_crates));
    steps.push(step("minimum Rust version", minimum_rust));
    steps.push(step("packages", packages::run));
    steps
}

fn step(
    name: impl Into<String>,
    run: impl Fn(&Path) -> anyhow::Result<Outcome> + Send + 'static,
) -> Step {
    Step {
        name: name.into(),
        run: Box::new(run),
        is_beside: false,
    }
}

fn cargo(name: &str, arguments: &'static [&'static str]) -> Step {
    step(name, move |root| {
        run_command(command(root, "cargo").args(arguments))
    })
}

fn workspace_tests(name: &str, arguments: &'static [&'static str]) -> Step {
    step(name, move |root| {
        let mut test = command(root, "cargo");
        test.args(["test", "--no-fail-fast"]).args(WORKSPACE_TESTS);
        run_command(test.args(arguments))
    })
}

/// Runs clippy, whose warnings and those of the compiler are errors.
fn clippy(root: &Path, selection: &[&str]) -> anyhow::Result<Outcome> {
    let mut command = command(root, "cargo");
    command.arg("clippy").args(selection);
    run_command(command.args(["--", "-D", "warnings"]))
}

/// Runs an example that a test step has built. `cargo run --example` would rebuild its dependencies
/// with other features; the step "packages" builds the quickstart example separately.
fn example(root: &Path, name: &str) -> anyhow::Result<Outcome> {
    let programs = Workspace::read(root)?.target.join("debug/examples");
    let program = programs.join(name);
    run_command(command(root, &program.to_string_lossy()).env_remove("BASALAM_TOKEN"))
}

/// Builds the documentation as it is published, with the feature of each item, which is unstable.
fn docs(root: &Path) -> anyhow::Result<Outcome> {
    let mut command = command(root, "cargo");
    command.env("RUSTDOCFLAGS", "-D warnings --cfg docsrs");
    public_api::allow_unstable_rustdoc(&mut command)?;
    run_command(command.args(["doc", "--workspace", "--no-deps", "--all-features"]))
}

fn features(features: &'static str) -> Step {
    let names = match features {
        "" => "none".to_owned(),
        features => features.replace(',', ", "),
    };
    step(format!("features: {names}"), move |root| {
        if let Some(reason) = missing_openssl(features) {
            return Ok(Outcome::Skipped(reason));
        }
        let package = ["--package=basalam-chat", "--no-default-features"];
        clippy(root, &[&package[..], &["--features", features]].concat())
    })
}

/// Checks that the feature decides which TLS library is used.
fn tls_library([own, foreign]: [&'static str; 2]) -> Step {
    step(
        format!("TLS library: {own} beside {foreign}"),
        move |root| {
            if let Some(reason) = missing_openssl(foreign) {
                return Ok(Outcome::Skipped(reason));
            }
            let mut command = command(root, "cargo");
            command.args(["test", "--package=basalam-chat", "--no-default-features"]);
            command.args(["--features", own, "--features", foreign]);
            run_command(command.args(["--lib", "--", "tls::"]))
        },
    )
}

/// Returns why these features cannot be built, if OpenSSL is missing.
fn missing_openssl(features: &str) -> Option<String> {
    let is_missing = features.contains("native-tls")
        && cfg!(target_os = "linux")
        && !is_available("pkg-config", &["--exists", "openssl"]);
    is_missing.then(|| "the development files of OpenSSL are not installed".to_owned())
}

fn minimum_rust(root: &Path) -> anyhow::Result<Outcome> {
    let toolchain = format!("+{MINIMUM_RUST}");
    if !is_available("rustup", &["run", MINIMUM_RUST, "cargo", "--version"]) {
        return Ok(Outcome::Skipped(format!(
            "Rust {MINIMUM_RUST} is not installed; clippy's `incompatible_msrv` lint has run"
        )));
    }
    // `+toolchain` needs the cargo of rustup, not the one that runs this program.
    let mut command = std::process::Command::new("cargo");
    command.current_dir(root).env_remove("RUSTUP_TOOLCHAIN");
    run_command(command.args([&toolchain, "check", "--workspace", "--all-targets"]))
}
