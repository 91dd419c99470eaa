//! The vendor's contracts, read from files.

mod recorded_shape;

use std::io::Read;
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, bail};
use basalam_chat_openapi::Document;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::shape::WireShape;

/// The maximum size of a contract in bytes. The largest known contract is 46 kB.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A contract of the vendor.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contract {
    /// The name in the record. A contract that is not recorded has that of its file.
    pub(crate) name: String,
    /// The date of publication, if known. The field is required in the record, but can be null.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub(crate) date: Option<String>,
    /// The hash of the file.
    pub(crate) sha256: String,
    #[serde(with = "recorded_shape")]
    pub(crate) shape: WireShape,
}

impl Contract {
    /// Reads a file, or standard input for `-`. Also returns the unparsed JSON.
    pub(crate) fn read(path: &str, date: Option<&str>) -> anyhow::Result<(Contract, String)> {
        let (source, stem) = match path {
            "-" => ("standard input", None),
            path => (path, Path::new(path).file_stem()),
        };
        let stem = stem.and_then(|it| it.to_str()).unwrap_or_default();
        let context = || source.to_owned();
        let bytes = read(path).with_context(context)?;
        let read = Contract::new(bytes, stem, date).with_context(context)?;
        if read.0.shape.operations.is_empty() {
            // Nothing could be compared with it.
            bail!("{source} describes no operation; pass a contract with `paths`");
        }
        Ok(read)
    }

    pub(crate) fn new(
        bytes: Vec<u8>,
        stem: &str,
        date: Option<&str>,
    ) -> anyhow::Result<(Contract, String)> {
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        let json = String::from_utf8(bytes).context("must be UTF-8")?;
        // Some editors write a byte order mark.
        let document = Document::parse(json.trim_start_matches('\u{feff}'))?;
        let (name_in_stem, date_in_stem) = split_date(stem);
        if let Some(date) = date
            && !is_date(date)
        {
            bail!("the date {date:?} must have the form 2026-06-07");
        }
        let contract = Contract {
            name: name_in_stem.unwrap_or_else(|| "chat".to_owned()),
            date: date.map(str::to_owned).or(date_in_stem),
            sha256,
            shape: WireShape::read(&document)?,
        };
        Ok((contract, json))
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
        bail!("must not be larger than {} MB", MAX_BYTES / 1024 / 1024);
    }
    Ok(bytes)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the name and the date in a file name such as `chat-2026-06-07`.
fn split_date(stem: &str) -> (Option<String>, Option<String>) {
    let start = stem.len().saturating_sub("2026-06-07".len());
    let (name, date) = match stem.split_at_checked(start) {
        Some((name, date)) if is_date(date) => (name, Some(date.to_owned())),
        _ => (stem, None),
    };
    let name = name.trim_matches(['-', '_', '.']);
    ((!name.is_empty()).then(|| name.to_owned()), date)
}

fn is_date(string: &str) -> bool {
    let is_well_formed = string.len() == 10
        && string.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let number = |range| string.get(range).and_then(|it: &str| it.parse::<u8>().ok());
    is_well_formed
        && number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && number(8..10).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_file_name_into_name_and_date() {
        let some = |it: &str| Some(it.to_owned());
        assert_eq!(
            split_date("chat-2026-06-07"),
            (some("chat"), some("2026-06-07"))
        );
        assert_eq!(split_date("2026-06-07"), (None, some("2026-06-07")));
        assert_eq!(split_date("chat"), (some("chat"), None));
        assert_eq!(split_date("chat-2026-13-07").1, None);
        assert_eq!(split_date("گفتگوها"), (some("گفتگوها"), None));
    }
}
