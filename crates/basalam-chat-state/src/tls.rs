//! TLS with rustls, whose certificates are always verified.

use std::io;
use std::sync::Arc;

use basalam_chat::state::{StateError, StateErrorKind};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::remote::refused;
use crate::threads::spawn_blocking;

/// Creates a configuration that trusts root certificates in PEM, or those of the system. Reads files.
pub(crate) async fn client_config(roots: Option<Vec<u8>>) -> Result<ClientConfig, StateError> {
    spawn_blocking(StateErrorKind::Unavailable, move || {
        // The provider of the program, as reqwest does.
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let failed = |error: rustls::Error| refused(format!("TLS cannot be used: {error}"));
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions();
        let builder = builder.map_err(failed)?;
        let builder = match roots {
            Some(roots) => builder.with_root_certificates(root_store(&roots)?),
            None => builder.with_platform_verifier().map_err(failed)?,
        };
        Ok(builder.with_no_client_auth())
    })
    .await
}

fn root_store(pem: &[u8]) -> Result<RootCertStore, StateError> {
    let invalid = |cause: String| {
        refused(format!(
            "`tls_root_certificates` {cause}; use certificates in PEM (`-----BEGIN CERTIFICATE-----`)"
        ))
    };
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| invalid("is not PEM".to_owned()))?;
        let added = store.add(certificate);
        added.map_err(|error| invalid(format!("has an invalid certificate ({error})")))?;
    }
    match store.is_empty() {
        true => Err(invalid("has no certificate".to_owned())),
        false => Ok(store),
    }
}

/// Returns the error of a handshake that fails until the configuration is changed.
pub(crate) fn handshake_error(error: &io::Error) -> Option<StateError> {
    match error.get_ref()?.downcast_ref()? {
        error @ rustls::Error::InvalidCertificate(_) => Some(refused(format!(
            "the server is not trusted: {error}; check the host of the URL, or set the root certificate of the server \
            with `tls_root_certificates`"
        ))),
        rustls::Error::InvalidMessage(_) => {
            Some(refused("the server does not use TLS at this port"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn invalid_root_certificates_are_refused() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let open = "-----BEGIN CERTIFICATE-----\nAAAA\n";
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for pem in ["", "secret-5d0c", broken, open, key] {
            let error = client_config(Some(pem.into())).await.unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(error.is_configuration(), "{shown}");
            assert!(shown.contains("tls_root_certificates"), "{shown}");
            assert!(!shown.contains("secret-5d0c"), "{shown}");
        }
    }
}
