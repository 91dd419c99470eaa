//! Attributes of methods, structs and mocks that need a Cargo feature.

use std::collections::BTreeMap;

use syn::{Attribute, Ident, ImplItem, Item, TraitItem, Type, parse_quote};

use crate::lower::Features;
use crate::names;

/// Adds `#[cfg(feature = "…")]` to methods, and to structs and their implementations.
pub(super) fn add_attributes(file: &mut syn::File, features: &Features) {
    let mocks = mocks(&features.methods);
    for item in &mut file.items {
        match item {
            Item::Impl(item) => item.items.iter_mut().for_each(|item| {
                if let ImplItem::Fn(method) = item {
                    let attribute = attribute(&features.methods, &method.sig.ident);
                    method.attrs.extend(attribute);
                }
            }),
            Item::Trait(item) => item.items.iter_mut().for_each(|item| {
                if let TraitItem::Fn(method) = item {
                    let attribute = attribute(&features.methods, &method.sig.ident);
                    method.attrs.extend(attribute);
                }
            }),
            Item::Mod(module) => {
                let structs = match module.ident == "types" {
                    true => &features.structs,
                    false => &mocks,
                };
                let items = module.content.iter_mut().flat_map(|(_, items)| items);
                items.for_each(|item| add_to_type(item, structs));
            }
            _ => {}
        }
    }
}

/// Returns the features of the structs of mocks: the condition and the response of each operation.
fn mocks(methods: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mocks = methods.iter().flat_map(|(method, feature)| {
        ["when", "then"].map(|part| {
            let name = names::pascal_case(&format!("{method}-{part}"));
            (name, feature.clone())
        })
    });
    mocks.collect()
}

fn add_to_type(item: &mut Item, features: &BTreeMap<String, String>) {
    match item {
        Item::Struct(item) => item.attrs.extend(attribute(features, &item.ident)),
        Item::Impl(item) => {
            let Type::Path(path) = &*item.self_ty else {
                return;
            };
            let name = path.path.segments.last();
            let attribute = name.and_then(|name| attribute(features, &name.ident));
            item.attrs.extend(attribute);
        }
        // `impl_object!(Name, …)`.
        Item::Macro(item) => {
            let name: Option<Ident> = item.mac.parse_body_with(first_ident).ok();
            let attribute = name.and_then(|name| attribute(features, &name));
            item.attrs.extend(attribute);
        }
        _ => {}
    }
}

fn first_ident(input: syn::parse::ParseStream<'_>) -> syn::Result<Ident> {
    let name = input.parse()?;
    input.parse::<proc_macro2::TokenStream>()?;
    Ok(name)
}

fn attribute(features: &BTreeMap<String, String>, name: &Ident) -> Option<Attribute> {
    let feature = features.get(&name.to_string())?;
    Some(parse_quote! { #[cfg(feature = #feature)] })
}
