//! Comparison of the types in generated sources.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_codegen::Sources;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Fields, ImplItem, Item};

/// What code that uses a type can rely on.
#[derive(Default)]
struct Shape {
    /// The fields of a struct, or the values of an enum.
    parts: BTreeSet<String>,
    /// The kind of a newtype, or the arguments of a struct's constructor.
    signature: String,
    /// The names in the type, among them those of other types.
    mentions: BTreeSet<String>,
}

/// Returns the names of the types in `base` that code written for `base` cannot use with `other`: they
/// are not there, lack a field or a value, have one of another type, or need more to be created.
pub(crate) fn missing_types(base: &Sources, other: &Sources) -> BTreeSet<String> {
    let [base, other] = [base, other].map(|sources| {
        let mut shapes = BTreeMap::new();
        for source in [&sources.client, &sources.newtypes] {
            let file = syn::parse_file(source);
            add_shapes(file.map(|file| file.items).unwrap_or_default(), &mut shapes);
        }
        shapes
    });
    let extends = |name: &String, shape: &Shape| {
        other.get(name).is_some_and(|other: &Shape| {
            shape.signature == other.signature && shape.parts.is_subset(&other.parts)
        })
    };
    let mut missing: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = missing.len();
        for (name, shape) in &base {
            if !extends(name, shape) || !shape.mentions.is_disjoint(&missing) {
                missing.insert(name.clone());
            }
        }
        if missing.len() == before {
            return missing;
        }
    }
}

fn add_shapes(items: Vec<Item>, shapes: &mut BTreeMap<String, Shape>) {
    for item in items {
        match item {
            Item::Mod(module) => {
                add_shapes(module.content.unwrap_or_default().1, shapes);
            }
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                let shape = shapes.entry(item.ident.to_string()).or_default();
                for field in &item.fields {
                    let (name, ty) = (&field.ident, &field.ty);
                    shape.parts.insert(quote::quote! { #name: #ty }.to_string());
                    add_mentions(ty.to_token_stream(), &mut shape.mentions);
                }
            }
            Item::Impl(item) if item.trait_.is_none() => {
                for function in &item.items {
                    if let ImplItem::Fn(function) = function
                        && function.sig.ident == "new"
                    {
                        let name = item.self_ty.to_token_stream().to_string();
                        let shape = shapes.entry(name).or_default();
                        shape.signature = function.sig.inputs.to_token_stream().to_string();
                    }
                }
            }
            Item::Macro(item) => add_newtype(&item.mac, shapes),
            _ => {}
        }
    }
}

/// Adds `define::id! { pub struct Name; }` or `define::open_enum! { pub enum Name { A = "a", } }`.
fn add_newtype(call: &syn::Macro, shapes: &mut BTreeMap<String, Shape>) {
    let mut definition = call.tokens.clone().into_iter();
    let is_keyword = |it: &TokenTree| matches!(it.to_string().as_str(), "struct" | "enum");
    let Some(name) = definition.by_ref().skip_while(|it| !is_keyword(it)).nth(1) else {
        return;
    };
    let shape = shapes.entry(name.to_string()).or_default();
    shape.signature = call.path.to_token_stream().to_string();
    for tree in definition {
        if let TokenTree::Group(group) = tree {
            let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
            // The item type of a list; the names in an enum are not those of types.
            if group.delimiter() == Delimiter::Parenthesis {
                add_mentions(group.stream(), &mut shape.mentions);
            }
            for variant in tokens.windows(3).filter(|it| it[1].to_string() == "=") {
                shape
                    .parts
                    .insert(format!("{} = {}", variant[0], variant[2]));
            }
        }
    }
}

fn add_mentions(tokens: TokenStream, mentions: &mut BTreeSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(name) => {
                mentions.insert(name.to_string());
            }
            TokenTree::Group(group) => add_mentions(group.stream(), mentions),
            _ => {}
        }
    }
}
