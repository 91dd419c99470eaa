//! Generates the client at build time if the feature `build-time-codegen` is enabled.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rustc-check-cfg=cfg(missing, values(any()))");
    #[cfg(feature = "build-time-codegen")]
    build_time::generate();
}

#[cfg(feature = "build-time-codegen")]
#[path = "build/compare.rs"]
mod compare;

#[cfg(feature = "build-time-codegen")]
mod build_time {
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    use super::compare;

    /// Environment variable with the path of the document to use instead of `openapi/chat.json`.
    const DOCUMENT: &str = "BASALAM_CHAT_SPEC";

    pub(super) fn generate() {
        println!("cargo::rerun-if-env-changed={DOCUMENT}");
        if let Err(message) = try_generate() {
            for line in message.lines() {
                println!("cargo::error={line}");
            }
        }
    }

    fn try_generate() -> Result<(), String> {
        let default = directory("CARGO_MANIFEST_DIR")?.join("openapi/chat.json");
        let sources = match env::var_os(DOCUMENT).filter(|path| !path.is_empty()) {
            Some(path) => {
                let sources = sources(Path::new(&path))?;
                // `src/ext` has methods for types of the default document.
                for name in compare::missing_types(&self::sources(&default)?, &sources) {
                    println!("cargo::rustc-cfg=missing={name:?}");
                }
                sources
            }
            None => sources(&default)?,
        };
        let directory = directory("OUT_DIR")?;
        for (name, source) in sources.files() {
            fs::write(directory.join(name), source)
                .map_err(|error| format!("cannot write {name}: {error}"))?;
        }
        Ok(())
    }

    fn sources(document: &Path) -> Result<basalam_chat_codegen::Sources, String> {
        println!("cargo::rerun-if-changed={}", document.display());
        let text = fs::read_to_string(document).map_err(|error| {
            format!(
                "cannot read {}: {error}. Set {DOCUMENT} to the absolute path of an OpenAPI document",
                document.display()
            )
        })?;
        basalam_chat_codegen::generate(&text)
            .map_err(|error| format!("{}: {error}", document.display()))
    }

    fn directory(variable: &str) -> Result<PathBuf, String> {
        env::var_os(variable)
            .map(PathBuf::from)
            .ok_or_else(|| format!("cargo did not set {variable}"))
    }
}
