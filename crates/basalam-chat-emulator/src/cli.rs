//! Command-line arguments.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::ensure;
use basalam_chat_emulator::{
    BetweenComparison, Emulator, EmulatorBuilder, Error, FaultRule, RateLimit, RefreshTokenPolicy,
    TimeBound,
};
use clap::builder::BoolishValueParser;
use clap::{Parser, Subcommand, ValueEnum};

use crate::readyz;

/// Runs a local Basalam chat service for development and tests.
///
/// State is kept in memory. The initial state contains the seller (user 430, access token
/// `seller-token`), the customer (user 431, access token `customer-token`), the bot 110201 (token
/// `110201:the-token-of-an-emulated-bot-is-no-secret`) and the OAuth client `emulated-client`
/// (secret `emulated-client-secret`).
///
/// Set your client's base URL to the printed URL. Finished requests are printed with their status, method, path,
/// operation, duration, error and fault, but without tokens. Ctrl-C and SIGTERM stop it.
///
/// Every option has an environment variable. In it, several hosts and origins are separated by commas, several seeds
/// and faults by line breaks.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Port to listen on; 0 takes any free port.
    #[arg(short, long, default_value_t = 8080, env = "BASALAM_EMULATOR_PORT")]
    port: u16,

    /// Address to listen on. Everyone who can reach it can use the service.
    #[arg(long, alias = "address", value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), env = "BASALAM_EMULATOR_HOST")]
    host: IpAddr,

    /// Add users, bots, OAuth clients, chats and messages from this JSON file. Repeatable.
    #[arg(
        short,
        long,
        value_name = "FILE",
        env = "BASALAM_EMULATOR_SEED",
        value_delimiter = '\n'
    )]
    seed: Vec<String>,

    /// Do not print requests.
    #[arg(short, long, env = "BASALAM_EMULATOR_QUIET", value_parser = BoolishValueParser::new())]
    pub(crate) quiet: bool,

    /// Inject faults: `FAULT[,OPTION=VALUE]...`, such as
    /// `503,operation=create_message,probability=0.2`. Repeatable; see below.
    #[arg(
        short,
        long,
        value_name = "RULE",
        help_heading = "Fault injection",
        env = "BASALAM_EMULATOR_FAULT",
        value_delimiter = '\n'
    )]
    fault: Vec<String>,

    /// Delay every response.
    #[arg(
        long,
        value_name = "MILLISECONDS",
        help_heading = "Fault injection",
        env = "BASALAM_EMULATOR_LATENCY"
    )]
    latency: Option<u64>,

    /// Open the console in the browser.
    #[arg(long, env = "BASALAM_EMULATOR_OPEN", value_parser = BoolishValueParser::new())]
    pub(crate) open: bool,

    /// Allow clients to use this host name, such as the name of a container, besides IP addresses and `localhost`.
    /// Repeatable.
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Access",
        env = "BASALAM_EMULATOR_ALLOW_HOST",
        value_delimiter = ','
    )]
    allow_host: Vec<String>,

    /// Let web pages of this origin, or of every origin if none is given, use the service paths (CORS). Repeatable.
    #[arg(long, value_name = "ORIGIN", num_args = 0..=1, default_missing_value = "*", help_heading = "Access", env = "BASALAM_EMULATOR_CORS", value_delimiter = ',')]
    cors: Vec<String>,

    /// Maximum number of connections; above it, idle ones are closed. [default: 1000]
    #[arg(
        long,
        value_name = "CONNECTIONS",
        help_heading = "Access",
        env = "BASALAM_EMULATOR_MAX_CONNECTIONS"
    )]
    max_connections: Option<usize>,

    /// Time for the head of the next request on a connection. [default: 120]
    #[arg(
        long,
        value_name = "SECONDS",
        help_heading = "Access",
        env = "BASALAM_EMULATOR_IDLE_TIMEOUT"
    )]
    idle_timeout: Option<u64>,

    /// Time for the body of a request. [default: 120]
    #[arg(
        long,
        value_name = "SECONDS",
        help_heading = "Access",
        env = "BASALAM_EMULATOR_BODY_TIMEOUT"
    )]
    body_timeout: Option<u64>,

    /// Enable the console and the control endpoints below `/_emulator/` on addresses that are not loopback
    /// addresses. The endpoints return all tokens.
    #[arg(long, help_heading = "Control", env = "BASALAM_EMULATOR_CONTROL", value_parser = BoolishValueParser::new())]
    control: bool,

    /// Disable the console and the control endpoints below `/_emulator/`.
    #[arg(long, help_heading = "Control", env = "BASALAM_EMULATOR_NO_CONTROL", value_parser = BoolishValueParser::new())]
    no_control: bool,

    /// Meaning of `cmp=bt` when messages are listed.
    #[arg(long, value_name = "MEANING", default_value = "reject", help_heading = UNKNOWN, env = "BASALAM_EMULATOR_BETWEEN")]
    between: Between,

    /// Accept times with a time zone, such as `2026-07-22T10:28:23+03:30`, when chats are listed.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_ZONED_TIMES", value_parser = BoolishValueParser::new())]
    zoned_times: bool,

    /// Accept Unix times in seconds or milliseconds when chats are listed.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_EPOCH_TIMES", value_parser = BoolishValueParser::new())]
    epoch_times: bool,

    /// Send sender ids as JSON strings instead of JSON numbers.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_SENDER_IDS_AS_STRINGS", value_parser = BoolishValueParser::new())]
    sender_ids_as_strings: bool,

    /// Maximum page size, which caps `limit`.
    #[arg(long, value_name = "ITEMS", help_heading = UNKNOWN, env = "BASALAM_EMULATOR_MAX_PAGE_SIZE")]
    max_page_size: Option<usize>,

    /// Maximum unseen chat count.
    #[arg(long, value_name = "CHATS", help_heading = UNKNOWN, env = "BASALAM_EMULATOR_MAX_UNSEEN_COUNT")]
    max_unseen_count: Option<usize>,

    /// Maximum size of uploaded files, which are kept in memory. [default: 64 MiB]
    #[arg(long, value_name = "BYTES", help_heading = UNKNOWN, env = "BASALAM_EMULATOR_MAX_FILE_BYTES")]
    max_file_bytes: Option<usize>,

    /// Make `updated_from` and `modified_from` exclusive.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_EXCLUSIVE_FROM", value_parser = BoolishValueParser::new())]
    exclusive_from: bool,

    /// Make `updated_before` and `modified_before` inclusive.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_INCLUSIVE_BEFORE", value_parser = BoolishValueParser::new())]
    inclusive_before: bool,

    /// Limit the requests of each token, such as `10/s` or `100/m`; others get a 429 with `Retry-After`.
    #[arg(long, value_name = "LIMIT", help_heading = UNKNOWN, env = "BASALAM_EMULATOR_RATE_LIMIT")]
    rate_limit: Option<RateLimit>,

    /// Leave the metadata of messages out of responses.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_NO_METADATA", value_parser = BoolishValueParser::new())]
    no_metadata: bool,

    /// Mark the messages of a chat as seen when they are read.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_MARK_SEEN_ON_READ", value_parser = BoolishValueParser::new())]
    mark_seen_on_read: bool,

    /// Deliver events to webhooks on other hosts too, over plain HTTP.
    #[arg(long, help_heading = "Webhooks", env = "BASALAM_EMULATOR_ALLOW_REMOTE_WEBHOOKS", value_parser = BoolishValueParser::new())]
    allow_remote_webhooks: bool,

    /// How often a delivery to a webhook is repeated. [default: 3]
    #[arg(
        long,
        value_name = "COUNT",
        help_heading = "Webhooks",
        env = "BASALAM_EMULATOR_WEBHOOK_RETRIES"
    )]
    webhook_retries: Option<u32>,

    /// Delay before the first retry of a delivery; it doubles with each. [default: 1000]
    #[arg(
        long,
        value_name = "MILLISECONDS",
        help_heading = "Webhooks",
        env = "BASALAM_EMULATOR_WEBHOOK_RETRY_DELAY"
    )]
    webhook_retry_delay: Option<u64>,

    /// Lifetime of access tokens from the token endpoint. [default: 366 days]
    #[arg(long, value_name = "SECONDS", help_heading = UNKNOWN, env = "BASALAM_EMULATOR_ACCESS_TOKEN_LIFETIME")]
    access_token_lifetime: Option<u64>,

    /// Keep refresh tokens valid after their use instead of rotating them.
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_REUSE_REFRESH_TOKENS", value_parser = BoolishValueParser::new())]
    reuse_refresh_tokens: bool,

    /// Revoke all tokens of a login if a used refresh token is sent again (RFC 9700).
    #[arg(long, help_heading = UNKNOWN, env = "BASALAM_EMULATOR_REVOKE_ON_REUSE", value_parser = BoolishValueParser::new())]
    revoke_on_reuse: bool,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check that a running emulator handles requests; otherwise the exit code is not 0.
    Readyz {
        /// URL of the emulator. [default: that of the host and port on this computer]
        #[arg(long, value_name = "URL", env = "BASALAM_EMULATOR_URL")]
        url: Option<String>,
    },
}

