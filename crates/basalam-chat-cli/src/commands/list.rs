//! Lists of which single items cannot be read.

use basalam_chat::{Error, UnreadableItem};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::context::Context;
use crate::failure::{Failure, Kind};

/// Counts the items of a list that cannot be read, and reports them.
#[derive(Default)]
pub(crate) struct Gaps {
    unreadable: usize,
    incomplete: bool,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    id: Option<i64>,
    error: &'a str,
    raw: Option<Box<RawValue>>,
}

impl Gaps {
    /// Reports the items of a page that cannot be read.
    pub(crate) fn of(context: &Context<'_>, items: &[UnreadableItem]) -> Result<Gaps, Failure> {
        for item in items {
            print_unreadable(context, item)?;
        }
        Ok(Gaps {
            unreadable: items.len(),
            incomplete: false,
        })
    }

    /// Reports an error after which the list goes on. Returns all others.
    pub(crate) fn report(&mut self, context: &Context<'_>, error: Error) -> Result<(), Failure> {
        if let Some(item) = error.unreadable_item() {
            self.unreadable += 1;
            return print_unreadable(context, item);
        }
        if !error.is_incomplete_list() {
            return Err(error.into());
        }
        self.incomplete = true;
        context.output.warning(&error.to_string());
        Ok(())
    }

    /// Fails if a part of the list is missing.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let problem = match (self.unreadable, self.incomplete) {
            (0, false) => return Ok(()),
            (0, true) => "the list may be incomplete".to_owned(),
            (1, _) => "one item cannot be read".to_owned(),
            (count, _) => format!("{count} items cannot be read"),
        };
        Err(Failure::new(Kind::Partial, problem))
    }
}

/// Prints an item that cannot be read.
pub(crate) fn print_unreadable(
    context: &Context<'_>,
    item: &UnreadableItem,
) -> Result<(), Failure> {
    if context.output.is_json {
        let content = Unreadable {
            id: item.id(),
            error: item.error(),
            raw: RawValue::from_string(item.raw().to_owned()).ok(),
        };
        return context.output.json("unreadable", content);
    }
    context.output.warning(&item.to_string());
    Ok(())
}
