//! `whoami`: shows the account of the login.

use basalam_chat::Client;
use basalam_chat::auth::TokenInfo;
use basalam_chat::users::CurrentUser;
use jiff::Timestamp;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::view::strong;

/// An account and its token, without the token itself.
#[derive(Serialize)]
pub(crate) struct Account<'a> {
    pub(crate) profile: &'a str,
    pub(crate) service: &'a str,
    /// `personal_token`, `oauth` or `emulator`.
    pub(crate) method: &'a str,
    /// Missing if the token does not permit to read it.
    pub(crate) user: Option<&'a CurrentUser>,
    pub(crate) token: &'a TokenInfo,
}

pub(crate) async fn run(context: &Context<'_>) -> Result<(), Failure> {
    let client = context.client().await?;
    let token = context.interrupt.or(client.authenticate()).await??;
    let user = context.interrupt.or(read_user(client)).await??;
    let profile = context.profile()?;
    let method = match &context.emulated {
        Some(_) => "emulator",
        None => profile.load().await?.0.method.name(),
    };
    let account = Account {
        profile: &profile.name,
        service: client.base_url(),
        method,
        user: user.as_ref(),
        token: &token,
    };
    account.print(context)
}

/// Returns the user of the token, or `None` if the token does not permit that.
pub(crate) async fn read_user(client: &Client) -> Result<Option<CurrentUser>, Failure> {
    match client.get_current_user().await {
        Ok(user) => Ok(Some(user)),
        Err(error) if error.is_forbidden() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Account<'_> {
    pub(crate) fn print(&self, context: &Context<'_>) -> Result<(), Failure> {
        let output = context.output;
        if output.is_json {
            return output.json("account", self);
        }
        let row = |name: &str| output.view.line().column(name, 8);
        match self.user {
            Some(user) => {
                let name = user.name.as_deref().filter(|it| !it.is_empty());
                output.line(row("user").styled(strong(), |line| {
                    line.own(&format!("{} ", user.id))
                        .foreign(name.unwrap_or("-"))
                }))?;
                let vendor = user.vendor.as_ref();
                if let Some(title) = vendor.and_then(|vendor| vendor.title.as_deref()) {
                    output.line(row("vendor").foreign(title))?;
                }
            }
            None => {
                output.line(row("user").own("unknown: the token does not permit to read it"))?
            }
        }
        output.line(row("service").own(self.service))?;
        let login = format!("{} in the profile {}", self.method, self.profile);
        output.line(row("login").own(&login))?;
        if let Some(scopes) = &self.token.scopes {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
            output.line(row("scopes").foreign(&scopes.join(" ")))?;
        }
        if let Some(expiry) = expiry(self.token) {
            output.line(row("expires").own(&expiry))?;
        }
        Ok(())
    }
}

/// Returns the time at which a token expires, in UTC.
pub(crate) fn expiry(token: &TokenInfo) -> Option<String> {
    let time = Timestamp::try_from(token.expires_at?).ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