/// The meanings of `cmp=bt`.
#[derive(Clone, Copy, ValueEnum)]
enum Between {
    /// It is a violation.
    Reject,
    /// The messages around the id.
    Around,
    /// The first page; the id is ignored.
    Ignore,
}

impl From<Between> for BetweenComparison {
    fn from(between: Between) -> Self {
        match between {
            Between::Reject => Self::Reject,
            Between::Around => Self::Around,
            Between::Ignore => Self::Ignore,
        }
    }
}

const UNKNOWN: &str = "Unknown behaviour of the service";

const EXAMPLES: &str = "\
Faults and their required options:
  status,status=503     respond with this status; short form: 503
  html,status=502       respond with this status and an HTML page
  redirect,location=URL respond with 307, or another status
  disconnect            close the connection without a response
  hang                  send no response and keep the connection open
  latency,delay_ms=300  respond late
  late_messages,seconds=3
                        make sent messages visible late, after larger ids
  override_status,status=201
                        replace the status of the response
  truncated_body, oversized_body,bytes=100000, invalid_json, empty_body,
  unknown_fields, unknown_values, missing_field,field=NAME, null_field,field=NAME
                        change the body of the response
  lost, repeated, reordered, wrong_header
                        change a delivery to a webhook; for a late one use latency with
                        operation=deliver_webhook
