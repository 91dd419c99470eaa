//! Attributes of methods and structs that need a Cargo feature.

use std::collections::BTreeMap;

use syn::{Attribute, ImplItem, Item, Type, parse_quote};

use crate::lower::Features;

/// Adds `#[cfg(feature = "…")]` to methods, to structs and to the implementations of structs.
pub(super) fn add_attributes(file: &mut syn::File, features: &Features) {
    for item in &mut file.items {
        match item {
            Item::Impl(item) => {
                for item in &mut item.items {
                    if let ImplItem::Fn(method) = item {
                        let attribute = attribute(&features.methods, &method.sig.ident.to_string());
                        method.attrs.extend(attribute);
                    }
                }
            }
            Item::Mod(module) if module.ident == "types" => {
                let items = module.content.iter_mut().flat_map(|(_, items)| items);
                items.for_each(|item| add_to_type(item, &features.structs));
            }
            _ => {}
        }
    }
}

fn add_to_type(item: &mut Item, features: &BTreeMap<String, String>) {
    match item {
        Item::Struct(item) => {
            let attribute = attribute(features, &item.ident.to_string());
            item.attrs.extend(attribute);
        }
        Item::Impl(item) => {
            let Type::Path(path) = &*item.self_ty else {
                return;
            };
            let name = path.path.segments.last().map(|it| it.ident.to_string());
            let attribute = name.and_then(|name| attribute(features, &name));
            item.attrs.extend(attribute);
        }
        // `impl_object!(Name, …)`.
        Item::Macro(item) => {
            let name = item.mac.tokens.clone().into_iter().next();
            let attribute = name.and_then(|name| attribute(features, &name.to_string()));
            item.attrs.extend(attribute);
        }
        _ => {}
    }
}

fn attribute(features: &BTreeMap<String, String>, name: &str) -> Option<Attribute> {
    let feature = features.get(name)?;
    Some(parse_quote! { #[cfg(feature = #feature)] })
}
