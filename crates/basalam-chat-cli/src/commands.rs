//! The commands.

mod archive;
mod chats;
mod doctor;
mod list;
mod login;
mod messages;
mod send;
mod shell;
mod watch;
mod webhooks;
mod whoami;

use crate::arguments::Command;
use crate::context::Context;
use crate::failure::Failure;

/// Runs a command.
pub(crate) async fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Login(options) => login::run(context, options).await,
        Command::Logout => login::log_out(context).await,
        Command::Whoami => whoami::run(context).await,
        Command::Chats(options) => chats::run(context, options).await,
        Command::Messages(options) => messages::run(context, options).await,
        Command::Send(options) => send::run(context, options).await,
        Command::Watch(options) => watch::run(context, options).await,
        Command::Sync(options) => archive::sync(context, options).await,
        Command::Search(options) => archive::search(context, options).await,
        Command::Export(options) => archive::export(context, options).await,
        Command::Import(options) => archive::import(context, options).await,
        Command::Webhooks(command) => webhooks::run(context, command).await,
        Command::Doctor => doctor::run(context).await,
        Command::Completions { shell } => shell::completions(context, shell),
        Command::Man { directory } => shell::manual(context, directory),
    }
}
