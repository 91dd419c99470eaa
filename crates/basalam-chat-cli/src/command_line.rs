//! The command line of this process, to show how to go on after it.

use std::ffi::OsStr;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

const PROGRAM: &str = "basalam-chat";

/// The arguments that the user wrote, without defaults and values of the environment.
#[derive(Debug, Default)]
pub(crate) struct CommandLine {
    globals: Vec<Given>,
    subcommands: Vec<String>,
    positionals: Vec<Given>,
    options: Vec<Given>,
}

/// An argument that was written.
#[derive(Debug)]
struct Given {
    id: String,
    /// As a shell reads it.
    text: String,
}

impl CommandLine {
    /// Reads the arguments of a command and of the subcommand that was chosen. `command` has to be built.
    pub(crate) fn read(command: &Command, matches: &ArgMatches) -> CommandLine {
        let mut line = CommandLine::default();
        let (mut command, mut matches) = (command, matches);
        let root = command;
        while let Some((name, of_subcommand)) = matches.subcommand() {
            let Some(subcommand) = command.find_subcommand(name) else {
                break;
            };
            line.subcommands.push(name.to_owned());
            (command, matches) = (subcommand, of_subcommand);
        }
        line.globals = given(
            root.get_arguments().filter(|it| it.is_global_set()),
            matches,
        );
        let own = || command.get_arguments().filter(|it| !it.is_global_set());
        line.positionals = given(own().filter(|it| it.is_positional()), matches);
        line.options = given(own().filter(|it| !it.is_positional()), matches);
        line
    }

    /// Returns the same command without some options, and with others at the end.
    pub(crate) fn again(&self, without: &[&str], added: &str) -> String {
        let options = self.options.iter();
        let options = options.filter(|it| !without.contains(&&*it.id));
        let arguments = self.positionals.iter().chain(options);
        let subcommands = self.subcommands.iter().map(String::as_str);
        let added = Some(added).filter(|it| !it.is_empty());
        let words = subcommands
            .chain(arguments.map(|it| &*it.text))
            .chain(added);
        self.other(&words.collect::<Vec<_>>().join(" "))
    }

    /// Returns another command with the same global options.
    pub(crate) fn other(&self, arguments: &str) -> String {
        let globals = self.globals.iter().map(|it| &*it.text);
        let words = std::iter::once(PROGRAM).chain(globals).chain([arguments]);
        words.collect::<Vec<_>>().join(" ")
    }
}

fn given<'a>(arguments: impl Iterator<Item = &'a Arg>, matches: &ArgMatches) -> Vec<Given> {
    let is_written = |argument: &&Arg| {
        let id = argument.get_id().as_str();
        // Help and version are in no matches.
        let is_known = matches.try_contains_id(id).is_ok();
        is_known && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    let arguments = arguments.filter(is_written);
    arguments
        .flat_map(|argument| texts(argument, matches))
        .collect()
}

/// Returns an argument as it can be written: once for each of its values.
fn texts(argument: &Arg, matches: &ArgMatches) -> Vec<Given> {
    let id = argument.get_id().as_str();
    let given = |text| Given {
        id: id.to_owned(),
        text,
    };
    let option = argument.get_long().map(|long| format!("--{long}"));
    if !argument.get_action().takes_values() {
        return option.map(given).into_iter().collect();
    }
    let values = matches.get_raw(id).into_iter().flatten();
    let text = |value: &OsStr| {
        let value = quoted(&value.to_string_lossy());
        match &option {
            None => value,
            Some(option) if value.starts_with('-') => format!("{option}={value}"),
            Some(option) => format!("{option} {value}"),
        }
    };
    values.map(text).map(given).collect()
}

/// Returns an argument as a shell reads it.
pub(crate) fn quoted(argument: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    match !argument.is_empty() && argument.bytes().all(is_plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::arguments::Arguments;

    fn read(line: &[&str]) -> CommandLine {
        let mut command = Arguments::command();
        command.build();
        let line = std::iter::once(&PROGRAM).chain(line);
        let matches = command.clone().try_get_matches_from(line).unwrap();
        CommandLine::read(&command, &matches)
    }

    #[test]
    fn only_what_was_written_is_repeated() {
        let again = |line: &[&str]| read(line).again(&[], "");
        assert_eq!(again(&["sync"]), "basalam-chat sync");
        assert_eq!(
            again(&[
                "sync",
                "--json",
                "--profile=shop",
                "--archive",
                "my shop.db",
                "--chat=7",
                "--chat",
                "8"
            ]),
            "basalam-chat --profile shop --json sync --archive 'my shop.db' --chat 7 --chat 8"
        );
        assert_eq!(
            again(&["webhooks", "listen", "-n3", "-q"]),
            "basalam-chat --quiet webhooks listen --limit 3"
        );
        assert_eq!(
            again(&["search", "گلیم", "--since=-x"]),
            "basalam-chat search 'گلیم' --since=-x"
        );
    }

    #[test]
    fn options_are_replaced() {
        let line = read(&[
            "-y",
            "watch",
            "--from-the-beginning",
            "-n",
            "5",
            "--own",
            "--chat",
            "7",
        ]);
        assert_eq!(
            line.again(&["after", "from_the_beginning", "limit"], "--after 9"),
            "basalam-chat --yes watch --chat 7 --own --after 9"
        );
        assert_eq!(line.other("sync"), "basalam-chat --yes sync");
        let line = read(&["messages", "1001", "--all", "--after", "5"]);
        assert_eq!(
            line.again(&["after"], "--after 9"),
            "basalam-chat messages 1001 --all --after 9"
        );
    }

    #[test]
    fn arguments_are_quoted_for_a_shell() {
        assert_eq!(quoted("a/b-c_1.db"), "a/b-c_1.db");
        for (argument, expected) in [
            ("", "''"),
            ("a b", "'a b'"),
            ("$(x)", "'$(x)'"),
            ("it's", r"'it'\''s'"),
            ("*", "'*'"),
        ] {
            assert_eq!(quoted(argument), expected);
        }
    }
}
