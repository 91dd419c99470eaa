//! The arguments of `sync`, `search`, `export` and `import`.

use std::path::PathBuf;
use std::time::Duration;

use basalam_chat::reqwest::Url;
use basalam_chat::{ChatId, MessageType, UserId};
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct SyncOptions {
    /// The file of the archive, instead of that of the profile.
    #[arg(long, value_name = "PATH")]
    pub(crate) archive: Option<PathBuf>,

    /// Read only these chats.
    #[arg(long, value_name = "CHAT")]
    pub(crate) chat: Vec<ChatId>,

    /// Read the messages of the last days or hours of all chats again, such as 7d or 12h, to find edits and deletions in
    /// chats that seem unchanged.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) recheck: Option<Duration>,

    /// Download attachments.
    #[arg(long)]
    pub(crate) attachments: bool,

    /// Download attachments from this host, too, such as cdn.example.com.
    #[arg(long, value_name = "HOST", requires = "attachments", value_parser = parse_host)]
    pub(crate) attachment_host: Vec<String>,

    /// The largest number of requests at once. [default: 16]
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_concurrency: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct SearchOptions {
    /// Words that must all occur. "several words" in quotes are a phrase, word* is the start of a word, and -word must not
    /// occur: 'order "by courier" -cancelled'. Without words, all messages that match the options are listed.
    pub(crate) query: Vec<String>,

    /// The file of the archive, instead of that of the profile.
    #[arg(long, value_name = "PATH")]
    pub(crate) archive: Option<PathBuf>,

    /// Search only these chats.
    #[arg(long, value_name = "CHAT")]
    pub(crate) chat: Vec<ChatId>,

    /// Search only messages of these users.
    #[arg(long, value_name = "USER")]
    pub(crate) sender: Vec<UserId>,

    /// Search only messages of these types, such as text or picture.
    #[arg(long, value_name = "TYPE")]
    pub(crate) r#type: Vec<MessageType>,

    /// Search from this time on, such as 2026-07 or "2026-07-22 10:00".
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,

    /// Search up to this time, exclusively.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,

    /// The order.
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    pub(crate) sort: SortBy,

    /// The largest number of messages.
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SortBy {
    Newest,
    Oldest,
    Relevance,
}

#[derive(Debug, Args)]
pub(crate) struct ExportOptions {
    /// The format.
    pub(crate) format: ExportFormat,

    /// The file, or for HTML the directory. Lines are written to standard output without it, and with `-`.
    pub(crate) path: Option<PathBuf>,

    /// The file of the archive, instead of that of the profile.
    #[arg(long, value_name = "PATH")]
    pub(crate) archive: Option<PathBuf>,

    /// Export only these chats.
    #[arg(long, value_name = "CHAT")]
    pub(crate) chat: Vec<ChatId>,

    /// Export messages from this time on, such as 2026-07 or "2026-07-22 10:00".
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,

    /// Export messages up to this time, exclusively.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,

    /// The separator of the columns of CSV. Choose the semicolon if a spreadsheet shows each row in a single column.
    #[arg(long, value_name = "SEPARATOR", default_value = "comma")]
    pub(crate) csv_separator: ColumnSeparator,

    /// The title of the HTML pages.
    #[arg(long)]
    pub(crate) title: Option<String>,

    /// The language of the HTML pages.
    #[arg(long, default_value = "fa")]
    pub(crate) language: PageLanguage,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// JSON Lines, without loss, which `import` reads.
    Jsonl,
    /// A table for spreadsheets.
    Csv,
    /// Pages to read in a browser.
    Html,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColumnSeparator {
    Comma,
    Semicolon,
    Tab,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PageLanguage {
    /// Persian.
    Fa,
    /// English.
    En,
}

#[derive(Debug, Args)]
pub(crate) struct ImportOptions {
    /// The JSON Lines that `export jsonl` has written. `-` reads standard input.
    pub(crate) path: PathBuf,

    /// The file of the archive, instead of that of the profile.
    #[arg(long, value_name = "PATH")]
    pub(crate) archive: Option<PathBuf>,
}

/// Parses a duration such as `7d`, `12h` or `30m`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let unit = |unit: char| match unit {
        'd' => Some(24 * 60 * 60),
        'h' => Some(60 * 60),
        'm' => Some(60),
        _ => None,
    };
    let parsed = text.chars().last().and_then(unit).and_then(|seconds| {
        // The units are ASCII.
        let count: u64 = text[..text.len() - 1].parse().ok()?;
        count.checked_mul(seconds).map(Duration::from_secs)
    });
    parsed.ok_or_else(|| "use a number and d, h or m, such as 7d".to_owned())
}

/// Parses the name of a host, without a scheme, a port and a path.
fn parse_host(text: &str) -> Result<String, String> {
    let has_more = text.contains(['/', '\\', '@', '?', '#', '%']) || text.trim() != text;
    let url = Url::parse(&format!("https://{text}/")).ok();
    let url = url.filter(|url| !has_more && url.port().is_none());
    let host = url.as_ref().and_then(Url::host_str);
    host.map(str::to_owned)
        .ok_or_else(|| "use the name of a host, such as cdn.example.com".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_alone() {
        assert_eq!(parse_host("CDN.example.com").unwrap(), "cdn.example.com");
        assert_eq!(parse_host("127.0.0.1").unwrap(), "127.0.0.1");
        for text in [
            "",
            "not a host",
            "https://cdn.example.com",
            "cdn.example.com/",
            "cdn.example.com:8080",
            "user@cdn.example.com",
            "a?b",
        ] {
            assert!(parse_host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        let seconds = |text| parse_duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("7d"), Ok(604_800));
        assert_eq!(seconds("12h"), Ok(43_200));
        assert_eq!(seconds("30m"), Ok(1_800));
        for text in [
            "",
            "7",
            "d",
            "7 d",
            "-1d",
            "7w",
            "۷d",
            "7روز",
            "99999999999999999999d",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
