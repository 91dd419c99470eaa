//! Generation of the client and the mocks with progenitor.

mod arrays;
mod features;
mod mocks;
mod operations;
mod requests;

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use quote::quote;

use crate::error::Error;
use crate::lower::{Lowered, Newtype, NewtypeKind};
use crate::{format, module_paths, types};

/// Writes `client.rs`: the client and its types.
pub(crate) fn generate(lowered: &Lowered) -> Result<String, Error> {
    let tokens = generator(lowered)
        .generate_tokens(&openapi(lowered)?)
        .map_err(|error| Error::generator(error.to_string()))?;
    let mut file = format::parse(tokens)?;
    arrays::rewrite(&mut file, &lowered.arrays);
    requests::rewrite(&mut file);
    operations::rewrite(&mut file)?;
    types::rewrite(&mut file, &lowered.structs)?;
    features::add_attributes(&mut file, &lowered.features);
    module_paths::rewrite(&mut file);
    Ok(format::format(&file))
}

/// Writes `mock.rs`: mocks of the client, for a module beside its `types` and `newtypes`.
pub(crate) fn generate_mock(lowered: &Lowered) -> Result<String, Error> {
    let tokens = generator(lowered)
        .httpmock(&openapi(lowered)?, "crate")
        .map_err(|error| Error::generator(error.to_string()))?;
    let mut file = format::parse(tokens)?;
    arrays::rewrite(&mut file, &lowered.arrays);
    mocks::rewrite(&mut file);
    features::add_attributes(&mut file, &lowered.features);
    module_paths::rewrite(&mut file);
    Ok(format::format(&file))
}

fn openapi(lowered: &Lowered) -> Result<OpenAPI, Error> {
    serde_json::from_value(lowered.openapi.clone())
        .map_err(|error| Error::generator(format!("cannot read the lowered document: {error}")))
}

fn generator(lowered: &Lowered) -> Generator {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_inner_type(quote! { ::basalam_chat_api::Inner })
        .with_derive("PartialEq")
        // Deterministic order, unlike a hash map.
        .with_map_type("::std::collections::BTreeMap");
    for newtype in &lowered.newtypes {
        let path = format!("crate::newtypes::{}", newtype.name);
        settings.with_replacement(&newtype.name, path, implemented_traits(newtype).into_iter());
    }
    Generator::new(&settings)
}

fn implemented_traits(newtype: &Newtype) -> Vec<TypeImpl> {
    match newtype.kind {
        NewtypeKind::Id => vec![TypeImpl::FromStr, TypeImpl::Display],
        NewtypeKind::String | NewtypeKind::OpenEnum(_) => vec![
            TypeImpl::FromStr,
            TypeImpl::FromStringIrrefutable,
            TypeImpl::Display,
        ],
        NewtypeKind::Secret => vec![],
        NewtypeKind::LenientList(_) => vec![TypeImpl::Default],
    }
}
