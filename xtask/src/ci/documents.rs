//! Checks of the programs that read documents, beyond their tests.

use std::path::Path;

use crate::process::{Outcome, command, is_available, run_command};
use crate::workspace::Workspace;

/// The time in seconds for which random documents are tried.
const SECONDS: &str = "60";

/// The memory that the program may use, in kilobytes.
const KILOBYTES: u64 = 1024 * 1024;

/// Feeds random documents to the generator and the comparison, with bounded memory. The program is an example, which
/// the test step has built; to build its package alone would rebuild its dependencies with other features.
pub(super) fn fuzz(root: &Path) -> anyhow::Result<Outcome> {
    if !is_available("sh", &["-c", &format!("ulimit -v {KILOBYTES}")]) {
        return Ok(Outcome::Skipped("`ulimit -v` is not available".to_owned()));
    }
    let program = Workspace::read(root)?
        .target
        .join("debug/examples/fuzz_documents");
    let script = format!("ulimit -v {KILOBYTES} && exec \"$0\" \"$@\"");
    let mut shell = command(root, "sh");
    run_command(shell.arg("-c").arg(script).arg(program).arg(SECONDS))
}

/// Compiles the client of the document that a test of `basalam-chat-drift` has applied additions to.
pub(super) fn compile_applied(root: &Path) -> anyhow::Result<Outcome> {
    let document = Workspace::read(root)?.target.join("tmp/applied-chat.json");
    let mut check = command(root, "cargo");
    check.args([
        "check",
        "--package=basalam-chat-api",
        "--features=build-time-codegen",
    ]);
    run_command(check.env("BASALAM_CHAT_SPEC", document))
}