Options of all faults:
  operation=ID, times=COUNT, probability=0.2, random_seed=INTEGER, delay_ms=INTEGER,
  after_handling (handle the request first)
Options of some faults:
  retry_after=SECONDS, body=STRING, media_type=STRING

Examples:
  basalam-chat-emulator --seed seeds/shop.json
  basalam-chat-emulator --fault 503,operation=create_message,probability=0.2
  basalam-chat-emulator --fault 429,operation=get_messages,times=2,retry_after=1
  basalam-chat-emulator --fault disconnect,after_handling,times=1 --latency 200
  basalam-chat-emulator --open
  curl http://127.0.0.1:8080/v1/chats -H 'Authorization: Bearer seller-token'
  curl -X POST http://127.0.0.1:8080/_emulator/reset -H 'X-Basalam-Emulator: 1'";

/// Returns the values of a list, whose variable can end with a separator.
fn non_empty(values: &[String]) -> impl Iterator<Item = &String> {
    values.iter().filter(|it| !it.is_empty())
}

impl Arguments {
    /// Parses the fault rules, in order.
    pub(crate) fn fault_rules(&self) -> Result<Vec<FaultRule>, Error> {
        non_empty(&self.fault).map(|it| it.parse()).collect()
    }

    /// Rejects options that exclude each other. clap would also reject those that a variable sets to `false`.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        for (both, names) in [
            (
                self.control && self.no_control,
                ["--control", "--no-control"],
            ),
            (
                self.reuse_refresh_tokens && self.revoke_on_reuse,
                ["--reuse-refresh-tokens", "--revoke-on-reuse"],
            ),
        ] {
            ensure!(
                !both,
                "{} and {} exclude each other; use one of them",
                names[0],
                names[1]
            );
        }
        Ok(())
    }

    /// Returns `true` if the control endpoints are enabled.
    pub(crate) fn has_control(&self) -> bool {
        self.control || (!self.no_control && self.host.is_loopback())
    }

    /// Returns the URL of an emulator on this computer that was started with the same host and port.
    pub(crate) fn local_url(&self) -> anyhow::Result<String> {
        readyz::local_url(self.host, self.port)
    }

    pub(crate) fn builder(&self) -> EmulatorBuilder {
        let mut builder = Emulator::builder()
            .address(SocketAddr::new(self.host, self.port))
            .control(self.has_control())
            .sender_ids_as_strings(self.sender_ids_as_strings)
            .mark_seen_on_read(self.mark_seen_on_read)
            .between(self.between.into())
            .zoned_times(self.zoned_times)
            .epoch_times(self.epoch_times)
            .allow_remote_webhooks(self.allow_remote_webhooks)
            .return_metadata(!self.no_metadata);
        for file in non_empty(&self.seed) {
            builder = builder.seed_file(file);
        }
        for name in &self.allow_host {
            builder = builder.allow_host(name);
        }
        for origin in &self.cors {
            builder = builder.cors(origin);
        }
        if let Some(max) = self.max_connections {
            builder = builder.max_connections(max);
        }
        if let Some(seconds) = self.idle_timeout {
            builder = builder.idle_timeout(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.body_timeout {
            builder = builder.body_timeout(Duration::from_secs(seconds));
        }
        if let Some(milliseconds) = self.latency {
            builder = builder.latency(Duration::from_millis(milliseconds));
        }
        if self.exclusive_from {
            builder = builder.from_bound(TimeBound::Exclusive);
        }
        if self.inclusive_before {
            builder = builder.before_bound(TimeBound::Inclusive);
        }
        if let Some(limit) = self.rate_limit {
            builder = builder.rate_limit(limit);
        }
        if let Some(max) = self.max_page_size {
            builder = builder.max_page_size(max);
        }
        if let Some(max) = self.max_unseen_count {
            builder = builder.max_unseen_count(max);
        }
        if let Some(bytes) = self.max_file_bytes {
            builder = builder.max_file_bytes(bytes);
        }
        if let Some(retries) = self.webhook_retries {
            builder = builder.webhook_retries(retries);
        }
        if let Some(milliseconds) = self.webhook_retry_delay {
            builder = builder.webhook_retry_delay(Duration::from_millis(milliseconds));
        }
        if let Some(seconds) = self.access_token_lifetime {
            builder = builder.access_token_lifetime(Duration::from_secs(seconds));
        }
        if self.reuse_refresh_tokens {
            builder = builder.refresh_token_policy(RefreshTokenPolicy::Reuse);
        }
        if self.revoke_on_reuse {
            builder = builder.refresh_token_policy(RefreshTokenPolicy::RevokeOnReuse);
        }
        builder
    }
}

#[cfg(test)]
mod tests;
