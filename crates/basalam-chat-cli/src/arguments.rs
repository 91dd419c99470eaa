//! The arguments of the command.

mod archive;
mod login;
mod webhooks;

use std::path::PathBuf;

use basalam_chat::{ChatId, EntityId, MessageId};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::command_line::CommandLine;
use crate::directories::check_profile;
use crate::failure::{Failure, Kind};
use crate::output::print_failure;
use crate::view::View;

pub(crate) use archive::{
    ColumnSeparator, ExportFormat, ExportOptions, ImportOptions, PageLanguage, SearchOptions,
    SortBy, SyncOptions,
};
pub(crate) use login::LoginOptions;
pub(crate) use webhooks::{CreateOptions, ListenOptions, WebhookCommand};

const TOPICS: &str = "\
Exit codes:
  0    success
  1    failure
  2    wrong usage
  4    a login is needed
  5    a part of the result is missing
  6    a later try may succeed: rate limit, network, service failure
  130  ended with Ctrl-C; a second Ctrl-C ends at once

Environment:
  BASALAM_CHAT_PROFILE  the profile, instead of `default`
  BASALAM_CHAT_HOME     one directory for logins and data, instead of those of the platform
  NO_COLOR              no colours
  HTTPS_PROXY, ALL_PROXY, NO_PROXY
                        the proxy to the service: http, https, socks5, socks5h

Try it without an account:
  basalam-chat --emulator chats
  basalam-chat --emulator messages 1001
  basalam-chat --emulator watch";

