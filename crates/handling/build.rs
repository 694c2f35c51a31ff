//! Words from the locales.

fn main() {
    linli_words::build::generate("locales");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=../web/templates");
}
