//! The login with OAuth.

use basalam_chat::Error;
use basalam_chat::auth::{AuthorizationCode, Login, TokenSet, TokenStore};
use serde_json::json;

use super::callback::Callbacks;
use crate::arguments::LoginOptions;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::profile::{Method, OAuthClient, client_builder};
use crate::prompt;

/// Logs in with the user's OAuth client.
pub(super) async fn log_in(
    context: &Context<'_>,
    options: &LoginOptions,
) -> Result<(Method, TokenSet), Failure> {
    if let Some(emulated) = &context.emulated {
        let (id, secret) = emulated.oauth_client();
        let note = format!("The OAuth client of the emulator is {id}, with the secret {secret}.");
        context.output.note(&note);
    }
    let secret = prompt::secret(context, "Client secret").await?;
    let client = OAuthClient {
        id: options.client_id.clone().unwrap_or_default(),
        secret,
        redirect_uri: options.redirect_uri.clone(),
    };
    let mut flow = client.flow();
    if let Some(url) = &options.base_url {
        let authorization = format!("{}/accounts/sso", url.trim_end_matches('/'));
        flow = flow.auth_base_url(url).authorization_url(authorization);
    }
    let login = authorize(context, &flow, options).await?;
    // The tokens of the profile are replaced only if the service accepts the new ones.
    let store = TokenStore::in_memory();
    let base_url = options.base_url.as_deref();
    let exchanging = client_builder(login.store(store.clone()), base_url).build()?;
    context.interrupt.or(exchanging.authenticate()).await??;
    let tokens = store.tokens().await?.ok_or_else(|| {
        Failure::new(Kind::NeedsLogin, "the service issued no token").hint("Start the login again.")
    })?;
    Ok((Method::OAuth(client), tokens))
}

/// Lets the user log in with a browser, and waits for the redirect or for its URL.
async fn authorize(
    context: &Context<'_>,
    flow: &AuthorizationCode,
    options: &LoginOptions,
) -> Result<Login, Failure> {
    let request = flow.authorize_url(options.scope.iter().cloned())?;
    let mut callbacks = Callbacks::listen(context, &options.redirect_uri).await?;
    show_url(context.output, request.url(), &callbacks.instruction())?;
    loop {
        let callback = context.interrupt.or(callbacks.next()).await??;
        match flow.callback(request.state(), &callback.query) {
            Ok(login) => {
                callback.respond("You are logged in. You can close this page.");
                return Ok(login);
            }
            // Any page in the browser can send requests to this computer, so those are ignored.
            Err(error) if is_of_another_login(&error) => {
                callback.respond("This does not belong to the login that is waiting.");
                context
                    .output
                    .warning("a URL that does not belong to this login was ignored");
            }
            Err(error) => {
                callback.respond("The login failed. See the terminal.");
                return Err(error.into());
            }
        }
    }
}

/// Shows the URL to log in at, always, since no browser may run on this computer.
fn show_url(output: &Output, url: &str, instruction: &str) -> Result<(), Failure> {
    if output.is_json {
        output.json("authorization_url", json!({ "url": url }))?;
        output.note(instruction);
        return output.flush();
    }
    for line in ["Open this URL in a browser, and log in:", url, instruction] {
        output.line(output.view.line().own(line))?;
    }
    output.flush()
}

/// Returns `true` if the state of a callback differs, rather than that the service refused the login.
fn is_of_another_login(error: &Error) -> bool {
    error.messages().is_empty() && error.oauth_error().is_none()
}