/// The chats of a Basalam account, from the command line.
#[derive(Debug, Parser)]
#[command(name = "basalam-chat", version, after_long_help = TOPICS, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    /// The login to use.
    #[arg(long, global = true, value_name = "NAME", default_value = "default")]
    #[arg(env = "BASALAM_CHAT_PROFILE", value_parser = check_profile)]
    pub(crate) profile: String,

    /// Print JSON: one document, or one line for each item.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Print no notes.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Log requests to standard error, without tokens and message texts.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,

    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    /// How to write text of several directions.
    #[arg(long, global = true, value_name = "HOW", default_value = "auto")]
    pub(crate) bidi: Bidi,

    /// Never ask; fail instead.
    #[arg(long, global = true)]
    pub(crate) no_input: bool,

    /// Send and delete without asking.
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,

    /// Run the command against a throw-away service in this process, as a seller with some chats.
    #[arg(long, global = true)]
    pub(crate) emulator: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Bidi {
    /// `terminal` on a terminal, otherwise `off`.
    Auto,
    /// In logical order, with invisible marks around each text of others. For terminals that reorder.
    Terminal,
    /// In the order of the columns. For terminals that do not reorder; others show it backwards.
    Visual,
    /// In logical order, without marks.
    Off,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Log in with a personal token, or with OAuth.
    Login(LoginOptions),
    /// Delete the login from this computer.
    Logout,
    /// Show the account of the login.
    Whoami,
    /// List chats, the most recent activity first.
    Chats(ChatsOptions),
    /// Show messages of a chat, the oldest first.
    Messages(MessagesOptions),
    /// Send a message to a chat.
    Send(SendOptions),
    /// Show new messages of all chats as they arrive.
    Watch(WatchOptions),
    /// Copy the history of all chats into the archive, or what is new since the last time.
    Sync(SyncOptions),
    /// Find messages in the archive.
    Search(SearchOptions),
    /// Write the archive as JSON Lines, CSV or HTML.
    Export(ExportOptions),
    /// Read JSON Lines that `export` has written into the archive.
    Import(ImportOptions),
    /// Manage webhooks, and print what they deliver.
    #[command(subcommand)]
    Webhooks(WebhookCommand),
    /// Check login, network, clock, files and archive.
    Doctor,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, or write the pages of all commands into a directory.
    Man {
        /// The directory.
        directory: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ChatsOptions {
    /// The largest number of chats.
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,

    /// List all chats.
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,

    /// List only chats with messages that were not seen.
    #[arg(long)]
    pub(crate) unseen: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MessagesOptions {
    /// The id of the chat.
    pub(crate) chat: ChatId,

    /// The largest number of messages.
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,

    /// Show the whole history.
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,

    /// Show messages before this one.
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) before: Option<MessageId>,

    /// Show messages after this one.
    #[arg(long, value_name = "MESSAGE", conflicts_with = "before")]
    pub(crate) after: Option<MessageId>,

    /// Do not cut long messages.
    #[arg(long)]
    pub(crate) full: bool,
}

/// Each message has an idempotency key. If the response is lost, the chat is searched for the message.
#[derive(Debug, Args)]
pub(crate) struct SendOptions {
    /// The id of the chat.
    pub(crate) chat: ChatId,

    /// The text. `-` reads it from standard input, which is the default if that is not a terminal.
    pub(crate) text: Option<String>,

    /// Send a picture; repeat it for several. The text becomes the caption.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["file", "product"])]
    pub(crate) picture: Vec<PathBuf>,

    /// Send a file; repeat it for several. The text becomes the caption.
    #[arg(long, value_name = "PATH", conflicts_with = "product")]
    pub(crate) file: Vec<PathBuf>,

    /// Send the card of a product.
    #[arg(long, value_name = "ID")]
    pub(crate) product: Option<EntityId>,

    /// Reply to this message.
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) reply_to: Option<MessageId>,

    /// Send only if no message of the chat has this key, which makes it safe to repeat the command. The 1,000 newest
    /// messages are searched. All members of the chat can see the key. [default: random]
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WatchOptions {
    /// Show only these chats.
    #[arg(long, value_name = "CHAT")]
    pub(crate) chat: Vec<ChatId>,

    /// Show the messages of the account itself, too.
    #[arg(long)]
    pub(crate) own: bool,

    /// Start after this message, instead of now.
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) after: Option<MessageId>,

    /// Start with the first message of each chat.
    #[arg(long, conflicts_with = "after")]
    pub(crate) from_the_beginning: bool,

    /// Remember the position under this name: the next call with the same name goes on there. Of several processes
    /// with the same name, one shows the messages.
    #[arg(long, value_name = "NAME", value_parser = check_profile)]
    pub(crate) name: Option<String>,

    /// End after so many events.
    #[arg(long, short = 'n', value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,

    /// Do not cut long messages.
    #[arg(long)]
    pub(crate) full: bool,
}

/// Parses the arguments of the process. If there is nothing to run, returns the exit code.
pub(crate) fn parse() -> Result<(Arguments, CommandLine), i32> {
    let mut command = Arguments::command();
    command.build();
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let parsed = matches.and_then(|matches| {
        let line = CommandLine::read(&command, &matches);
        Ok((Arguments::from_arg_matches(&matches)?, line))
    });
    parsed.map_err(|error| report(&error))
}

/// Prints an error of the parser, or the help that was asked for. Returns the exit code.
fn report(error: &clap::Error) -> i32 {
    let kind = error.kind();
    if matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return 0;
    }
    let arguments = || std::env::args_os().skip(1);
    // These messages name arguments of the definition alone.
    let is_harmless = matches!(
        kind,
        ErrorKind::MissingRequiredArgument | ErrorKind::ArgumentConflict
    );
    let is_json = arguments().any(|argument| argument == "--json");
    if !is_harmless && login::is_login(arguments()) {
        print_failure(&login::usage_error(), is_json, View::PLAIN);
    } else if is_json {
        print_failure(&usage_error(error), is_json, View::PLAIN);
    } else {
        let _ = error.print();
    }
    Kind::Usage.exit_code()
}

/// Returns the first paragraph of an error of the parser, without the usage.
fn usage_error(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    Failure::usage(lines.join(" ")).hint("See `basalam-chat --help`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn global_options_are_accepted_after_the_command() {
        let line = [
            "basalam-chat",
            "chats",
            "--json",
            "--profile",
            "shop",
            "--all",
        ];
        let arguments = Arguments::try_parse_from(line).unwrap();
        assert!(arguments.global.json);
        assert_eq!(arguments.global.profile, "shop");
    }

    #[test]
    fn contradictory_arguments_are_refused() {
        for line in [
            "chats --limit 0",
            "chats --all --limit 3",
            "messages x",
            "messages 1 --before 2 --after 3",
            "send 1 --picture a --file b",
            "send 1 --file a --product 2",
            "watch --after 1 --from-the-beginning",
            "watch --name ../x",
            "--profile ../x chats",
            "webhooks create https://example.com",
        ] {
            let line = format!("basalam-chat {line}");
            assert!(
                Arguments::try_parse_from(line.split(' ')).is_err(),
                "{line}"
            );
        }
    }
}
