//! Rewrite of progenitor's types.
//!
//! - Structs become `#[non_exhaustive]`, because the service adds fields without notice.
//! - Structs in request bodies get a constructor `new` with the required fields.
//! - Structs in responses are decoded leniently and keep unlisted properties.
//! - Optional fields hold structs with `x-boxed` in a `Box`.
//! - Fields with `format: password` hold a `Secret`, whose debug output is redacted.
//! - The feature `schemars` derives JSON Schemas.
//! - progenitor's unused error type is removed.

mod decode;

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, Field, Fields, Item, ItemImpl, ItemMod, ItemStruct, Meta, Token, Type, parse_quote,
};

use crate::doc_comment;
use crate::error::Error;
use crate::lower::StructNames;
use crate::syntax::{argument_of, string_literal};

/// Rewrites the types of a generated client.
///
/// # Errors
///
/// Returns an error that names the first type that is not a struct with named fields. The lowered document
/// describes no other types, and other types would reject values that the service adds.
pub(crate) fn rewrite(file: &mut syn::File, names: &StructNames) -> Result<(), Error> {
    RewriteDocs.visit_file_mut(file);
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
        {
            rewrite_module(module, names)?;
        }
    }
    Ok(())
}

fn rewrite_module(module: &mut ItemMod, names: &StructNames) -> Result<(), Error> {
    let Some((_, items)) = &mut module.content else {
        return Ok(());
    };
    let mut rewritten = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        match item {
            Item::Struct(mut structure) if matches!(structure.fields, Fields::Named(_)) => {
                let name = structure.ident.to_string();
                for field in &mut structure.fields {
                    unbox_option(field);
                    box_option(field, &names.boxed);
                    wrap_secret(field, &name, &names.secrets);
                }
                let decoding = match names.responses.get(&name) {
                    Some(decoding) => decode::rewrite(&mut structure, *decoding, &names.responses),
                    None => vec![decode::request_impl(&structure)],
                };
                let is_request = names.requests.contains(&name);
                let constructor = is_request.then(|| constructor(&structure));
                add_attributes(&mut structure);
                rewritten.push(Item::Struct(structure));
                rewritten.extend(constructor.map(Item::Impl));
                rewritten.extend(decoding);
            }
            Item::Mod(module) if module.ident == "error" => {}
            other => {
                return Err(Error::generator(format!(
                    "unexpected {}",
                    item_kind(&other)
                )));
            }
        }
    }
    *items = rewritten;
    Ok(())
}

fn item_kind(item: &Item) -> String {
    match item {
        Item::Struct(item) => format!("`struct {}` without named fields", item.ident),
        Item::Enum(item) => format!("`enum {}`", item.ident),
        Item::Type(item) => format!("`type {}`", item.ident),
        Item::Mod(item) => format!("`mod {}`", item.ident),
        _ => "item that is not a struct".to_owned(),
    }
}

