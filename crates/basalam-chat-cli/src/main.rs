//! The command `basalam-chat`: the chats of a Basalam account from the command line.

mod arguments;
mod command_line;
mod commands;
mod context;
mod directories;
mod emulated;
mod failure;
mod interrupt;
mod json;
mod message_view;
mod output;
mod profile;
mod progress;
mod prompt;
mod text;
mod verbose;
mod view;

use arguments::Arguments;
use command_line::CommandLine;
use context::Context;
use failure::{Failure, Kind};
use output::Output;

fn main() {
    let (arguments, line) = match arguments::parse() {
        Ok(parsed) => parsed,
        Err(code) => std::process::exit(code),
    };
    let output = Output::new(&arguments.global);
    let code = match run(arguments, line, &output) {
        Ok(()) => 0,
        Err(failure) => {
            output.failure(&failure);
            failure.kind.exit_code()
        }
    };
    // A thread may still wait for a line of the terminal, which would delay the end of the process.
    std::process::exit(code);
}

fn run(arguments: Arguments, line: CommandLine, output: &Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("the runtime cannot be started", &error))?;
    let result = runtime.block_on(async {
        let context = Context::new(&arguments.global, line, output).await?;
        let result = commands::run(&context, arguments.command).await;
        let closed = context.close().await;
        result.and(closed)
    });
    // What was printed before a failure is part of the result.
    let flushed = output.flush();
    runtime.shutdown_background();
    match (result, flushed) {
        (Err(failure), _) if failure.kind != Kind::BrokenPipe => Err(failure),
        (Ok(()), Err(failure)) if failure.kind != Kind::BrokenPipe => Err(failure),
        // The reader has seen enough.
        _ => Ok(()),
    }
}
