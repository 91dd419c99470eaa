//! The newtypes: one macro call each, to macros of the client's crate.
//!
//! The calls are written as formatted strings because formatters leave macro arguments unchanged.

use crate::error::Error;
use crate::lower::{Lowered, Newtype, NewtypeKind, Variant};
use crate::{doc_comment, format};

/// Writes `newtypes.rs`.
pub(crate) fn generate(lowered: &Lowered) -> Result<String, Error> {
    let calls: Vec<String> = lowered.newtypes.iter().map(macro_call).collect();
    format::with_header(&calls.join("\n"))
}

fn macro_call(newtype: &Newtype) -> String {
    let name = &newtype.name;
    let unit_struct = format!("pub struct {name};");
    let (macro_name, declaration) = match &newtype.kind {
        NewtypeKind::Id => ("id", unit_struct),
        NewtypeKind::String => ("string", unit_struct),
        NewtypeKind::Secret => ("secret", unit_struct),
        NewtypeKind::LenientList(item) => {
            let list = format!("pub struct {name}(super::types::{item});");
            ("lenient_list", list)
        }
        NewtypeKind::OpenEnum(variants) => {
            let variants: String = variants.iter().map(variant).collect();
            ("open_enum", format!("pub enum {name} {{\n{variants}    }}"))
        }
    };
    let docs = match newtype.description.trim() {
        "" => docs("    ", &format!("`{name}`.")),
        description => docs("    ", description),
    };
    format!("::basalam_chat_api::define::{macro_name}! {{\n{docs}    {declaration}\n}}\n")
}

fn variant(variant: &Variant) -> String {
    let Variant { name, value, .. } = variant;
    let description = match variant.description.as_str() {
        "" => format!("`{value}`."),
        description => format!("`{value}`: {description}"),
    };
    let docs = docs("        ", &description);
    format!("{docs}        {name} = {value:?},\n")
}

fn docs(indent: &str, description: &str) -> String {
    let lines = doc_comment::lines(description).into_iter();
    lines.map(|line| format!("{indent}///{line}\n")).collect()
}
