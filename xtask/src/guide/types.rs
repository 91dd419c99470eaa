//! Every public type of the facade is explained: a chapter or the page of a module names it, or the method that
//! returns it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::includes::Include;
use super::{CHAPTERS, markdown_files, report};

/// The public items of the facade.
const LISTING: &str = "docs/public-api/basalam-chat.txt";

/// The sources, whose `//!` comments are the pages of the modules.
const SOURCES: &str = "crates/basalam-chat/src";

/// The module of the generated client, which has a page for all of its types.
const GENERATED: &str = "raw::";

pub(super) fn check(root: &Path) -> anyhow::Result<()> {
    let mut prose = String::new();
    let directories = CHAPTERS.iter().copied().chain(["docs"]);
    for directory in directories {
        for path in markdown_files(&root.join(directory))? {
            let text = fs::read_to_string(&path)?;
            for line in text.lines() {
                match Include::parse(line) {
                    Some(include) => prose.push_str(&include.read(&path)?),
                    None => prose.push_str(line),
                }
                prose.push('\n');
            }
        }
    }
    add_module_pages(&root.join(SOURCES), &mut prose)?;
    let words: BTreeSet<&str> = prose
        .split(|character: char| !character.is_alphanumeric() && character != '_')
        .collect();
    let listing = fs::read_to_string(root.join(LISTING))?;
    let is_explained = |path: &&str| {
        let name = path.rsplit("::").next().unwrap_or(path);
        words.contains(name) || words.contains(snake_case(name).as_str())
    };
    let types = public_types(&listing);
    let missing = types.iter().filter(|path| !is_explained(path));
    let missing: Vec<String> = missing.map(|path| format!("`{path}`")).collect();
    report(
        &missing,
        "Neither a chapter nor the page of a module names these types: add them to the table of their module.",
    )
}

/// Adds the `//!` comments of a directory's files.
fn add_module_pages(directory: &Path, prose: &mut String) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            add_module_pages(&path, prose)?;
            continue;
        }
        let file = fs::read_to_string(&path)?;
        for line in file.lines().filter(|line| line.starts_with("//!")) {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    Ok(())
}

/// Returns the paths of the types in a listing, without that of the crate.
fn public_types(listing: &str) -> BTreeSet<&str> {
    let paths = listing.lines().filter_map(|line| {
        let item = line.trim_start_matches("#[non_exhaustive] ");
        let (kind, rest) = item.strip_prefix("pub ")?.split_once(' ')?;
        let is_type = ["enum", "struct", "trait", "type", "union", "use"].contains(&kind);
        let path = rest.strip_prefix("basalam_chat::").filter(|_| is_type)?;
        let end = path.find(|it: char| !it.is_alphanumeric() && it != '_' && it != ':');
        let path = path[..end.unwrap_or(path.len())].trim_end_matches(':');
        // Associated types belong to a type, and lower-case names are modules.
        let mut names = path.rsplit("::");
        let is_named = names.next().is_some_and(starts_upper) && !names.any(starts_upper);
        (is_named && !path.starts_with(GENERATED)).then_some(path)
    });
    paths.collect()
}

fn starts_upper(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::{public_types, snake_case};

    #[test]
    fn listing_has_types_and_no_items_of_types() {
        let listing = "pub mod basalam_chat::auth\n\
            pub use basalam_chat::ChatId\n\
            pub use basalam_chat::jiff\n\
            pub struct basalam_chat::blocking::Iter<S>\n\
            #[non_exhaustive] pub enum basalam_chat::ErrorKind\n\
            pub trait basalam_chat::time::Clock: core::fmt::Debug\n\
            pub type basalam_chat::bots::GetMe::Output = ()\n\
            pub struct basalam_chat::raw::Client\n\
            pub fn basalam_chat::Client::close(&self)\n";
        let types: Vec<_> = public_types(listing).into_iter().collect();
        assert_eq!(
            types,
            ["ChatId", "ErrorKind", "blocking::Iter", "time::Clock"]
        );
    }

    #[test]
    fn builders_are_named_after_methods() {
        assert_eq!(snake_case("CreateMessage"), "create_message");
        assert_eq!(snake_case("Page"), "page");
    }
}
