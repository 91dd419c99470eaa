//! `login` and `logout`.

mod callback;
mod oauth;

use basalam_chat::auth::{TokenInfo, TokenSet};

use super::whoami::{Account, read_user};
use crate::arguments::LoginOptions;
use crate::context::Context;
use crate::failure::Failure;
use crate::profile::{Login, Method, client_builder};
use crate::prompt;

pub(crate) async fn run(context: &Context<'_>, mut options: LoginOptions) -> Result<(), Failure> {
    if let Some(emulated) = &context.emulated {
        options.base_url = Some(emulated.base_url().to_owned());
    }
    let (method, tokens) = match options.oauth {
        true => oauth::log_in(context, &options).await?,
        false => (Method::PersonalToken, read_token(context, &options).await?),
    };
    // Nothing is saved unless the service accepts the token.
    let client = client_builder(tokens.clone(), options.base_url.as_deref()).build()?;
    let user = context.interrupt.or(read_user(&client)).await??;
    let login = Login {
        method,
        base_url: options.base_url,
    };
    let profile = context.profile()?;
    profile.save(&login, &tokens).await?;
    if context.emulated.is_some() {
        context
            .output
            .note("The emulator ends with this command, so the login is not kept.");
    }
    let account = Account {
        profile: &profile.name,
        service: client.base_url(),
        method: login.method.name(),
        user: user.as_ref(),
        token: &TokenInfo::from(&tokens),
    };
    account.print(context)
}

async fn read_token(context: &Context<'_>, options: &LoginOptions) -> Result<TokenSet, Failure> {
    if let Some(emulated) = &context.emulated {
        let token = emulated.token();
        context
            .output
            .note(&format!("The token of the emulator's seller is {token}."));
    } else if !options.with_token && prompt::is_interactive() {
        context.output.note(
            "Create a personal token in Basalam's developer panel, with the scopes customer.chat.read and \
             customer.chat.write.",
        );
    }
    let token = prompt::secret(context, "Personal token").await?;
    Ok(TokenSet::new(token.expose_secret()))
}

pub(crate) async fn log_out(context: &Context<'_>) -> Result<(), Failure> {
    let profile = context.profile()?;
    let is_kept = profile.directory().is_none_or(|path| path.exists());
    if is_kept {
        let question = format!("Delete the login of the profile {}?", profile.name);
        prompt::confirm(context, &question).await?;
    }
    let was_logged_in = profile.delete().await?;
    let output = context.output;
    if output.is_json {
        let content = serde_json::json!({
            "profile": profile.name, "was_logged_in": was_logged_in,
        });
        return output.json("logged_out", content);
    }
    let line = match was_logged_in {
        true => format!("Logged out of the profile {}.", profile.name),
        false => format!("The profile {} was not logged in.", profile.name),
    };
    output.line(output.view.line().own(&line))?;
    if was_logged_in {
        output.note("The token stays valid until it expires, or until you delete it in Basalam's developer panel.");
    }
    Ok(())
}
