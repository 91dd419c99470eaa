//! What every command needs: options, output, the login, Ctrl-C.

use basalam_chat::{Client, PersonalToken};
use tokio::sync::OnceCell;

use crate::arguments::GlobalOptions;
use crate::command_line::CommandLine;
use crate::directories::Directories;
use crate::emulated::Emulated;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::profile::{Profile, client_builder};
use crate::verbose;

/// The surroundings of a command.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a GlobalOptions,
    pub(crate) output: &'a Output,
    pub(crate) interrupt: Interrupt,
    /// The throw-away emulator of `--emulator`.
    pub(crate) emulated: Option<Emulated>,
    client: OnceCell<Client>,
    line: CommandLine,
}

impl<'a> Context<'a> {
    pub(crate) async fn new(
        options: &'a GlobalOptions,
        line: CommandLine,
        output: &'a Output,
    ) -> Result<Context<'a>, Failure> {
        if options.verbose {
            verbose::enable(options.json);
        }
        Ok(Context {
            options,
            output,
            interrupt: Interrupt::listen(),
            emulated: match options.emulator {
                true => Some(Emulated::start().await?),
                false => None,
            },
            client: OnceCell::new(),
            line,
        })
    }

    /// Returns the profile that the options name. That of an emulator is not kept.
    pub(crate) fn profile(&self) -> Result<Profile, Failure> {
        if self.emulated.is_some() {
            return Ok(Profile::in_memory());
        }
        let name = &self.options.profile;
        let path = Directories::find()?.login(name);
        Ok(Profile::in_directory(name, path))
    }

    /// Returns the client of the login.
    pub(crate) async fn client(&self) -> Result<&Client, Failure> {
        self.client.get_or_try_init(|| self.build_client()).await
    }

    async fn build_client(&self) -> Result<Client, Failure> {
        if let Some(emulated) = &self.emulated {
            let token = PersonalToken::new(emulated.token());
            return Ok(client_builder(token, Some(emulated.base_url())).build()?);
        }
        let (login, tokens) = self.profile()?.load().await?;
        Ok(login.builder(tokens).await?.build()?)
    }

    /// Finishes a refresh of the tokens that runs.
    pub(crate) async fn close(&self) -> Result<(), Failure> {
        match self.client.get() {
            Some(client) => Ok(client.close().await?),
            None => Ok(()),
        }
    }

    /// Returns another command with the same login, to show to the user.
    pub(crate) fn command(&self, arguments: &str) -> String {
        self.line.other(arguments)
    }

    /// Returns a hint to run this command again, without some options and with others. Returns `None` with
    /// `--emulator`, since the emulator and what it stored end with the command.
    pub(crate) fn again(&self, what: &str, without: &[&str], added: &str) -> Option<String> {
        let is_possible = self.emulated.is_none();
        is_possible.then(|| format!("{what}, run: {}", self.line.again(without, added)))
    }
}
