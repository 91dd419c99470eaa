//! The newtypes: one macro call each, to macros of the client's crate.
//!
//! The calls are written as formatted strings because formatters leave macro arguments unchanged.

use std::fmt::{self, Write};

use crate::error::Error;
use crate::lower::{Lowered, Newtype, NewtypeKind, Variant};
use crate::{doc_comment, format};

/// Writes `newtypes.rs`.
pub(crate) fn generate(lowered: &Lowered) -> Result<String, Error> {
    let mut source = String::new();
    for (index, newtype) in lowered.newtypes.iter().enumerate() {
        if index > 0 {
            source.push('\n');
        }
        write(&mut source, newtype).map_err(|error| Error::internal(error.to_string()))?;
    }
    format::with_header(&source)
}

fn write(source: &mut String, newtype: &Newtype) -> fmt::Result {
    let name = &newtype.name;
    let (macro_name, declaration) = match &newtype.kind {
        NewtypeKind::Id => ("id", format!("pub struct {name};")),
        NewtypeKind::String => ("string", format!("pub struct {name};")),
        NewtypeKind::Secret => ("secret", format!("pub struct {name};")),
        NewtypeKind::LenientList(item) => (
            "lenient_list",
            format!("pub struct {name}(super::types::{item});"),
        ),
        NewtypeKind::OpenEnum(_) => ("open_enum", format!("pub enum {name} {{")),
    };
    writeln!(source, "::basalam_chat_api::define::{macro_name}! {{")?;
    match newtype.description.trim() {
        "" => write_docs(source, "    ", &format!("`{name}`."))?,
        description => write_docs(source, "    ", description)?,
    }
    writeln!(source, "    {declaration}")?;
    if let NewtypeKind::OpenEnum(variants) = &newtype.kind {
        for variant in variants {
            write_variant(source, variant)?;
        }
        writeln!(source, "    }}")?;
    }
    writeln!(source, "}}")
}

fn write_variant(source: &mut String, variant: &Variant) -> fmt::Result {
    let Variant {
        name,
        value,
        description,
    } = variant;
    match description.as_str() {
        "" => write_docs(source, "        ", &format!("`{value}`."))?,
        description => write_docs(source, "        ", &format!("`{value}`: {description}"))?,
    }
    writeln!(source, "        {name} = {value:?},")
}

fn write_docs(source: &mut String, indent: &str, description: &str) -> fmt::Result {
    for line in doc_comment::lines(description) {
        writeln!(source, "{indent}///{line}")?;
    }
    Ok(())
}
