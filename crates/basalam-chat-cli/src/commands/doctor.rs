//! `doctor`: checks everything that the other commands need.

mod network;

use basalam_chat::auth::Scope;
use basalam_chat::{Client, Environment, Error};
use basalam_chat_archive::Archive;
use serde::Serialize;

use super::archive::default_path;
use super::whoami::{expiry, read_user};
use crate::context::Context;
use crate::directories::Directories;
use crate::failure::{Failure, Kind};
use crate::prompt::blocking;
use crate::text::counted;
use crate::view::{green, red, yellow};

/// The result of a check.
#[derive(Serialize)]
pub(super) struct Check {
    name: &'static str,
    status: Status,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    #[serde(skip)]
    kind: Kind,
}

#[derive(Clone, Copy, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Ok,
    Warning,
    Failed,
    Skipped,
}

#[derive(Serialize)]
struct Content<'a> {
    ok: bool,
    checks: &'a [Check],
}

impl Check {
    fn new(name: &'static str, status: Status, message: impl Into<String>) -> Check {
        Check {
            name,
            status,
            message: message.into(),
            remedy: None,
            kind: Kind::Failed,
        }
    }

    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Check {
        Check::new(name, Status::Ok, message)
    }

    pub(super) fn warning(name: &'static str, message: impl Into<String>) -> Check {
        Check::new(name, Status::Warning, message)
    }

    fn skipped(name: &'static str, message: impl Into<String>) -> Check {
        Check::new(name, Status::Skipped, message)
    }

    pub(super) fn failed(name: &'static str, failure: Failure) -> Check {
        Check {
            remedy: failure.hint,
            kind: failure.kind,
            ..Check::new(name, Status::Failed, failure.message)
        }
    }

    pub(super) fn remedy(mut self, remedy: &str) -> Check {
        self.remedy = Some(remedy.to_owned());
        self
    }
}

pub(crate) async fn run(context: &Context<'_>) -> Result<(), Failure> {
    let mut checks = vec![files(context)];
    let client = context.client().await;
    checks.push(match &client {
        Ok(client) => {
            let name = context.profile()?.name;
            Check::ok("login", format!("profile {name} at {}", client.base_url()))
        }
        Err(failure) => Check::failed("login", clone(failure)),
    });
    let client = client.ok();
    let production = Environment::Production.base_url();
    let base_url = client.map_or(production, |client| client.base_url());
    checks.push(network::proxy());
    let interrupt = &context.interrupt;
    checks.extend(interrupt.or(network::reach(base_url)).await?);
    match client {
        Some(client) => checks.extend(interrupt.or(token(client)).await?),
        None => checks.push(Check::skipped("token", "no login")),
    }
    checks.push(interrupt.or(archive(context)).await??);
    print(context, &checks)?;
    let failed = checks.iter().filter(|check| check.status == Status::Failed);
    let kinds: Vec<Kind> = failed.map(|check| check.kind).collect();
    // A login is the first thing to do about several failures.
    let kind = kinds.iter().find(|kind| **kind == Kind::NeedsLogin);
    match kind.or(kinds.first()) {
        None => Ok(()),
        Some(kind) => {
            let count = kinds.len();
            let checks = if count == 1 { "check" } else { "checks" };
            Err(Failure::new(*kind, format!("{count} {checks} failed")))
        }
    }
}

fn clone(failure: &Failure) -> Failure {
    let copy = Failure::new(failure.kind, &*failure.message);
    match &failure.hint {
        Some(hint) => copy.hint(hint),
        None => copy,
    }
}

/// Checks that others cannot read the files of the profile.
fn files(context: &Context<'_>) -> Check {
    const NAME: &str = "files";
    if context.emulated.is_some() {
        return Check::skipped(NAME, "the emulator keeps nothing");
    }
    let path = match Directories::find() {
        Ok(directories) => directories.login(&context.options.profile),
        Err(failure) => return Check::failed(NAME, failure),
    };
    let shown = path.display().to_string();
    match std::fs::metadata(&path) {
        Ok(metadata) if is_private(&metadata) => Check::ok(NAME, shown),
        Ok(_) => Check::warning(NAME, format!("others can read {shown}"))
            .remedy("Take the permission away, for example with `chmod 700`."),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::skipped(NAME, format!("{shown} does not exist yet"))
        }
        Err(error) => Check::failed(NAME, Failure::io(shown, &error)),
    }
}

