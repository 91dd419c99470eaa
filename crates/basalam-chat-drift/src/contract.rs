//! A contract of the vendor, as it was given.

use std::io::Read;
use std::path::Path;
use std::{fs, io};

use crate::WireShape;
use anyhow::{Context, bail};
use basalam_chat_openapi::Document;
use sha2::{Digest, Sha256};

/// How large a contract may be. The largest one seen has 46 kB.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A contract, in what is compared and kept of it.
pub(super) struct Contract {
    /// Its name in the record, where it was given or the file's name tells.
    pub(super) name: Option<String>,
    /// When the vendor published it, where known.
    pub(super) date: Option<String>,
    /// Of the bytes as they were given.
    pub(super) sha256: String,
    pub(super) shape: WireShape,
}

impl Contract {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(
        path: &str,
        name: Option<&str>,
        date: Option<&str>,
    ) -> anyhow::Result<(Contract, String)> {
        let context = || match path {
            "-" => "standard input".to_owned(),
            path => path.to_owned(),
        };
        let bytes = read(path).with_context(context)?;
        let stem = match path {
            "-" => None,
            path => Path::new(path).file_stem().and_then(|it| it.to_str()),
        };
        Contract::new(bytes, stem.unwrap_or_default(), name, date).with_context(context)
    }

    pub(super) fn new(
        bytes: Vec<u8>,
        stem: &str,
        name: Option<&str>,
        date: Option<&str>,
    ) -> anyhow::Result<(Contract, String)> {
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        let text = String::from_utf8(bytes).context("is no text in UTF-8")?;
        // Editors on some systems begin a file with a mark of its encoding.
        let document = Document::parse(text.trim_start_matches('\u{feff}'))?;
        let (stem, found) = split_date(stem);
        if let Some(date) = date
            && !is_date(date)
        {
            bail!("the date {date:?} is not written like 2026-06-07");
        }
        let contract = Contract {
            name: name.map(str::to_owned).or(stem),
            date: date.map(str::to_owned).or(found),
            sha256,
            shape: WireShape::read(&document)?,
        };
        Ok((contract, text))
    }
}

fn read(path: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES + 1;
    match path {
        "-" => io::stdin().lock().take(limit).read_to_end(&mut bytes)?,
        path => fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?,
    };
    if bytes.len() as u64 > MAX_BYTES {
        bail!(
            "is larger than {} MB, which no contract is",
            MAX_BYTES / 1024 / 1024
        );
    }
    Ok(bytes)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name and the date in a name such as `chat-2026-06-07`.
fn split_date(stem: &str) -> (Option<String>, Option<String>) {
    let named = |name: &str| {
        let name = name.trim_matches(['-', '_', '.']);
        (!name.is_empty()).then(|| name.to_owned())
    };
    let start = stem.len().checked_sub("2026-06-07".len());
    match start.and_then(|start| Some((stem.get(..start)?, stem.get(start..)?))) {
        Some((name, date)) if is_date(date) => (named(name), Some(date.to_owned())),
        _ => (named(stem), None),
    }
}

fn is_date(text: &str) -> bool {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let number = |range| text.get(range).and_then(|it: &str| it.parse::<u8>().ok());
    is_form
        && number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && number(8..10).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_the_contract_and_its_date() {
        let text = |it: &str| Some(it.to_owned());
        assert_eq!(
            split_date("chat-2026-06-07"),
            (text("chat"), text("2026-06-07"))
        );
        assert_eq!(split_date("2026-06-07"), (None, text("2026-06-07")));
        assert_eq!(split_date("chat"), (text("chat"), None));
        assert_eq!(split_date("chat-2026-13-07").1, None);
        assert_eq!(split_date("گفتگوها"), (text("گفتگوها"), None));
    }
}
