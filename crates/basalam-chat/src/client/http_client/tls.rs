//! The TLS library that a feature names is used, whatever other crates enable in reqwest.

#[cfg(any(
    feature = "rustls",
    all(feature = "native-tls", not(feature = "rustls-no-provider"))
))]
mod handshake;

#[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
#[test]
fn build_without_a_crypto_provider_is_an_error() {
    use crate::{Client, PersonalToken};

    let builder = || Client::builder(PersonalToken::new("access-token"));
    for error in [
        builder().build().unwrap_err(),
        builder()
            .base_url("http://127.0.0.1:1")
            .build()
            .unwrap_err(),
        builder().configure_http(|http| http).build().unwrap_err(),
    ] {
        assert!(error.is_configuration(), "{error}");
        let message = error.to_string();
        assert!(message.contains("crypto provider"), "{message}");
        assert!(message.contains("install_default"), "{message}");
    }
}

#[cfg(not(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
)))]
#[test]
fn https_without_a_tls_feature_is_an_error() {
    use crate::{Client, PersonalToken};

    let error = Client::new(PersonalToken::new("access-token")).unwrap_err();
    assert!(error.is_configuration(), "{error}");
    assert!(error.to_string().contains("`rustls`"), "{error}");
}