#[cfg(unix)]
fn is_private(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn is_private(_: &std::fs::Metadata) -> bool {
    true
}

/// Checks the token, its expiry and its scopes.
async fn token(client: &Client) -> Vec<Check> {
    let info = match client.authenticate().await {
        Ok(info) => info,
        Err(error) => return vec![Check::failed("token", error.into())],
    };
    let mut checks = Vec::new();
    checks.push(match read_user(client).await {
        Ok(Some(user)) => Check::ok("token", format!("accepted, for the user {}", user.id)),
        Ok(None) => Check::ok("token", "accepted, without the permission to read the user"),
        Err(failure) => Check::failed("token", failure),
    });
    checks.push(match expiry(&info) {
        Some(time) => Check::ok("expiry", time),
        None => Check::skipped("expiry", "the service did not report it"),
    });
    checks.push(scope_check(
        "read chats",
        info.allows(&Scope::CustomerChatRead),
        client.get_unseen_chat_count().await.err(),
    ));
    checks.push(match info.allows(&Scope::CustomerChatWrite) {
        Some(true) => Check::ok("send messages", "permitted"),
        Some(false) => missing_scope("send messages", "customer.chat.write"),
        None => Check::skipped("send messages", "only sending a message would show it"),
    });
    checks
}

/// Checks the profile's archive, if there is one.
async fn archive(context: &Context<'_>) -> Result<Check, Failure> {
    const NAME: &str = "archive";
    if context.emulated.is_some() {
        return Ok(Check::skipped(NAME, "the emulator keeps nothing"));
    }
    let path = default_path(context)?;
    let check = move || {
        let archive = Archive::open_existing(&path)?;
        archive.check()
    };
    Ok(match blocking(check).await? {
        Err(error) if error.is_not_found() => Check::skipped(
            NAME,
            "it does not exist yet; `basalam-chat sync` creates it",
        ),
        Err(error) => Check::failed(NAME, error.into()),
        Ok(health) if !health.is_healthy() => {
            Check::failed(NAME, Failure::failed(health.problems.join("; ")))
        }
        Ok(health) => {
            let messages = counted(health.messages, "message");
            let facts = format!("{messages} of {}", counted(health.chats, "chat"));
            match health.incomplete_chats {
                0 => Check::ok(NAME, facts),
                count => Check::warning(NAME, format!("{facts}; {count} of them incomplete"))
                    .remedy(&format!("Run: {}", context.command("sync"))),
            }
        }
    })
}

fn scope_check(name: &'static str, granted: Option<bool>, error: Option<Error>) -> Check {
    match (error, granted) {
        (None, _) => Check::ok(name, "permitted"),
        (Some(error), _) if error.is_forbidden() => missing_scope(name, "customer.chat.read"),
        (Some(_), Some(false)) => missing_scope(name, "customer.chat.read"),
        (Some(error), _) => Check::failed(name, error.into()),
    }
}

fn missing_scope(name: &'static str, scope: &str) -> Check {
    let remedy = format!("Log in with a token that has the scope {scope}.");
    Check::warning(name, format!("the token has no scope {scope}")).remedy(&remedy)
}

fn print(context: &Context<'_>, checks: &[Check]) -> Result<(), Failure> {
    let output = context.output;
    if output.is_json {
        let ok = checks.iter().all(|check| check.status != Status::Failed);
        return output.json("doctor", Content { ok, checks });
    }
    for check in checks {
        let line = output.view.line();
        let line = match check.status {
            Status::Ok => line.styled(green(), |line| line.column("ok", 7)),
            Status::Warning => line.styled(yellow(), |line| line.column("warning", 7)),
            Status::Failed => line.styled(red(), |line| line.column("failed", 7)),
            Status::Skipped => line.column("skipped", 7),
        };
        output.line(line.column(check.name, 13).own(&check.message))?;
        if let Some(remedy) = &check.remedy {
            output.line(output.view.line().column("", 7).column("", 13).own(remedy))?;
        }
    }
    Ok(())
}
