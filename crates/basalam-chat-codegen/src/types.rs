//! The pass over progenitor's types that gives them the shape users want.
//!
//! Structs become `#[non_exhaustive]`, since the service adds fields without notice; those that users
//! send get `new(required fields)` in exchange; those that the document wants in boxes are put there;
//! JSON Schemas come by feature; and progenitor's error type, which structs have no use for, goes.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, Field, Fields, GenericArgument, Item, ItemImpl, ItemMod, ItemStruct, Meta,
    PathArguments, Token, Type, parse_quote,
};

use crate::{Error, prose};

/// Shapes the types of a generated client. `sent` names the structs that users make, and `boxed` those that
/// are in a box where they may be missing.
///
/// # Errors
///
/// Says what progenitor wrote that is no struct with named fields: the lowered copy asks for nothing
/// else, and another type would be closed to what the service adds.
pub(crate) fn shape(
    file: &mut syn::File,
    sent: &BTreeSet<String>,
    boxed: &BTreeSet<String>,
) -> Result<(), Error> {
    Docs.visit_file_mut(file);
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
        {
            shape_module(module, sent, boxed)?;
        }
    }
    Ok(())
}

fn shape_module(
    module: &mut ItemMod,
    sent: &BTreeSet<String>,
    boxed: &BTreeSet<String>,
) -> Result<(), Error> {
    let Some((_, items)) = &mut module.content else {
        return Ok(());
    };
    let mut shaped = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        match item {
            Item::Struct(mut structure) if matches!(structure.fields, Fields::Named(_)) => {
                for field in &mut structure.fields {
                    unbox_option(field);
                    box_option(field, boxed);
                }
                let constructor = sent
                    .contains(&structure.ident.to_string())
                    .then(|| constructor(&structure));
                shape_struct(&mut structure);
                shaped.push(Item::Struct(structure));
                shaped.extend(constructor.map(Item::Impl));
            }
            Item::Mod(module) if module.ident == "error" => {}
            other => return Err(Error::generator(format!("it wrote {}", what(&other)))),
        }
    }
    *items = shaped;
    Ok(())
}

/// Names an item that should not be there.
fn what(item: &Item) -> String {
    match item {
        Item::Struct(item) => format!("`struct {}` without named fields", item.ident),
        Item::Enum(item) => format!("`enum {}`", item.ident),
        Item::Type(item) => format!("`type {}`", item.ident),
        Item::Mod(item) => format!("`mod {}`", item.ident),
        _ => "an item that is no struct".to_owned(),
    }
}

