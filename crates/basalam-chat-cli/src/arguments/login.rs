//! The arguments of `login`.

use std::ffi::OsString;

use basalam_chat::auth::Scope;
use clap::Args;

use crate::failure::Failure;

/// The redirect URI at which the command listens, unless the user has registered another one.
const REDIRECT_URI: &str = "http://127.0.0.1:8765/callback";

/// Tokens and secrets are read from the terminal without showing them, or from standard input. They are never
/// arguments, since other users of the computer can read those.
#[derive(Debug, Args)]
pub(crate) struct LoginOptions {
    /// Read the personal token from standard input.
    #[arg(long, conflicts_with = "oauth")]
    pub(crate) with_token: bool,

    /// Log in with OAuth, with the client that you registered with Basalam. Its secret is asked for, or read from the
    /// first line of standard input.
    #[arg(long, requires = "client_id")]
    pub(crate) oauth: bool,

    /// The id of your OAuth client.
    #[arg(long, value_name = "ID", requires = "oauth")]
    pub(crate) client_id: Option<String>,

    /// The redirect URI of your OAuth client, exactly as it is registered. If it is on this computer, the command
    /// listens there; otherwise paste the URL that the browser ends at.
    #[arg(long, value_name = "URL", requires = "oauth", default_value = REDIRECT_URI)]
    pub(crate) redirect_uri: String,

    /// A scope to request; repeat it for several.
    #[arg(long, value_name = "SCOPE", requires = "oauth")]
    #[arg(default_values = ["customer.chat.read", "customer.chat.write"])]
    pub(crate) scope: Vec<Scope>,

    /// The URL of the service, such as that of an emulator.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
}

/// The error of arguments that may contain a token.
pub(super) fn usage_error() -> Failure {
    Failure::usage(
        "unexpected arguments for `login`; they are not shown here, since they may contain a token",
    )
    .hint(
        "Tokens are never arguments: write the token at the prompt, or to standard input with `--with-token`. \
         See `basalam-chat login --help`.",
    )
}

/// Returns `true` if the command is `login`, or looks like one that was misspelt with a token.
pub(super) fn is_login(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let argument = argument.to_string_lossy();
        match &*argument {
            // The next argument is their value.
            "--profile" | "--color" | "--bidi" => drop(arguments.next()),
            "login" => return true,
            option if option.contains("token") => return true,
            option if option.starts_with('-') => {}
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_is_found_among_options() {
        let is_login = |line: &str| is_login(line.split(' ').map(OsString::from));
        for line in [
            "login x",
            "--json login x",
            "--profile shop login --token x",
            "--profile=shop login",
            "--token x chats",
            "--with-token=x",
        ] {
            assert!(is_login(line), "{line}");
        }
        for line in [
            "search login --bad",
            "send 1 login --bad",
            "--profile login chats",
            "chats --bad",
            "--bad",
        ] {
            assert!(!is_login(line), "{line}");
        }
    }
}
