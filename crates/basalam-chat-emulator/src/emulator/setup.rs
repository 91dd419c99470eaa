//! What a service starts with, and goes back to.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use jiff::civil::DateTime;

use crate::bot::{Bot, NewBot};
use crate::error::Error;
use crate::oauth::OAuthClient;
use crate::seed::Seed;
use crate::state::State;
use crate::user::{NewUser, User};

/// Where a seed is to be read from.
#[derive(Clone)]
pub(super) enum SeedSource {
    File(PathBuf),
    Text(String),
}

impl SeedSource {
    pub(super) fn read(&self) -> Result<Seed, Error> {
        match self {
            Self::Text(text) => Seed::read(text),
            Self::File(path) => {
                let shown = path.display();
                let text = fs::read_to_string(path).map_err(|error| {
                    Error::argument(format!("the seed file {shown} cannot be read: {error}"))
                })?;
                Seed::read(&text).map_err(|error| Error::argument(format!("{shown}: {error}")))
            }
        }
    }
}

/// Leaves the text out: it has tokens.
impl fmt::Debug for SeedSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
            Self::Text(_) => formatter.write_str("Text"),
        }
    }
}

/// What a service starts with.
pub(crate) struct Setup {
    pub(super) seller: NewUser,
    pub(super) customer: NewUser,
    pub(super) bot: NewBot,
    pub(super) oauth_client: OAuthClient,
    pub(super) seeds: Vec<Seed>,
}

/// A state as the service starts with it.
pub(crate) struct Prepared {
    pub(crate) state: State,
    pub(super) seller: User,
    pub(super) customer: User,
    pub(super) bot: Bot,
    /// Where a seed stops the clock.
    pub(crate) clock: Option<DateTime>,
}

impl Setup {
    pub(crate) fn prepare(&self, now: DateTime) -> Result<Prepared, Error> {
        let mut state = State::default();
        let seller = state.users.add(self.seller.clone())?;
        let customer = state.users.add(self.customer.clone())?;
        let bot = state.bots.add(self.bot.clone())?;
        state.add_oauth_client(self.oauth_client.clone())?;
        let mut clock = None;
        for seed in &self.seeds {
            clock = seed.clock.map(|it| it.0).or(clock);
            seed.put_into(&mut state, clock.unwrap_or(now))?;
        }
        Ok(Prepared {
            state,
            seller,
            customer,
            bot,
            clock,
        })
    }
}
