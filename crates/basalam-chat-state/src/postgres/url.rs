//! URLs of PostgreSQL.

use std::borrow::Cow;
use std::str::FromStr;

use basalam_chat::state::StateError;
use tokio_postgres::Config;
#[cfg(feature = "postgres-rustls")]
use tokio_postgres::config::{Host, SslMode};

use crate::remote::refused;

/// Reads a URL. The cause of an error is left out, since it can contain a part of the URL.
pub(super) fn parse(url: &str) -> Result<Config, StateError> {
    let url = with_known_parameters(url)?;
    let config = Config::from_str(&url).ok();
    let config = config.filter(|config| !config.get_hosts().is_empty());
    config.ok_or_else(|| {
        refused(
            "the URL is invalid or has an unknown parameter; use `postgres://user:password@host:5432/database`, with \
            `?sslmode=require` for TLS",
        )
    })
}

/// Replaces the modes of libpq that only differ from `require` in what they verify, since everything is verified.
fn with_known_parameters(url: &str) -> Result<Cow<'_, str>, StateError> {
    let Some((start, query)) = url.rsplit_once('?') else {
        return Ok(url.into());
    };
    let mut parameters = Vec::new();
    for parameter in query.split('&') {
        parameters.push(match parameter.split_once('=') {
            Some(("sslmode", "verify-ca" | "verify-full")) => "sslmode=require",
            Some(("sslrootcert" | "sslcert" | "sslkey" | "sslcrl", _)) => {
                return Err(refused(
                    "the URL names files for TLS, which is not supported; use `PostgresOptions::tls_root_certificates`",
                ));
            }
            _ => parameter,
        });
    }
    Ok(format!("{start}?{}", parameters.join("&")).into())
}

/// Returns `false` if TLS is disabled, or all hosts are Unix sockets.
#[cfg(feature = "postgres-rustls")]
pub(super) fn can_use_tls(config: &Config) -> bool {
    let is_tcp = |host: &Host| matches!(host, Host::Tcp(_));
    config.get_ssl_mode() != SslMode::Disable && config.get_hosts().iter().any(is_tcp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_postgres::config::SslMode;

    #[test]
    fn ssl_modes_are_never_ignored() {
        for (query, mode) in [
            ("", SslMode::Prefer),
            ("?sslmode=prefer", SslMode::Prefer),
            ("?sslmode=disable", SslMode::Disable),
            ("?sslmode=require", SslMode::Require),
            ("?sslmode=verify-ca&application_name=bot", SslMode::Require),
            (
                "?application_name=bot&sslmode=verify-full",
                SslMode::Require,
            ),
        ] {
            let url = format!("postgres://bot:secret?-5d0c@localhost/db{query}");
            let config = parse(&url).map(|config| config.get_ssl_mode());
            assert_eq!(config.unwrap(), mode, "{query}");
        }
        for query in [
            "sslmode=",
            "sslmode=required",
            "sslmode=allow",
            "sslMode=require",
            "sslrootcert=ca.pem",
            "sslmode=verify-full&sslrootcert=system",
            "sslkey=secret-5d0c",
            "tls=true",
        ] {
            let error = parse(&format!("postgres://localhost/db?{query}")).unwrap_err();
            assert!(error.is_configuration(), "{query}");
            assert!(!error.to_string().contains("secret-5d0c"));
        }
    }
}
