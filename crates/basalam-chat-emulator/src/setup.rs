//! The initial state of a service, which a reset restores.

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

/// The source of a JSON seed.
#[derive(Clone)]
pub(crate) enum SeedSource {
    File(PathBuf),
    Json(String),
}

impl SeedSource {
    pub(crate) fn load(&self) -> Result<Seed, Error> {
        match self {
            Self::Json(json) => Seed::parse(json),
            Self::File(path) => {
                let shown = path.display();
                let json = fs::read_to_string(path).map_err(|error| {
                    Error::invalid_argument(format!("cannot read the seed file {shown}: {error}"))
                })?;
                Seed::parse(&json)
                    .map_err(|error| Error::invalid_argument(format!("{shown}: {error}")))
            }
        }
    }
}

/// Omits the JSON, which contains tokens.
impl fmt::Debug for SeedSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
            Self::Json(_) => formatter.write_str("Json"),
        }
    }
}

/// The configuration of the initial state.
pub(crate) struct Setup {
    pub(crate) seller: NewUser,
    pub(crate) customer: NewUser,
    pub(crate) bot: NewBot,
    pub(crate) oauth_client: OAuthClient,
    pub(crate) seeds: Vec<Seed>,
}

/// The initial state of a service.
pub(crate) struct InitialState {
    pub(crate) state: State,
    pub(crate) seller: User,
    pub(crate) customer: User,
    pub(crate) bot: Bot,
    /// The time at which a seed stops the clock.
    pub(crate) clock: Option<DateTime>,
}

impl Setup {
    pub(crate) fn build(&self, now: DateTime) -> Result<InitialState, Error> {
        let mut state = State::default();
        let seller = state.users.add(self.seller.clone())?;
        let customer = state.users.add(self.customer.clone())?;
        state.default_users = Some((seller.id, customer.id));
        let bot = state.bots.add(self.bot.clone())?;
        state.add_oauth_client(self.oauth_client.clone())?;
        let mut clock = None;
        for seed in &self.seeds {
            clock = seed.clock.map(|it| it.0).or(clock);
            seed.apply(&mut state, clock.unwrap_or(now))?;
        }
        Ok(InitialState {
            state,
            seller,
            customer,
            bot,
            clock,
        })
    }
}
