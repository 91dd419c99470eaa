//! Questions to the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Read, StdinLock, Take, Write};

use basalam_chat::Secret;

use crate::context::Context;
use crate::failure::Failure;
use crate::text::grouped;

/// The largest size of a line of standard input, such as a token, in bytes.
const MAX_LINE: u64 = 64 * 1024;

/// The largest size of a text on standard input, in bytes.
const MAX_INPUT: u64 = 4 * 1024 * 1024;

/// Returns `true` if a person can be asked.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks whether to go on, if a person can be asked. Scripts are not asked.
pub(crate) async fn confirm(context: &Context<'_>, question: &str) -> Result<(), Failure> {
    if context.options.yes || !is_interactive() {
        return Ok(());
    }
    if context.options.no_input {
        return Err(Failure::usage("this needs a confirmation").hint("Pass `--yes`."));
    }
    let line = context.output.error_line().own(question).own(" [y/N]");
    let mut stderr = io::stderr();
    let _ = write!(stderr, "{} ", line.finish());
    let _ = stderr.flush();
    let answer = context.interrupt.or(read_line()).await;
    if answer.is_err() {
        end_line();
    }
    match answer??.as_deref().map(str::trim) {
        Some("y" | "Y" | "yes" | "Yes" | "YES") => Ok(()),
        _ => Err(Failure::failed("cancelled; nothing was done")),
    }
}

/// Ends the line of a question that was not answered.
fn end_line() {
    let _ = writeln!(io::stderr());
}

/// Reads a line of standard input; `None` at its end.
pub(crate) async fn read_line() -> Result<Option<String>, Failure> {
    let line = read(MAX_LINE, |input| {
        let mut line = String::new();
        input.read_line(&mut line).map(|_| line)
    });
    let line = line.await?;
    Ok((!line.is_empty()).then_some(line))
}

/// Reads standard input to its end.
pub(crate) async fn read_to_end() -> Result<String, Failure> {
    read(MAX_INPUT, |input| io::read_to_string(input)).await
}

/// Reads at most so many bytes of standard input, which may be endless.
async fn read(
    limit: u64,
    read: impl FnOnce(&mut Take<StdinLock<'static>>) -> io::Result<String> + Send + 'static,
) -> Result<String, Failure> {
    let text = blocking(move || read(&mut io::stdin().lock().take(limit + 1))).await?;
    let text = text.map_err(|error| Failure::io("standard input cannot be read", &error))?;
    match text.len() as u64 > limit {
        true => Err(Failure::usage(format!(
            "standard input has more than {} bytes",
            grouped(limit)
        ))),
        false => Ok(text),
    }
}

/// Reads a secret: from the terminal without showing it, or a line of standard input if that is no terminal.
pub(crate) async fn secret(context: &Context<'_>, what: &str) -> Result<Secret<String>, Failure> {
    let line = if !io::stdin().is_terminal() {
        context.interrupt.or(read_line()).await??
    } else if context.options.no_input {
        return Err(
            Failure::usage(format!("the {} is missing", what.to_lowercase()))
                .hint("Write it to standard input, for example from a file or a password manager."),
        );
    } else {
        let prompt = format!("{what} (it is not shown): ");
        let read = blocking(move || rpassword::prompt_password(prompt));
        let line = context.interrupt.or(read).await;
        if line.is_err() {
            end_line();
        }
        let line = line??;
        Some(line.map_err(|error| Failure::io("the terminal cannot be read", &error))?)
    };
    let secret = line.unwrap_or_default().trim().to_owned();
    match secret.is_empty() {
        true => Err(Failure::usage(format!(
            "the {} is empty",
            what.to_lowercase()
        ))),
        false => Ok(Secret::new(secret)),
    }
}

/// Runs blocking work on another thread.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Failure::failed("a thread of the command ended early; please report this"))
}
