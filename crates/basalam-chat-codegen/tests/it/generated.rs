//! What was generated, to be asked about.

use basalam_chat_codegen::Sources;
use quote::ToTokens;
use syn::{Attribute, Field, File, ImplItem, Item, ItemStruct};

/// Generated sources, each of which was read as Rust.
pub(crate) struct Generated {
    construct: String,
    client: File,
    pub(crate) sources: Sources,
}

impl Generated {
    /// Reads every source as Rust, which fails the test where one is not.
    pub(crate) fn new(construct: &str, sources: Sources) -> Generated {
        for (name, source) in [
            ("newtypes", &sources.newtypes),
            ("operations", &sources.operations),
            ("mock", &sources.mock),
        ] {
            assert!(
                syn::parse_file(source).is_ok() && source.starts_with("// @generated"),
                "{construct}: {name} is no Rust:\n{source}"
            );
        }
        Generated {
            construct: construct.to_owned(),
            client: syn::parse_file(&sources.client)
                .unwrap_or_else(|error| panic!("{construct}: {error}:\n{}", sources.client)),
            sources,
        }
    }

    /// The type of a field, without spaces, as it is written in the source.
    pub(crate) fn field(&self, structure: &str, field: &str) -> String {
        without_spaces(&self.find(structure, field).ty)
    }

    /// The serde attributes of a field, without spaces.
    pub(crate) fn serde(&self, structure: &str, field: &str) -> String {
        let attributes = &self.find(structure, field).attrs;
        let serde = attributes.iter().filter(|it| it.path().is_ident("serde"));
        serde.map(without_spaces).collect()
    }

    /// The names of a struct's fields.
    pub(crate) fn fields(&self, structure: &str) -> Vec<String> {
        let fields = self.structure(structure).fields.iter();
        fields
            .filter_map(|it| Some(it.ident.as_ref()?.to_string()))
            .collect()
    }

    /// The arguments of a struct's `new`, without spaces, or `None` where it has none.
    pub(crate) fn new_of(&self, structure: &str) -> Option<String> {
        self.types().find_map(|item| match item {
            Item::Impl(item) if without_spaces(&item.self_ty) == structure => {
                signature(&item.items, "new")
            }
            _ => None,
        })
    }

    /// The arguments of an operation's method, without spaces.
    pub(crate) fn arguments(&self, operation: &str) -> String {
        self.client
            .items
            .iter()
            .find_map(|item| match item {
                Item::Impl(item) => signature(&item.items, operation),
                _ => None,
            })
            .unwrap_or_else(|| panic!("{}: there is no fn {operation}", self.construct))
    }

    /// What an operation's method gives on success, without spaces.
    pub(crate) fn answer(&self, operation: &str) -> String {
        let client = squeezed(&self.sources.client);
        let after = client
            .split_once(&format!("fn{operation}<"))
            .and_then(|(_, after)| after.split_once("->Result<ResponseValue<"))
            .unwrap_or_else(|| panic!("{}: there is no fn {operation}", self.construct))
            .1;
        after.split_once(">,Error<()>").unwrap().0.to_owned()
    }

    /// Whether there is a struct of this name.
    pub(crate) fn has_structure(&self, name: &str) -> bool {
        self.structures().any(|item| item.ident == name)
    }

    /// The lines of docs above a struct.
    pub(crate) fn docs(&self, structure: &str) -> Vec<String> {
        self.structure(structure)
            .attrs
            .iter()
            .filter_map(doc)
            .collect()
    }

    /// Whether a source has this text, however it is broken into lines.
    pub(crate) fn client_has(&self, text: &str) -> bool {
        squeezed(&self.sources.client).contains(&squeezed(text))
    }

    pub(crate) fn scalars_have(&self, text: &str) -> bool {
        squeezed(&self.sources.newtypes).contains(&squeezed(text))
    }

    pub(crate) fn operations_have(&self, text: &str) -> bool {
        squeezed(&self.sources.operations).contains(&squeezed(text))
    }

    pub(crate) fn mock_has(&self, text: &str) -> bool {
        squeezed(&self.sources.mock).contains(&squeezed(text))
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

    fn structures(&self) -> impl Iterator<Item = &ItemStruct> {
        self.types().filter_map(|item| match item {
            Item::Struct(item) => Some(item),
            _ => None,
        })
    }

    fn structure(&self, name: &str) -> &ItemStruct {
        self.structures()
            .find(|item| item.ident == name)
            .unwrap_or_else(|| panic!("{}: there is no struct {name}", self.construct))
    }

    fn find(&self, structure: &str, field: &str) -> &Field {
        let fields = &self.structure(structure).fields;
        fields
            .iter()
            .find(|it| it.ident.as_ref().is_some_and(|ident| ident == field))
            .unwrap_or_else(|| panic!("{}: {structure} has no {field}", self.construct))
    }
}

fn signature(items: &[ImplItem], name: &str) -> Option<String> {
    items.iter().find_map(|item| match item {
        ImplItem::Fn(item) if item.sig.ident == name => Some(without_spaces(&item.sig.inputs)),
        _ => None,
    })
}

fn doc(attribute: &Attribute) -> Option<String> {
    let text = attribute.meta.require_name_value().ok()?;
    match &text.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) if attribute.path().is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

fn without_spaces(tokens: &impl ToTokens) -> String {
    squeezed(&tokens.to_token_stream().to_string())
}

/// A text without what formatting decides: white space, and commas after the last of a list.
fn squeezed(text: &str) -> String {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let text = text.trim_end_matches(',').to_owned();
    [")", "]", "}", ">"]
        .iter()
        .fold(text, |text, end| text.replace(&format!(",{end}"), end))
}
