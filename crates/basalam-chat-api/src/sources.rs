//! The text of the generated source that this build compiled.
//!
//! For the test that generating while building gives what is committed, and for tools that want to
//! see what they use.

macro_rules! compiled {
    ($file:literal) => {{
        #[cfg(not(feature = "build-time-codegen"))]
        const TEXT: &str = include_str!(concat!("generated/", $file));
        #[cfg(feature = "build-time-codegen")]
        const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file));
        TEXT
    }};
}

/// The client and its types.
pub const CLIENT: &str = compiled!("client.rs");
/// Ids, texts, secrets and open vocabularies.
pub const SCALARS: &str = compiled!("scalars.rs");
/// The table of operations.
pub const OPERATIONS: &str = compiled!("operations.rs");

#[cfg(all(test, feature = "build-time-codegen"))]
mod tests {
    #[test]
    fn generating_while_building_gives_the_committed_bytes() {
        assert!(super::CLIENT == include_str!("generated/client.rs"));
        assert!(super::SCALARS == include_str!("generated/scalars.rs"));
        assert!(super::OPERATIONS == include_str!("generated/operations.rs"));
    }
}
