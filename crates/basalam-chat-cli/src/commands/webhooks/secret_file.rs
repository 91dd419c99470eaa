//! The file with the secret of a webhook.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use basalam_chat::Secret;

use crate::commands::send::random_hex;
use crate::context::Context;
use crate::failure::Failure;

/// Reads a secret from a file, or creates the file with a random one.
pub(super) fn read_or_create(
    context: &Context<'_>,
    path: &Path,
) -> Result<Secret<String>, Failure> {
    let failed = |error: io::Error| {
        Failure::io(
            format!("the secret in {} cannot be used", path.display()),
            &error,
        )
    };
    match fs::read_to_string(path) {
        Ok(secret) if secret.trim().is_empty() => Err(Failure::usage(format!(
            "{} contains no secret",
            path.display()
        ))),
        Ok(secret) => Ok(Secret::new(secret.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret = random();
            let mut file = private_file().open(path).map_err(failed)?;
            writeln!(file, "{}", secret.expose_secret()).map_err(failed)?;
            let note = format!("Wrote a random secret to {}.", path.display());
            context.output.note(&note);
            Ok(secret)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Returns a random secret, as the value of an `Authorization` header.
pub(super) fn random() -> Secret<String> {
    Secret::new(format!("Bearer {}{}", random_hex(), random_hex()))
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}
