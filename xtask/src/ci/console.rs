//! Tests of the emulator's console in a browser.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::port::with_port;
use super::{chromium, debian};
use crate::process::{Outcome, command, is_available, run_command};
use crate::workspace::Workspace;

/// The directory of the tests.
const TESTS: &str = "crates/basalam-chat-emulator/console-tests";

/// The tests of a real bot, which use the port of the README.
const BOT: &str = "@bot";

/// Debian's packages of Node.js and npm.
const PACKAGES: [&str; 2] = ["nodejs", "npm"];

/// Exits successfully if Node.js is new enough for Playwright.
const CHECK_NODE: &str = "process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)";

/// Builds the emulator and the bot, and runs the tests.
pub(crate) fn build_and_run(root: &Path) -> anyhow::Result<Outcome> {
    let mut build = command(root, "cargo");
    build.args(["build", "--package=basalam-chat-emulator"]);
    run_command(&mut build)?;
    let mut bot = command(root, "cargo");
    bot.args(["build", "--package=basalam-chat", "--features=watch"]);
    run_command(bot.arg("--example=answering_bot"))?;
    run(root)
}

/// Runs the tests with the programs that the test step has built.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    chromium::with_browser(root, |browser| {
        if let Err(error) = install(root) {
            return Ok(Outcome::Skipped(format!("{error:#}")));
        }
        let target = Workspace::read(root)?.target;
        let playwright = || -> Command {
            let mut playwright = command(&root.join(TESTS), "npx");
            playwright.env("CHROMIUM", browser);
            playwright.env("CARGO_TARGET_DIR", &target);
            playwright.args(["--no-install", "playwright", "test"]);
            playwright
        };
        run_command(playwright().args(["--grep-invert", BOT]))?;
        with_port(|| run_command(playwright().args(["--grep", BOT])))
    })
}

/// Installs the packages of the lock file, unless they are installed.
fn install(root: &Path) -> anyhow::Result<()> {
    install_node(root)?;
    let directory = root.join(TESTS);
    let lock = fs::read_to_string(directory.join("package-lock.json"))?;
    // Written after the installation.
    let installed = directory.join("node_modules/installed-lock.json");
    if fs::read_to_string(&installed).is_ok_and(|it| it == lock) {
        return Ok(());
    }
    let mut npm = command(&directory, "npm");
    // The browser is Debian's.
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run_command(npm.args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(installed, lock)?;
    Ok(())
}

fn install_node(root: &Path) -> anyhow::Result<()> {
    let has_node =
        || is_available("node", &["--eval", CHECK_NODE]) && is_available("npm", &["--version"]);
    if !has_node() {
        debian::install(root, &PACKAGES)?;
    }
    if !has_node() {
        anyhow::bail!("Node.js 20 or newer, or npm, is not installed");
    }
    Ok(())
}
