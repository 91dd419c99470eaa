//! Certificates for servers, created with the command `openssl`, which PostgreSQL and Redis are built with.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A certificate authority in a directory.
pub(crate) struct Authority(PathBuf);

/// The files of a server.
pub(crate) struct Identity {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

fn openssl(key: &Path, certificate: &Path, extension: &str, more: &[&Path]) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=test"]);
    openssl.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    openssl.args(["-config", "/dev/null", "-addext", extension]);
    openssl.arg("-keyout").arg(key).arg("-out").arg(certificate);
    let output = openssl.args(more).output().expect("openssl is installed");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}

impl Authority {
    /// Creates a key and a root certificate in an existing directory.
    pub(crate) fn new(directory: &Path, name: &str) -> Authority {
        let authority = Authority(directory.join(name));
        let basic = "basicConstraints=critical,CA:TRUE";
        openssl(&authority.file("key"), &authority.file("pem"), basic, &[]);
        authority
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.0.with_extension(extension)
    }

    /// Returns the file of the root certificate.
    pub(crate) fn path(&self) -> PathBuf {
        self.file("pem")
    }

    /// Returns the root certificate.
    pub(crate) fn pem(&self) -> Vec<u8> {
        std::fs::read(self.file("pem")).unwrap()
    }

    /// Creates a certificate for names such as `DNS:localhost`.
    pub(crate) fn sign(&self, names: &str) -> Identity {
        let (certificate, key) = (self.file("server.pem"), self.file("server.key"));
        let (root, root_key) = (self.file("pem"), self.file("key"));
        let more: [&Path; 4] = [Path::new("-CA"), &root, Path::new("-CAkey"), &root_key];
        openssl(
            &key,
            &certificate,
            &format!("subjectAltName={names}"),
            &more,
        );
        Identity { certificate, key }
    }
}
