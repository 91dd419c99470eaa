//! The client and the mocks: progenitor's part of the work.

mod mocks;
mod operations;
mod requests;

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use quote::quote;

use crate::lower::{Lowered, Scalar, ScalarKind};
use crate::{Error, source, types};

/// Writes the client with its types.
pub(crate) fn generate(lowered: &Lowered) -> Result<String, Error> {
    let tokens = generator(lowered)
        .generate_tokens(&openapi(lowered)?)
        .map_err(|error| Error::generator(error.to_string()))?;
    let mut file = source::parse(tokens)?;
    requests::shape(&mut file);
    operations::shape(&mut file)?;
    types::shape(&mut file, &lowered.sent, &lowered.boxed)?;
    Ok(source::format(&file))
}

/// Writes the mocks of the client that [`generate`] wrote into the crate `basalam_chat_api`.
pub(crate) fn generate_mock(lowered: &Lowered) -> Result<String, Error> {
    let tokens = generator(lowered)
        .httpmock(&openapi(lowered)?, "basalam_chat_api")
        .map_err(|error| Error::generator(error.to_string()))?;
    let mut file = source::parse(tokens)?;
    mocks::shape(&mut file);
    Ok(source::format(&file))
}

fn openapi(lowered: &Lowered) -> Result<OpenAPI, Error> {
    serde_json::from_value(lowered.openapi.clone())
        .map_err(|error| Error::generator(format!("it cannot read the lowered copy: {error}")))
}

fn generator(lowered: &Lowered) -> Generator {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_inner_type(quote! { crate::Inner })
        .with_derive("PartialEq")
        // A hash map would give another order of members at every run.
        .with_map_type("::std::collections::BTreeMap");
    for scalar in &lowered.newtypes {
        let path = format!("crate::newtypes::{}", scalar.name);
        settings.with_replacement(&scalar.name, path, implemented(scalar).into_iter());
    }
    Generator::new(&settings)
}

/// What progenitor may count on in a type of our own.
fn implemented(scalar: &Scalar) -> Vec<TypeImpl> {
    match scalar.kind {
        ScalarKind::Id => vec![TypeImpl::FromStr, TypeImpl::Display],
        ScalarKind::Text | ScalarKind::Vocabulary(_) => vec![
            TypeImpl::FromStr,
            TypeImpl::FromStringIrrefutable,
            TypeImpl::Display,
        ],
        ScalarKind::Secret => vec![],
        ScalarKind::List(_) => vec![TypeImpl::Default],
    }
}
