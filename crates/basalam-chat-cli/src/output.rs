//! What the command prints: results on standard output, everything else on standard error.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::arguments::{Bidi, Color, GlobalOptions};
use crate::failure::{Failure, Kind};
use crate::json;
use crate::view::{self, Direction, Line, View};

/// The version of the JSON form, which changes if a field is removed or gets another meaning.
const SCHEMA: u32 = 1;

/// The output of a command.
pub(crate) struct Output {
    pub(crate) is_json: bool,
    is_quiet: bool,
    /// Results are read by a person at a terminal.
    pub(crate) is_terminal: bool,
    /// Progress can be drawn.
    pub(crate) can_draw: bool,
    /// The width of the terminal, if results are read at one.
    pub(crate) columns: Option<usize>,
    pub(crate) view: View,
    is_error_terminal: bool,
    error_view: View,
    stdout: Mutex<BufWriter<Stdout>>,
}

/// A line of JSON.
#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    #[serde(rename = "type")]
    name: &'a str,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct FailureContent<'a> {
    kind: &'a str,
    exit_code: i32,
    message: &'a str,
    hint: Option<&'a str>,
    operation: Option<&'a str>,
    status: Option<u16>,
    retry_after_seconds: Option<u64>,
}

#[derive(Serialize)]
struct Message<'a> {
    message: &'a str,
}

impl Output {
    pub(crate) fn new(options: &GlobalOptions) -> Output {
        let is_terminal = io::stdout().is_terminal();
        let is_error_terminal = io::stderr().is_terminal();
        Output {
            is_json: options.json,
            is_quiet: options.quiet,
            is_terminal: is_terminal && !options.json,
            can_draw: is_error_terminal
                && !is_dumb_terminal()
                && !(options.json || options.quiet || options.verbose),
            columns: is_terminal.then(terminal_columns).flatten(),
            view: view(options, is_terminal),
            is_error_terminal,
            error_view: view(options, is_error_terminal),
            stdout: Mutex::new(BufWriter::new(io::stdout())),
        }
    }

    /// Prints a line of a result for people.
    pub(crate) fn line(&self, line: Line) -> Result<(), Failure> {
        self.write(&line.finish())
    }

    /// Prints a part of a result as JSON.
    pub(crate) fn json(&self, name: &str, content: impl Serialize) -> Result<(), Failure> {
        self.write(&document(name, content)?)
    }

    /// Prints text as it is, such as a script.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        stdout.write_all(bytes).map_err(write_failed)
    }

    fn write(&self, line: &str) -> Result<(), Failure> {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(stdout, "{line}").map_err(write_failed)
    }

    /// Writes everything that was printed.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        stdout.flush().map_err(write_failed)
    }

    /// Prints a line on standard error that is not a part of the result, unless `--quiet` is set.
    pub(crate) fn note(&self, message: &str) {
        if !self.is_quiet {
            self.print_to_stderr("note", message, |line| line);
        }
    }

    /// Warns the user.
    pub(crate) fn warning(&self, message: &str) {
        self.print_to_stderr("warning", message, |line| {
            line.styled(view::yellow(), |line| line.own("warning:"))
                .own(" ")
        });
    }

    fn print_to_stderr(&self, name: &str, message: &str, start: impl FnOnce(Line) -> Line) {
        match self.is_json {
            true => print_error_json(name, Message { message }),
            false => print_error(start(self.error_view.line()).own(message)),
        }
    }

    /// Reports a failure.
    pub(crate) fn failure(&self, failure: &Failure) {
        if failure.kind == Kind::Interrupted && self.is_error_terminal && !self.is_json {
            // The terminal shows `^C` at the start of the line.
            let _ = write!(io::stderr(), "\r");
        }
        print_failure(failure, self.is_json, self.error_view);
    }

    /// Starts a line for standard error, such as a question.
    pub(crate) fn error_line(&self) -> Line {
        self.error_view.line()
    }
}

fn document(name: &str, content: impl Serialize) -> Result<String, Failure> {
    let document = Document {
        schema: SCHEMA,
        name,
        content,
    };
    json::to_line(&document)
        .map_err(|error| Failure::failed(format!("the result cannot be written as JSON: {error}")))
}

/// Prints a failure to standard error.
pub(crate) fn print_failure(failure: &Failure, is_json: bool, view: View) {
    if is_json {
        let content = FailureContent {
            kind: failure.kind.name(),
            exit_code: failure.kind.exit_code(),
            message: &failure.message,
            hint: failure.hint.as_deref(),
            operation: failure.operation,
            status: failure.status,
            retry_after_seconds: failure.retry_after,
        };
        return print_error_json("error", content);
    }
    let line = view.line();
    print_error(match failure.kind {
        Kind::Interrupted => line.own("Interrupted."),
        _ => line
            .styled(view::red(), |line| line.own("error:"))
            .own(" ")
            .own(&failure.message),
    });
    for hint in failure.hint.iter().flat_map(|hint| hint.lines()) {
        print_error(view.line().own(hint));
    }
}

/// Prints a line of the log to standard error.
pub(crate) fn print_log(message: &str, is_json: bool) {
    match is_json {
        true => print_error_json("log", Message { message }),
        false => print_error(View::PLAIN.line().own(message)),
    }
}

/// Prints to standard error. A failure has nowhere to be reported.
fn print_error(line: Line) {
    let _ = writeln!(io::stderr(), "{}", line.finish());
}

fn print_error_json(name: &str, content: impl Serialize) {
    if let Ok(line) = document(name, content) {
        let _ = writeln!(io::stderr(), "{line}");
    }
}

fn write_failed(error: io::Error) -> Failure {
    Failure::io("the result cannot be written", &error)
}

fn view(options: &GlobalOptions, is_terminal: bool) -> View {
    let color = match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && allows_color(),
    };
    let direction = match options.bidi {
        Bidi::Auto if is_terminal => Direction::Isolated,
        Bidi::Auto | Bidi::Off => Direction::Plain,
        Bidi::Terminal => Direction::Isolated,
        Bidi::Visual => Direction::Visual,
    };
    View { color, direction }
}

/// Returns the width of the terminal, unless it does not know it.
fn terminal_columns() -> Option<usize> {
    let (_, columns) = console::Term::stdout().size_checked()?;
    (columns > 0).then_some(columns.into())
}

/// Returns `true` unless the environment forbids colours.
fn allows_color() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && !is_dumb_terminal()
}

/// Returns `true` if the terminal has no escape sequences, such as that of an editor.
fn is_dumb_terminal() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}