fn shape_struct(structure: &mut ItemStruct) {
    structure.attrs.push(parse_quote! { #[non_exhaustive] });
    structure.attrs.push(parse_quote! {
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    });
}

/// Turns `Box<Option<T>>`, which progenitor writes where structs hold each other, inside out.
///
/// The box hides the option from progenitor, so that a field that was left out would be sent as null.
fn unbox_option(field: &mut Field) {
    let Some(inner) = argument_of(&field.ty, "Box").and_then(|inner| argument_of(inner, "Option"))
    else {
        return;
    };
    field.ty = parse_quote! { ::std::option::Option<::std::boxed::Box<#inner>> };
    let may_be_missing = has_serde(&field.attrs, "default");
    let mut arguments = serde_arguments(&field.attrs);
    arguments.retain(|argument| !argument.path().is_ident("default"));
    arguments.push(match may_be_missing {
        true => parse_quote! { skip_serializing_if = "::std::option::Option::is_none" },
        false => parse_quote! { deserialize_with = "::std::option::Option::deserialize" },
    });
    field
        .attrs
        .retain(|attribute| !attribute.path().is_ident("serde"));
    field.attrs.push(parse_quote! { #[serde(#(#arguments),*)] });
}

/// Turns `Option<T>` into `Option<Box<T>>` for the structs that the document wants in boxes.
///
/// An option takes the room of what it may hold, also where it holds nothing.
fn box_option(field: &mut Field, boxed: &BTreeSet<String>) {
    let Some(inner @ Type::Path(path)) = argument_of(&field.ty, "Option") else {
        return;
    };
    let name = path.path.get_ident();
    if name.is_some_and(|name| boxed.contains(&name.to_string())) {
        field.ty = parse_quote! { ::std::option::Option<::std::boxed::Box<#inner>> };
    }
}

/// The `T` of a `::path::to::Wrapper<T>`.
fn argument_of<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        // A struct of the document's own may be called `Box`; it has no arguments.
        PathArguments::AngleBracketed(arguments) if last.ident == wrapper => {
            match arguments.args.first()? {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `new` with the fields that must be there; a default stands for each of the others.
fn constructor(structure: &ItemStruct) -> ItemImpl {
    let name = &structure.ident;
    let (mut arguments, mut values) = (Vec::new(), Vec::new());
    let mut required = Vec::new();
    for field in &structure.fields {
        let (ident, ty) = (&field.ident, &field.ty);
        if is_optional(&field.attrs) {
            values.push(quote::quote! { #ident: ::std::default::Default::default() });
        } else {
            arguments.push(quote::quote! { #ident: #ty });
            values.push(quote::quote! { #ident });
            required.extend(ident.as_ref().map(|ident| format!("`{ident}`")));
        }
    }
    let doc = match required.as_slice() {
        [] => " Starts with every field left out.".to_owned(),
        required => format!(
            " Starts with {}, and every other field left out.",
            required.join(" and ")
        ),
    };
    parse_quote! {
        impl #name {
            #[doc = #doc]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// Whether serde reads the field's absence as a value.
fn is_optional(attributes: &[Attribute]) -> bool {
    ["default", "skip_serializing_if", "flatten"]
        .iter()
        .any(|argument| has_serde(attributes, argument))
}

/// Whether a serde attribute has this argument. A text in one, such as a member's name, is none.
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

/// Sets the docs in lines.
struct Docs;

impl VisitMut for Docs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = std::mem::take(attributes)
            .into_iter()
            .flat_map(|attribute| match doc_text(&attribute) {
                Some(text) => doc_attributes(&text),
                None => vec![attribute],
            })
            .collect();
    }

    fn visit_field_mut(&mut self, field: &mut Field) {
        syn::visit_mut::visit_field_mut(self, field);
        // progenitor's own field, of which the document says nothing.
        if has_serde(&field.attrs, "flatten") {
            field.attrs.insert(
                0,
                parse_quote! { #[doc = " Members that nobody has named yet, as they came."] },
            );
        }
    }
}

/// One attribute a line, which are written as `///`.
fn doc_attributes(text: &str) -> Vec<Attribute> {
    prose::lines(text)
        .into_iter()
        .map(|line| parse_quote! { #[doc = #line] })
        .collect()
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    if !pair.path.is_ident("doc") {
        return None;
    }
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(file: syn::File, sent: &[&str]) -> Result<String, Error> {
        shaped_with_boxes(file, sent, &[])
    }

    fn shaped_with_boxes(
        mut file: syn::File,
        sent: &[&str],
        boxed: &[&str],
    ) -> Result<String, Error> {
        let [sent, boxed] =
            [sent, boxed].map(|names| names.iter().map(ToString::to_string).collect());
        shape(&mut file, &sent, &boxed)?;
        Ok(prettyplease::unparse(&file))
    }

    #[test]
    fn the_name_of_a_member_is_not_read_as_an_argument_of_serde() {
        let text = shaped(
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
        )
        .unwrap();
        assert!(text.contains("Starts with `a` and `c`, and"), "{text}");
        assert!(text.contains("pub fn new(a: String, c: Option<String>) -> Self"));
        assert!(!text.contains("Members that nobody has named"));
    }

    #[test]
    fn a_boxed_option_becomes_an_option_of_a_box_that_is_left_out() {
        let text = shaped(
            parse_quote! {
                pub mod types {
                    pub struct Node {
                        #[serde(rename = "n-e-x-t", default)]
                        pub next: ::std::boxed::Box<::std::option::Option<Node>>,
                        pub needed: ::std::boxed::Box<::std::option::Option<Node>>,
                        pub child: ::std::boxed::Box<Node>,
                        pub odd: Box,
                    }
                }
            },
            &["Node"],
        )
        .unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for expected in [
            r#"rename = "n-e-x-t", skip_serializing_if = "::std::option::Option::is_none""#,
            "pub next: ::std::option::Option<::std::boxed::Box<Node>>,",
            r#"#[serde(deserialize_with = "::std::option::Option::deserialize")] pub needed:"#,
            "pub child: ::std::boxed::Box<Node>,",
            "pub odd: Box,",
            "Starts with `needed` and `child` and `odd`",
        ] {
            assert!(text.contains(expected), "{expected} is not in {text}");
        }
    }

    #[test]
    fn a_struct_that_is_wanted_in_boxes_is_in_one_where_it_may_be_missing() {
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
        let text = shaped_with_boxes(file, &[], &["Large"]).unwrap();
        for expected in [
            "pub missing: ::std::option::Option<::std::boxed::Box<Large>>,",
            "pub needed: Large,",
            "pub many: ::std::vec::Vec<Large>,",
            "pub boxed: ::std::option::Option<::std::boxed::Box<Large>>,",
            "pub other: ::std::option::Option<Small>,",
            "pub foreign: ::std::option::Option<elsewhere::Large>,",
        ] {
            assert!(text.contains(expected), "{expected} is not in {text}");
        }
    }

    #[test]
    fn only_structs_that_are_sent_get_a_constructor() {
        let file: syn::File = parse_quote! {
            pub mod types {
                pub struct Sent {}
                pub struct Received {
                    #[serde(flatten)]
                    pub extra: Map,
                }
                pub mod error {}
            }
        };
        let text = shaped(file, &["Sent", "NoStructure"]).unwrap();
        assert_eq!(text.matches("pub fn new(").count(), 1);
        assert_eq!(text.matches("#[non_exhaustive]").count(), 2);
        assert!(text.contains("/// Members that nobody has named yet, as they came."));
        assert!(!text.contains("mod error"));
    }

    #[test]
    fn a_type_that_is_no_struct_with_named_fields_is_reported() {
        let files: [(syn::File, &str); 3] = [
            (parse_quote! { pub mod types { pub enum A {} } }, "`enum A`"),
            (
                parse_quote! { pub mod types { pub struct B(u8); } },
                "`struct B`",
            ),
            (
                parse_quote! { pub mod types { impl From<A> for B {} } },
                "an item",
            ),
        ];
        for (file, named) in files {
            let error = shaped(file, &[]).unwrap_err();
            assert!(error.is_generator() && error.to_string().contains(named));
        }
    }
}
