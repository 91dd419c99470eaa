//! Decoding of response structs.
//!
//! serde's derive is replaced with an implementation of the client's trait `Object`, which decodes leniently
//! and keeps unlisted properties, and is smaller than what the derive generates.

use std::collections::BTreeMap;

use proc_macro2::Literal;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Field, Ident, Item, ItemStruct, Meta, Path, Token, Type};
use syn::{parse_quote, punctuated::Punctuated};

use super::{is_optional, serde_arguments};
use crate::lower::Decoding;
use crate::syntax::{argument_of, string_literal};

/// Replaces the derived `Deserialize` of a response struct, and adds the field for unlisted properties.
/// Returns the implementations.
pub(super) fn rewrite(
    structure: &mut ItemStruct,
    decoding: Decoding,
    response_types: &BTreeMap<String, Decoding>,
) -> Vec<Item> {
    remove_derived_deserialize(&mut structure.attrs);
    let is_list = |field: &Field| {
        let list = argument_of(&field.ty, "Option").unwrap_or(&field.ty);
        let item = argument_of(list, "Vec");
        decoding == Decoding::Page && item.is_some_and(|item| is_struct(item, response_types))
    };
    let (mut slots, mut arms, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut indices = Vec::new();
    for field in &structure.fields {
        let Some(slot) = &field.ident else { continue };
        let json_name = json_name(slot, &field.attrs);
        let is_option = argument_of(&field.ty, "Option").is_some();
        let is_optional = is_option || is_optional(&field.attrs);
        let method = match is_optional {
            true => format_ident!("optional"),
            false => format_ident!("required"),
        };
        let index = Literal::usize_unsuffixed(slots.len());
        slots.push(slot.clone());
        indices.push(quote! { #json_name => #index });
        arms.push(match (is_list(field), is_option) {
            (true, false) => {
                quote! { #index => __fields.items(#json_name, &mut #slot, &mut __unreadable)? }
            }
            (true, true) => {
                quote! { #index => __fields.nullable_items(#json_name, &mut #slot, &mut __unreadable)? }
            }
            (false, _) => quote! { #index => __fields.#method(#json_name, &mut #slot)? },
        });
        values.push(match (is_option, is_optional) {
            (true, _) => quote! { #slot },
            (false, true) => quote! { #slot: #slot.unwrap_or_default() },
            (false, false) => {
                quote! { #slot: ::basalam_chat_api::decode::present(#json_name, #slot)? }
            }
        });
    }
    let mut unreadable = None;
    if decoding == Decoding::Page {
        let field = free_name("unreadable", &slots);
        values.push(quote! { #field: __unreadable });
        add_field(
            structure,
            parse_quote! {
                #[doc = " Items of the list that cannot be decoded."]
                #[serde(skip)]
                pub #field: ::std::vec::Vec<::basalam_chat_api::UnreadableItem>
            },
        );
        unreadable = Some(quote! { let mut __unreadable = ::std::vec::Vec::new(); });
    }
    let extra = free_name("extra", &slots);
    let name = structure.ident.clone();
    add_field(
        structure,
        parse_quote! {
            #[doc = " Properties that are not in the OpenAPI document or do not fit their type, as received."]
            #[serde(flatten)]
            pub #extra: ::basalam_chat_api::Extra
        },
    );
    let kind = format_ident!("{decoding:?}");
    vec![
        parse_quote! {
            impl ::basalam_chat_api::decode::Object for #name {
                fn index(name: &str) -> ::std::option::Option<usize> {
                    ::std::option::Option::Some(match name {
                        #(#indices,)*
                        _ => return ::std::option::Option::None,
                    })
                }

                fn read<'de, __A: ::serde::de::MapAccess<'de>>(
                    mut __fields: ::basalam_chat_api::decode::Fields<__A>,
                ) -> ::std::result::Result<Self, __A::Error> {
                    #(let mut #slots = ::std::option::Option::None;)*
                    #unreadable
                    while let ::std::option::Option::Some(__index) = __fields.next_index::<Self>()? {
                        match __index {
                            #(#arms,)*
                            _ => {}
                        }
                    }
                    ::std::result::Result::Ok(Self {
                        #(#values,)*
                        #extra: __fields.into_extra(),
                    })
                }
            }
        },
        parse_quote! { ::basalam_chat_api::decode::impl_object!(#name, #kind); },
    ]
}

/// Returns the implementation of `Decode` for a struct that occurs in requests only, which the lists of the
/// client's crate need.
pub(super) fn request_impl(structure: &ItemStruct) -> Item {
    let name = &structure.ident;
    parse_quote! { ::basalam_chat_api::decode::impl_decode!(#name, Object); }
}

fn add_field(structure: &mut ItemStruct, field: Field) {
    if let syn::Fields::Named(fields) = &mut structure.fields {
        fields.named.push(field);
    }
}

fn is_struct(ty: &Type, structs: &BTreeMap<String, Decoding>) -> bool {
    let Type::Path(path) = ty else { return false };
    let name = path.path.get_ident();
    name.is_some_and(|name| structs.contains_key(&name.to_string()))
}

/// Returns `name`, with underscores if it is taken.
fn free_name(name: &str, taken: &[Ident]) -> Ident {
    let mut name = name.to_owned();
    while taken.iter().any(|ident| *ident == name) {
        name.push('_');
    }
    format_ident!("{name}")
}

/// Returns the name of a field in JSON.
pub(super) fn json_name(field: &Ident, attributes: &[Attribute]) -> String {
    let arguments = serde_arguments(attributes);
    let rename = arguments.iter().find_map(|argument| match argument {
        Meta::NameValue(pair) if pair.path.is_ident("rename") => string_literal(&pair.value),
        _ => None,
    });
    rename.unwrap_or_else(|| field.unraw().to_string())
}

fn remove_derived_deserialize(attributes: &mut [Attribute]) {
    let is_deserialize = |path: &Path| {
        let last = path.segments.last();
        last.is_some_and(|last| last.ident == "Deserialize")
    };
    for attribute in attributes {
        let parser = Punctuated::<Path, Token![,]>::parse_terminated;
        if attribute.path().is_ident("derive")
            && let Ok(derives) = attribute.parse_args_with(parser)
        {
            let derives = derives.iter().filter(|path| !is_deserialize(path));
            *attribute = parse_quote! { #[derive(#(#derives),*)] };
        }
    }
}
