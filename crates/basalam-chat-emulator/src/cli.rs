//! The command line.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use basalam_chat_emulator::{
    Emulator, EmulatorBuilder, Error, FaultRule, RefreshTokens, TimeBound,
};
use clap::Parser;

/// Runs a local Basalam chat service, for development and tests.
///
/// It keeps everything in memory and forgets it at the end. Two users are there from the
/// start, a seller with the access token `seller-token` and a customer with
/// `customer-token`, a bot with `110201:the-token-of-an-emulated-bot-is-no-secret`, and
/// the OAuth client `emulated-client` with the secret `emulated-client-secret`.
///
/// Point your client's base URL at the address that is printed. Every request is
/// printed as it ends: status, method, path, operation, time, and why it was refused.
/// Tokens are not. Ctrl-C ends.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Port to listen on; 0 takes any free one.
    #[arg(short, long, default_value_t = 8080)]
    port: u16,

    /// Address to listen on. Others can reach the service when it is not a loopback
    /// address, and its tokens are no secrets.
    #[arg(long, alias = "address", value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,

    /// Put in users, bots, OAuth clients, chats and messages from this JSON file.
    /// Repeatable.
    #[arg(short, long, value_name = "FILE")]
    seed: Vec<PathBuf>,

    /// Print no requests.
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Make requests fail: `[OPERATION=]FAULT[:OPTION]...`, such as
    /// `create_message=503:20%`. Repeatable; see below.
    #[arg(short, long, value_name = "RULE", help_heading = "Misbehaving")]
    fault: Vec<String>,

    /// Answer every request this much later.
    #[arg(long, value_name = "MILLISECONDS", help_heading = "Misbehaving")]
    latency: Option<u64>,

    /// Offer the paths below `/_emulator/`, which set faults, time and data and show
    /// all tokens, on an address that is not a loopback address too.
    #[arg(long, conflicts_with = "no_control", help_heading = "Control")]
    control: bool,

    /// Do not offer the paths below `/_emulator/`.
    #[arg(long, help_heading = "Control")]
    no_control: bool,

    /// Give the ids of senders as text instead of numbers.
    #[arg(long, help_heading = UNKNOWN)]
    sender_ids_as_strings: bool,

    /// Give pages of this many items at most, whatever is asked for.
    #[arg(long, value_name = "ITEMS", help_heading = UNKNOWN)]
    page_cap: Option<usize>,

    /// Count chats with unseen messages up to this number.
    #[arg(long, value_name = "CHATS", help_heading = UNKNOWN)]
    unseen_count_cap: Option<usize>,

    /// Take files of this many bytes at most. They are kept in memory. [default: 64 MiB]
    #[arg(long, value_name = "BYTES", help_heading = UNKNOWN)]
    max_file_bytes: Option<usize>,

    /// Leave the second itself out of `updated_from` and `modified_from`.
    #[arg(long, help_heading = UNKNOWN)]
    exclusive_from: bool,

    /// Take the second itself into `updated_before` and `modified_before`.
    #[arg(long, help_heading = UNKNOWN)]
    inclusive_before: bool,

    /// Mark messages as seen when they are read.
    #[arg(long, help_heading = UNKNOWN)]
    reading_marks_seen: bool,

    /// Let access tokens of the token endpoint be good for this long. [default: 366 days]
    #[arg(long, value_name = "SECONDS", help_heading = UNKNOWN)]
    access_token_lifetime: Option<u64>,

    /// Let refresh tokens stay good when they are used, instead of giving new ones.
    #[arg(long, help_heading = UNKNOWN)]
    keep_refresh_tokens: bool,
}

const UNKNOWN: &str = "What nobody knows about the service";

const EXAMPLES: &str = "\
Faults:
  503, 429, ...         this status, without doing the work
  html-502              this status with a page of HTML
  answers-201           the work is done and answered with this status
  cut                   the connection is closed without an answer
  never                 there is no answer, and the connection stays open
  late:delay-300ms      the answer comes later
  truncated, oversized-BYTES, invalid-json, empty
                        the work is done and its answer spoilt
  unknown-members, unknown-values, missing-MEMBER, null-MEMBER
                        the work is done and its answer is of another version
  Options: 20% (how likely), seed-7 (of the chance), x3 (how often),
  retry-after-2, delay-300ms, after-work (the work is done first).

Examples:
  basalam-chat-emulator --seed seeds/shop.json
  basalam-chat-emulator --fault create_message=503:20% --fault get_messages=429:x2:retry-after-1
  basalam-chat-emulator --fault create_message=cut:after-work:x1 --latency 200
  curl http://127.0.0.1:8080/v1/chats -H 'Authorization: Bearer seller-token'";

impl Arguments {
    /// Gives the rules of the faults, in their order.
    pub(crate) fn faults(&self) -> Result<Vec<FaultRule>, Error> {
        self.fault.iter().map(|it| it.parse()).collect()
    }

    /// Tells whether the control paths will be there.
    pub(crate) fn has_control(&self) -> bool {
        self.control || (!self.no_control && self.host.is_loopback())
    }

    pub(crate) fn builder(&self) -> EmulatorBuilder {
        let mut builder = Emulator::builder()
            .address(SocketAddr::new(self.host, self.port))
            .control(self.has_control())
            .sender_ids_as_strings(self.sender_ids_as_strings)
            .reading_marks_seen(self.reading_marks_seen);
        for file in &self.seed {
            builder = builder.seed_file(file);
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
        if let Some(cap) = self.page_cap {
            builder = builder.page_cap(cap);
        }
        if let Some(cap) = self.unseen_count_cap {
            builder = builder.unseen_count_cap(cap);
        }
        if let Some(bytes) = self.max_file_bytes {
            builder = builder.max_file_bytes(bytes);
        }
        if let Some(seconds) = self.access_token_lifetime {
            builder = builder.access_token_lifetime(Duration::from_secs(seconds));
        }
        if self.keep_refresh_tokens {
            builder = builder.refresh_tokens(RefreshTokens::Kept);
        }
        builder
    }
}
