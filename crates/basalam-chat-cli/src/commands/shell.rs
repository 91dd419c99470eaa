//! `completions` and `man`, which are made from the definitions of the arguments.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::context::Context;
use crate::failure::Failure;

const NAME: &str = "basalam-chat";

pub(crate) fn completions(context: &Context<'_>, shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    context.output.raw(&script)
}

pub(crate) fn manual(context: &Context<'_>, directory: Option<PathBuf>) -> Result<(), Failure> {
    let command = Arguments::command();
    let failed = |error| Failure::io("the manual pages cannot be written", &error);
    let Some(directory) = directory else {
        let mut page = Vec::new();
        let manual = clap_mangen::Man::new(command);
        manual.render(&mut page).map_err(failed)?;
        return context.output.raw(&page);
    };
    std::fs::create_dir_all(&directory).map_err(failed)?;
    clap_mangen::generate_to(command, &directory).map_err(failed)
}
