//! The pass over progenitor's types that gives them the shape users want.
//!
//! Structs become `#[non_exhaustive]`, since the service adds fields without notice; those that users
//! send get `new(required fields)` in exchange; JSON Schemas come by feature; and progenitor's copy of
//! each schema in the docs, its copying conversions and its unused error type go.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Field, Fields, Item, ItemImpl, ItemMod, ItemStruct, parse_quote};

/// Shapes the types of a generated client. `sent` names the structs that users make.
pub(crate) fn shape(file: &mut syn::File, sent: &BTreeSet<String>) {
    Docs.visit_file_mut(file);
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
        {
            shape_module(module, sent);
        }
    }
}

fn shape_module(module: &mut ItemMod, sent: &BTreeSet<String>) {
    let Some((_, items)) = &mut module.content else {
        return;
    };
    let mut shaped = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        match item {
            Item::Struct(mut structure) => {
                let constructor = sent
                    .contains(&structure.ident.to_string())
                    .then(|| constructor(&structure));
                shape_struct(&mut structure);
                shaped.push(Item::Struct(structure));
                shaped.extend(constructor.map(Item::Impl));
            }
            Item::Impl(item) if is_copying_conversion(&item) => {}
            item => shaped.push(item),
        }
    }
    let uses_error = shaped
        .iter()
        .any(|item| !is_error_module(item) && mentions_conversion_error(item));
    shaped.retain(|item| uses_error || !is_error_module(item));
    *items = shaped;
}

fn shape_struct(structure: &mut ItemStruct) {
    structure.attrs.push(parse_quote! { #[non_exhaustive] });
    structure.attrs.push(parse_quote! {
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    });
}

/// `new` with the fields that must be there; a default stands for each of the others.
fn constructor(structure: &ItemStruct) -> ItemImpl {
    let name = &structure.ident;
    let Fields::Named(fields) = &structure.fields else {
        return parse_quote! { impl #name {} };
    };
    let (mut arguments, mut values) = (Vec::new(), Vec::new());
    let mut required = Vec::new();
    for field in &fields.named {
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
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| {
            let text = list.tokens.to_string();
            text.split(',').any(|argument| {
                let name = argument.split('=').next().unwrap_or_default().trim();
                matches!(name, "default" | "skip_serializing_if" | "flatten")
            })
        })
}

/// `impl From<&Chat> for Chat`, which hides a deep copy behind a conversion.
fn is_copying_conversion(item: &ItemImpl) -> bool {
    let Some((path, _)) = &item.trait_ else {
        return false;
    };
    let Some(last) = path.segments.last() else {
        return false;
    };
    let target = &item.self_ty;
    last.ident == "From"
        && last.arguments.to_token_stream().to_string() == quote::quote! { <&#target> }.to_string()
}

fn is_error_module(item: &Item) -> bool {
    matches!(item, Item::Mod(module) if module.ident == "error")
}

fn mentions_conversion_error(item: &Item) -> bool {
    item.to_token_stream()
        .to_string()
        .contains("ConversionError")
}

/// Sets the docs in lines, without the copy of the JSON Schema that progenitor adds to each type.
struct Docs;

impl VisitMut for Docs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let mut inside = false;
        attributes.retain(|attribute| {
            let Some(text) = doc_text(attribute) else {
                return true;
            };
            inside |= text.contains("<details><summary>JSON schema</summary>");
            let keep = !inside;
            inside &= !text.contains("</details>");
            keep
        });
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
        let is_documented = field
            .attrs
            .iter()
            .any(|attribute| doc_text(attribute).is_some());
        // progenitor's own field, of which the document says nothing.
        if field.ident.as_ref().is_some_and(|ident| ident == "extra") && !is_documented {
            field.attrs.insert(
                0,
                parse_quote! { #[doc = " Members that nobody has named yet, as they came."] },
            );
        }
    }
}

/// One attribute a line, which are written as `///`.
fn doc_attributes(text: &str) -> Vec<Attribute> {
    crate::source::doc_lines(text)
        .into_iter()
        .map(|line| parse_quote! { #[doc = #line] })
        .collect()
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else {
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