fn add_attributes(structure: &mut ItemStruct) {
    structure.attrs.push(parse_quote! { #[non_exhaustive] });
    structure.attrs.push(parse_quote! {
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    });
}

/// Changes `Box<Option<T>>`, which progenitor generates for recursive structs, to `Option<Box<T>>`.
///
/// progenitor does not see an option inside a box, and would serialize an unset field as null.
fn unbox_option(field: &mut Field) {
    let Some(inner) = argument_of(&field.ty, "Box").and_then(|inner| argument_of(inner, "Option"))
    else {
        return;
    };
    field.ty = parse_quote! { ::std::option::Option<::std::boxed::Box<#inner>> };
    let is_optional = has_serde(&field.attrs, "default");
    let mut arguments = serde_arguments(&field.attrs);
    arguments.retain(|argument| !argument.path().is_ident("default"));
    arguments.push(match is_optional {
        true => parse_quote! { skip_serializing_if = "::std::option::Option::is_none" },
        false => parse_quote! { deserialize_with = "::std::option::Option::deserialize" },
    });
    field
        .attrs
        .retain(|attribute| !attribute.path().is_ident("serde"));
    field.attrs.push(parse_quote! { #[serde(#(#arguments),*)] });
}

/// Changes `Option<T>` to `Option<Box<T>>` for large structs: an option is as large as its value even if
/// it is `None`.
fn box_option(field: &mut Field, boxed_types: &BTreeSet<String>) {
    let Some(inner @ Type::Path(path)) = argument_of(&field.ty, "Option") else {
        return;
    };
    let name = path.path.get_ident();
    if name.is_some_and(|name| boxed_types.contains(&name.to_string())) {
        field.ty = parse_quote! { ::std::option::Option<::std::boxed::Box<#inner>> };
    }
}

/// Changes the type `T` of a secret field to `Secret<T>`.
fn wrap_secret(field: &mut Field, structure: &str, secrets: &BTreeSet<(String, String)>) {
    let Some(ident) = &field.ident else { return };
    let property = decode::json_name(ident, &field.attrs);
    if !secrets.contains(&(structure.to_owned(), property)) {
        return;
    }
    let ty = &field.ty;
    field.ty = match argument_of(ty, "Option") {
        Some(inner) => {
            parse_quote! { ::std::option::Option<::basalam_chat_api::Secret<#inner>> }
        }
        None => parse_quote! { ::basalam_chat_api::Secret<#ty> },
    };
}

/// Returns the `impl` of `new`, which takes the required fields and sets the others to their default.
fn constructor(structure: &ItemStruct) -> ItemImpl {
    let name = &structure.ident;
    let (mut arguments, mut values) = (Vec::new(), Vec::new());
    for field in &structure.fields {
        let (ident, ty) = (&field.ident, &field.ty);
        if is_optional(&field.attrs) {
            values.push(quote::quote! { #ident: ::std::default::Default::default() });
        } else {
            arguments.push(quote::quote! { #ident: #ty });
            values.push(quote::quote! { #ident });
        }
    }
    parse_quote! {
        impl #name {
            /// Creates a value from its required fields. All other fields are unset.
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// Returns `true` if the field may be missing in JSON.
fn is_optional(attributes: &[Attribute]) -> bool {
    ["default", "skip", "skip_serializing_if", "flatten"]
        .iter()
        .any(|argument| has_serde(attributes, argument))
}

/// Returns `true` if a serde attribute has this argument. String values, such as names, do not count.
fn has_serde(attributes: &[Attribute], argument: &str) -> bool {
    let arguments = serde_arguments(attributes);
    arguments.iter().any(|it| it.path().is_ident(argument))
}

fn serde_arguments(attributes: &[Attribute]) -> Vec<Meta> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .filter_map(|attribute| {
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            attribute.parse_args_with(parser).ok()
        })
        .flatten()
        .collect()
}

/// Rewrites docs to one attribute per line, without Rust code blocks.
struct RewriteDocs;

impl VisitMut for RewriteDocs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = std::mem::take(attributes)
            .into_iter()
            .flat_map(|attribute| match docs(&attribute) {
                Some(docs) => doc_attributes(&docs),
                None => vec![attribute],
            })
            .collect();
    }

    fn visit_field_mut(&mut self, field: &mut Field) {
        syn::visit_mut::visit_field_mut(self, field);
        // progenitor's field for unlisted properties, which the document does not describe.
        if has_serde(&field.attrs, "flatten") {
            field.attrs.insert(
                0,
                parse_quote! { #[doc = " Properties that are not in the OpenAPI document, as received."] },
            );
        }
    }
}

/// Returns one attribute per line, which prettyplease writes as `///`.
fn doc_attributes(docs: &str) -> Vec<Attribute> {
    doc_comment::lines(docs)
        .into_iter()
        .map(|line| parse_quote! { #[doc = #line] })
        .collect()
}

fn docs(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => string_literal(&pair.value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn rewritten(mut file: syn::File, requests: &[&str], boxed: &[&str]) -> Result<String, Error> {
        let [requests, boxed] =
            [requests, boxed].map(|names| names.iter().map(ToString::to_string).collect());
        let names = StructNames {
            requests,
            boxed,
            secrets: BTreeSet::new(),
            responses: BTreeMap::new(),
        };
        rewrite(&mut file, &names)?;
        Ok(prettyplease::unparse(&file))
    }

    #[test]
    fn ignores_serde_arguments_inside_property_names() {
        let source = rewritten(
            parse_quote! {
                pub mod types {
                    pub struct Note {
                        #[serde(rename = "a,default,flatten,b")]
                        pub a: String,
                        #[serde(rename = "skip_serializing_if", default)]
                        pub b: String,
                        #[serde(deserialize_with = "::std::option::Option::deserialize")]
                        pub c: Option<String>,
                    }
                }
            },
            &["Note"],
            &[],
        )
        .unwrap();
        assert!(
            source.contains("pub fn new(a: String, c: Option<String>) -> Self"),
            "{source}"
        );
        assert!(!source.contains("/// Properties that are not in"));
    }

    #[test]
    fn changes_boxed_options_to_optional_boxes() {
        let source = rewritten(
            parse_quote! {
                pub mod types {
                    pub struct Node {
                        #[serde(rename = "n-e-x-t", default)]
                        pub next: ::std::boxed::Box<::std::option::Option<Node>>,
                        pub needed: ::std::boxed::Box<::std::option::Option<Node>>,
                        pub child: ::std::boxed::Box<Node>,
                        pub other: Box,
                    }
                }
            },
            &["Node"],
            &[],
        )
        .unwrap();
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
        for expected in [
            r#"rename = "n-e-x-t", skip_serializing_if = "::std::option::Option::is_none""#,
            "pub next: ::std::option::Option<::std::boxed::Box<Node>>,",
            r#"#[serde(deserialize_with = "::std::option::Option::deserialize")] pub needed:"#,
            "pub child: ::std::boxed::Box<Node>,",
            "pub other: Box,",
            "pub fn new( needed:",
        ] {
            assert!(source.contains(expected), "{expected} is not in {source}");
        }
    }

    #[test]
    fn boxes_listed_structs_in_optional_fields() {
        let file = parse_quote! {
            pub mod types {
                pub struct Holder {
                    pub missing: ::std::option::Option<Large>,
                    pub needed: Large,
                    pub many: ::std::vec::Vec<Large>,
                    pub boxed: ::std::option::Option<::std::boxed::Box<Large>>,
                    pub other: ::std::option::Option<Small>,
                    pub foreign: ::std::option::Option<elsewhere::Large>,
                }
            }
        };
        let source = rewritten(file, &[], &["Large"]).unwrap();
        for expected in [
            "pub missing: ::std::option::Option<::std::boxed::Box<Large>>,",
            "pub needed: Large,",
            "pub many: ::std::vec::Vec<Large>,",
            "pub boxed: ::std::option::Option<::std::boxed::Box<Large>>,",
            "pub other: ::std::option::Option<Small>,",
            "pub foreign: ::std::option::Option<elsewhere::Large>,",
        ] {
            assert!(source.contains(expected), "{expected} is not in {source}");
        }
    }

    #[test]
    fn adds_constructors_to_request_types_only() {
        let file: syn::File = parse_quote! {
            pub mod types {
                pub struct Request {}
                pub struct Response {
                    #[serde(flatten)]
                    pub extra: Map,
                }
                pub mod error {}
            }
        };
        let source = rewritten(file, &["Request", "Missing"], &[]).unwrap();
        assert_eq!(source.matches("pub fn new(").count(), 1);
        assert_eq!(source.matches("#[non_exhaustive]").count(), 2);
        assert!(
            source.contains("/// Properties that are not in the OpenAPI document, as received.")
        );
        assert!(!source.contains("mod error"));
    }

    #[test]
    fn reports_types_that_are_not_structs_with_named_fields() {
        let files: [(syn::File, &str); 3] = [
            (parse_quote! { pub mod types { pub enum A {} } }, "`enum A`"),
            (
                parse_quote! { pub mod types { pub struct B(u8); } },
                "`struct B`",
            ),
            (
                parse_quote! { pub mod types { impl From<A> for B {} } },
                "item that is not a struct",
            ),
        ];
        for (file, item_kind) in files {
            let error = rewritten(file, &[], &[]).unwrap_err();
            assert!(error.is_generator() && error.to_string().contains(item_kind));
        }
    }
}
