//! Rebuilds the crate when a file of the console changes, since the compiler does not track embedded directories.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=console");
}
