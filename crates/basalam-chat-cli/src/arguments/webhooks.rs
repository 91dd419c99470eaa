//! The arguments of `webhooks`.

use std::net::SocketAddr;
use std::path::PathBuf;

use basalam_chat::webhooks::{WebhookEventId, WebhookId};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// List the webhooks of the account.
    List,
    /// Create a webhook.
    Create(CreateOptions),
    /// Delete a webhook.
    Delete {
        /// The id of the webhook.
        webhook: WebhookId,
    },
    /// Show recorded deliveries of a webhook, the oldest first.
    Log {
        /// The id of the webhook.
        webhook: WebhookId,
    },
    /// Print events as they are delivered.
    ///
    /// With `--public-url`, a webhook is created for as long as the command runs. Otherwise the delivery log of an
    /// existing webhook is read every few seconds.
    Listen(ListenOptions),
}

#[derive(Debug, Args)]
pub(crate) struct CreateOptions {
    /// The public URL that receives the events.
    pub(crate) url: String,

    /// The id of an event; repeat it for several. 1 is a received message, 4 a sent one.
    #[arg(long, value_name = "ID", default_values = ["1"])]
    pub(crate) event: Vec<WebhookEventId>,

    /// The file with the secret that each delivery contains. If it does not exist, it is created with a random secret,
    /// and only you can read it. The secret is the whole value of the header.
    #[arg(long, value_name = "PATH", required_unless_present = "no_secret")]
    pub(crate) secret_file: Option<PathBuf>,

    /// The header with the secret.
    #[arg(long, value_name = "NAME", default_value = "Authorization")]
    pub(crate) header: String,

    /// Create the webhook without a secret. Nobody can tell deliveries from forged requests then.
    #[arg(long, conflicts_with = "secret_file")]
    pub(crate) no_secret: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListenOptions {
    /// The public URL that leads to the local address, for example through a tunnel.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,

    /// The local address that receives the deliveries.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8766",
        requires = "public_url"
    )]
    pub(crate) address: SocketAddr,

    /// The id of an event; repeat it for several. 1 is a received message, 4 a sent one.
    #[arg(long, value_name = "ID", default_values = ["1", "4"], requires = "public_url")]
    pub(crate) event: Vec<WebhookEventId>,

    /// The webhook whose log is read. The default is the only one of the account.
    #[arg(long, value_name = "ID", conflicts_with = "public_url")]
    pub(crate) webhook: Option<WebhookId>,

    /// End after so many events.
    #[arg(long, short = 'n', value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,

    /// Do not cut long messages.
    #[arg(long)]
    pub(crate) full: bool,
}
