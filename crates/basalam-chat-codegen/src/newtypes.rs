//! Ids, texts, secrets, vocabularies and lists: a macro call each, for macros of the client's crate.
//!
//! The calls are written as text: formatters leave the inside of a macro call as it is.

use std::fmt::{self, Write};

use crate::lower::{Lowered, Scalar, ScalarKind, Variant};
use crate::{Error, prose, source};

/// Writes the types of our own.
pub(crate) fn generate(lowered: &Lowered) -> Result<String, Error> {
    let mut text = String::new();
    for (index, scalar) in lowered.newtypes.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        write(&mut text, scalar).map_err(|error| Error::internal(error.to_string()))?;
    }
    source::with_header(&text)
}

fn write(text: &mut String, scalar: &Scalar) -> fmt::Result {
    let name = &scalar.name;
    let (keyword, declaration) = match &scalar.kind {
        ScalarKind::Id => ("id", format!("pub struct {name};")),
        ScalarKind::Text => ("string", format!("pub struct {name};")),
        ScalarKind::Secret => ("secret", format!("pub struct {name};")),
        ScalarKind::List(item) => (
            "lenient_list",
            format!("pub struct {name}(crate::types::{item});"),
        ),
        ScalarKind::Vocabulary(_) => ("open_enum", format!("pub enum {name} {{")),
    };
    writeln!(text, "crate::define::{keyword}! {{")?;
    match scalar.description.trim() {
        "" => docs(text, "    ", &format!("`{name}`."))?,
        description => docs(text, "    ", description)?,
    }
    writeln!(text, "    {declaration}")?;
    if let ScalarKind::Vocabulary(variants) = &scalar.kind {
        for variant in variants {
            write_variant(text, variant)?;
        }
        writeln!(text, "    }}")?;
    }
    writeln!(text, "}}")
}

fn write_variant(text: &mut String, variant: &Variant) -> fmt::Result {
    let Variant {
        name,
        value,
        description,
    } = variant;
    match description.as_str() {
        "" => docs(text, "        ", &format!("`{value}`."))?,
        description => docs(text, "        ", &format!("`{value}`: {description}"))?,
    }
    writeln!(text, "        {name} = {value:?},")
}

fn docs(text: &mut String, indent: &str, description: &str) -> fmt::Result {
    for line in prose::lines(description) {
        writeln!(text, "{indent}///{line}")?;
    }
    Ok(())
}
