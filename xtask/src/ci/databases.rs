//! Tests of the state stores on real servers, which the tests start and stop themselves.

use std::fs;
use std::path::Path;

use super::debian;
use super::steps::WORKSPACE_TESTS;
use crate::process::{Outcome, command, is_available, run_command};

/// The directory of Debian's packages of PostgreSQL.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// Debian's package of the command that creates the certificates of the tests of TLS.
const OPENSSL: &str = "openssl";

/// A server that tests need.
struct Server {
    /// Debian's package.
    package: &'static str,
    is_installed: fn() -> bool,
    /// The module of its tests.
    tests: &'static str,
}

const SERVERS: [Server; 2] = [
    Server {
        package: "postgresql",
        is_installed: has_postgresql,
        tests: "postgres::",
    },
    Server {
        package: "redis-server",
        is_installed: has_redis,
        tests: "redis::",
    },
];

/// Runs the tests that need PostgreSQL or Redis, and installs them from Debian's packages if they are missing. The
/// tests of an installed server are also run if the other one cannot be installed.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let missing = || -> Vec<&str> {
        let missing = SERVERS.iter().filter(|server| !(server.is_installed)());
        let missing = missing.map(|server| server.package);
        let openssl = (!is_available("openssl", &["version"])).then_some(OPENSSL);
        missing.chain(openssl).collect()
    };
    let reason = match missing().as_slice() {
        [] => String::new(),
        packages => match debian::install(root, packages) {
            Ok(()) => "it is still missing after the installation".to_owned(),
            Err(error) => format!("{error:#}"),
        },
    };
    let missing = missing();
    let installed = SERVERS.iter().filter(|it| !missing.contains(&it.package));
    let modules: Vec<&str> = installed.map(|server| server.tests).collect();
    if !modules.is_empty() {
        let mut tests = command(root, "cargo");
        tests.arg("test").args(WORKSPACE_TESTS).arg("--test=it");
        // The step "tests" checks that URLs with TLS are refused without these features.
        tests.arg("--features=basalam-chat-state/postgres-rustls,basalam-chat-state/redis-rustls");
        tests.args(["--", "--ignored"]).args(modules);
        if missing.contains(&OPENSSL) {
            tests.arg("--skip=tls::");
        }
        run_command(&mut tests)?;
    }
    Ok(match missing.is_empty() {
        true => Outcome::Passed,
        false => Outcome::Skipped(format!(
            "{} cannot be installed ({reason})",
            missing.join(" and ")
        )),
    })
}

fn has_postgresql() -> bool {
    fs::read_dir(POSTGRESQL).is_ok_and(|versions| {
        let mut versions = versions.flatten();
        versions.any(|version| version.path().join("bin/initdb").exists())
    })
}

fn has_redis() -> bool {
    is_available("redis-server", &["--version"]) && is_available("redis-cli", &["--version"])
}
