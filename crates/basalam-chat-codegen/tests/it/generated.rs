//! Queries on generated sources.

use basalam_chat_codegen::Sources;
use quote::ToTokens;
use syn::{Attribute, Field, File, ImplItem, Item, ItemStruct};

/// Generated sources, all of which parse as Rust.
pub(crate) struct Generated {
    label: String,
    client: File,
    pub(crate) sources: Sources,
}

impl Generated {
    /// Parses every source and panics if one is not Rust.
    pub(crate) fn new(label: &str, sources: Sources) -> Generated {
        for (name, source) in [
            ("newtypes", &sources.newtypes),
            ("operations", &sources.operations),
            ("mock", &sources.mock),
        ] {
            assert!(
                syn::parse_file(source).is_ok() && source.starts_with("// @generated"),
                "{label}: {name} is not Rust:\n{source}"
            );
        }
        Generated {
            label: label.to_owned(),
            client: syn::parse_file(&sources.client)
                .unwrap_or_else(|error| panic!("{label}: {error}:\n{}", sources.client)),
            sources,
        }
    }

    /// Returns the type of a field, without white space.
    pub(crate) fn field_type(&self, structure: &str, field: &str) -> String {
        normalized_tokens(&self.find_field(structure, field).ty)
    }

    /// Returns the serde attributes of a field, without white space.
    pub(crate) fn serde_attributes(&self, structure: &str, field: &str) -> String {
        let attributes = &self.find_field(structure, field).attrs;
        let serde = attributes.iter().filter(|it| it.path().is_ident("serde"));
        serde.map(normalized_tokens).collect()
    }

    pub(crate) fn field_names(&self, structure: &str) -> Vec<String> {
        let fields = self.find_struct(structure).fields.iter();
        fields
            .filter_map(|it| Some(it.ident.as_ref()?.to_string()))
            .collect()
    }

    /// Returns the arguments of a struct's `new` without white space, or `None` if it has no `new`.
    pub(crate) fn constructor_arguments(&self, structure: &str) -> Option<String> {
        self.types().find_map(|item| match item {
            Item::Impl(item) if normalized_tokens(&item.self_ty) == structure => {
                arguments(&item.items, "new")
            }
            _ => None,
        })
    }

    /// Returns the arguments of an operation's method, without white space.
    pub(crate) fn operation_arguments(&self, operation: &str) -> String {
        self.client
            .items
            .iter()
            .find_map(|item| match item {
                Item::Impl(item) => arguments(&item.items, operation),
                _ => None,
            })
            .unwrap_or_else(|| panic!("{}: no fn {operation}", self.label))
    }

    /// Returns the type of an operation's response, without white space.
    pub(crate) fn response_type(&self, operation: &str) -> String {
        let client = normalize(&self.sources.client);
        let after = client
            .split_once(&format!("fn{operation}<"))
            .and_then(|(_, after)| after.split_once("->Result<ResponseValue<"))
            .unwrap_or_else(|| panic!("{}: no fn {operation}", self.label))
            .1;
        after.split_once(">,Error<()>").unwrap().0.to_owned()
    }

    pub(crate) fn has_struct(&self, name: &str) -> bool {
        self.structs().any(|item| item.ident == name)
    }

    /// Returns the doc lines of a struct.
    pub(crate) fn docs(&self, structure: &str) -> Vec<String> {
        let attributes = self.find_struct(structure).attrs.iter();
        attributes.filter_map(doc_line).collect()
    }

    /// Returns `true` if the source contains `code`, whatever its formatting. The same holds below.
    pub(crate) fn client_contains(&self, code: &str) -> bool {
        normalize(&self.sources.client).contains(&normalize(code))
    }

    pub(crate) fn client_without_spaces(&self) -> String {
        normalize(&self.sources.client)
    }

    pub(crate) fn newtypes_contain(&self, code: &str) -> bool {
        normalize(&self.sources.newtypes).contains(&normalize(code))
    }

    pub(crate) fn operations_contain(&self, code: &str) -> bool {
        normalize(&self.sources.operations).contains(&normalize(code))
    }

    pub(crate) fn mock_contains(&self, code: &str) -> bool {
        normalize(&self.sources.mock).contains(&normalize(code))
    }

    fn types(&self) -> impl Iterator<Item = &Item> {
        self.client
            .items
            .iter()
            .find_map(|item| match item {
                Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
                _ => None,
            })
            .into_iter()
            .flat_map(|(_, items)| items)
    }

    fn structs(&self) -> impl Iterator<Item = &ItemStruct> {
        self.types().filter_map(|item| match item {
            Item::Struct(item) => Some(item),
            _ => None,
        })
    }

    fn find_struct(&self, name: &str) -> &ItemStruct {
        self.structs()
            .find(|item| item.ident == name)
            .unwrap_or_else(|| panic!("{}: no struct {name}", self.label))
    }

    fn find_field(&self, structure: &str, field: &str) -> &Field {
        let fields = &self.find_struct(structure).fields;
        fields
            .iter()
            .find(|it| it.ident.as_ref().is_some_and(|ident| ident == field))
            .unwrap_or_else(|| panic!("{}: {structure} has no {field}", self.label))
    }
}

fn arguments(items: &[ImplItem], name: &str) -> Option<String> {
    items.iter().find_map(|item| match item {
        ImplItem::Fn(item) if item.sig.ident == name => Some(normalized_tokens(&item.sig.inputs)),
        _ => None,
    })
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let pair = attribute.meta.require_name_value().ok()?;
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(line),
            ..
        }) if attribute.path().is_ident("doc") => Some(line.value()),
        _ => None,
    }
}

fn normalized_tokens(tokens: &impl ToTokens) -> String {
    normalize(&tokens.to_token_stream().to_string())
}

/// Removes what formatting decides: white space and trailing commas.
fn normalize(code: &str) -> String {
    let code: String = code.chars().filter(|it| !it.is_whitespace()).collect();
    let code = code.trim_end_matches(',').to_owned();
    [")", "]", "}", ">"]
        .iter()
        .fold(code, |code, end| code.replace(&format!(",{end}"), end))
}
