//! Words from the locales; a version for the assets' addresses.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

fn main() {
    linli_words::build::generate("locales");
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=templates");
    let mut hash = DefaultHasher::new();
    for file in ["linli.css", "linli.js", "icons.svg"] {
        std::fs::read(format!("assets/{file}")).unwrap_or_default().hash(&mut hash);
    }
    println!("cargo:rustc-env=ASSETS={:08x}", hash.finish() & 0xffff_ffff);
}
